"""A published state as plain Parquet files: its rows alone, with all columns, whole or not there."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest

from shoplake import gold
from shoplake.errors import DeclarationError, QualityError, ShoplakeError
from shoplake.warehouse import snapshot
from shoplake.warehouse.published import open_published
from tests.conftest import Shop


def exported(shop: Shop, folder: Path) -> Path:
    with open_published(shop.lake, shop.manifest) as published:
        return snapshot.export(published, folder)


def test_each_table_has_the_warehouses_rows(open_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In several files each, and one where there is no row."""
    monkeypatch.setattr(snapshot, "_ROWS", 5)
    monkeypatch.setattr("shoplake.warehouse.published._ROWS", 2)
    folder = exported(open_shop, tmp_path / "exports")
    assert folder == tmp_path / "exports" / str(open_shop.manifest.number)
    told = json.loads((folder / "_SUCCESS").read_text("utf-8"))
    assert told["run_id"] == open_shop.manifest.run_id
    counts = set()
    with duckdb.connect(str(open_shop.project.warehouse), read_only=True) as db:
        db.execute("SET TimeZone = 'UTC'")
        for table in gold.tables():
            files = sorted((folder / "gold" / table.base).iterdir())
            counts.add(len(files))
            names = ", ".join(f"epoch_us({c.name})" if c.type == "timestamp" else c.name for c in table.columns)
            wanted = db.sql(f"SELECT {names} FROM {table.name}").fetchall()
            there = db.sql(f"SELECT {names} FROM read_parquet({[str(f) for f in files]})").fetchall()
            assert sorted(map(str, there)) == sorted(map(str, wanted)), table.name
            assert told["rows"][table.name] == len(wanted)
            schema = pyarrow.parquet.read_schema(files[0])
            assert tuple(schema.names) == table.column_names
    assert max(counts) > 2
    assert 1 in counts


def test_instants_and_amounts_are_as_synapse_reads_them(open_shop: Shop, tmp_path: Path) -> None:
    (file,) = (exported(open_shop, tmp_path) / "gold" / "fact_sales").iterdir()
    kinds = {c.name: c.physical_type for c in map(pyarrow.parquet.ParquetFile(file).schema.column, range(31))}
    assert kinds["ordered_at"] == "INT96"
    assert kinds["net_amount"] == "FIXED_LEN_BYTE_ARRAY"


def test_it_is_written_once_and_whole(own_shop: Shop, tmp_path: Path) -> None:
    folder = exported(own_shop, tmp_path)
    (file,) = (folder / "gold" / "dim_store").iterdir()
    then = file.stat().st_mtime_ns
    assert exported(own_shop, tmp_path) == folder
    assert file.stat().st_mtime_ns == then
    for broken in ("", "{", '{"run_id": "another"}'):  # one that was cut off, or of another lake under this number
        (folder / "_SUCCESS").write_text(broken, "utf-8")
        (folder / "gold" / "stray.parquet").write_text("", "utf-8")
        exported(own_shop, tmp_path)
        assert not (folder / "gold" / "stray.parquet").exists()
        assert json.loads((folder / "_SUCCESS").read_text("utf-8"))["run_id"] == own_shop.manifest.run_id
    (tmp_path / "0").mkdir()
    (tmp_path / "mine").mkdir()
    snapshot.forget(tmp_path, own_shop.manifest.number)
    assert {path.name for path in tmp_path.iterdir()} >= {str(own_shop.manifest.number), "mine"}
    assert not (tmp_path / "0").exists()


def test_one_that_breaks_off_is_none(own_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(ShoplakeError, match="the disk is full"):
        exported(own_shop, tmp_path)
    assert not list(tmp_path.rglob("_SUCCESS"))


def test_files_that_are_not_as_they_were_published_go_nowhere(own_shop: Shop) -> None:
    file = next(own_shop.project.data.glob("gold/dim_product/*.parquet"))
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    with open_published(own_shop.lake, own_shop.manifest) as published, pytest.raises(QualityError, match="differs"):
        published.verify(next(table for table in published.tables if table.base == "dim_product"))


def test_only_azures_storage_has_an_address() -> None:
    (table,) = (t for t in gold.tables() if t.base == "fact_sales")
    assert snapshot.address("abfss://lake@shop.dfs.core.windows.net", 7, table) == (
        "https://shop.dfs.core.windows.net/lake/exports/7/gold/fact_sales/*.parquet"
    )
    for root in ("/data", "s3://lake/shop", "abfss://shop.dfs.core.windows.net/lake"):
        with pytest.raises(DeclarationError, match="reads from Azure's storage alone"):
            snapshot.address(root, 7, table)
