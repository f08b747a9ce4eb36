"""Gold of a catalog as files beside it: the rows of a version, once, whole or not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from pyspark.sql.functions import lit

from shoplake.contract import Column, Table, Text
from shoplake.errors import QualityError
from shoplake.lake import CatalogLake, Engine
from shoplake.lake.durability import damages
from shoplake.runs.manifest import Manifest, PublishedTable
from shoplake.runs.progress import Silent
from shoplake.warehouse import duckdb_file
from shoplake.warehouse.copies import Copies
from tests.spark.conftest import CATALOG

TABLE = Table(
    name="gold.fact_some",
    meaning="rows to try",
    grain="one row per n",
    key=("n",),
    columns=(
        Column("n", "int", "number", required=True),
        Column("amount", "decimal(18,4)", "amount"),
        Column("rate", "decimal(18,8)", "rate"),
        Column("share", "double", "share"),
        Column("is_some", "boolean", "whether"),
        Column("seen_at", "timestamp", "when"),
        Column("seen_on", "date", "which day"),
        Text("note", "note"),
        Text("month", "month"),
    ),
    partitioned_by="month",
)
EMPTY = Table(
    "gold.dim_nothing",
    "no rows",
    "one row per n",
    ("n",),
    (Column("n", "bigint", "number"), Text("m", "month")),
    partitioned_by="m",
)
ROWS = """
SELECT * FROM VALUES
  (1, -12.5, 0.00000001, 0.1, true, TIMESTAMP '2024-03-31 01:30:00.123456', DATE '2024-03-31',
    'Zürich, ''a'' 🥖|5:', '2024-03'),
  (2, 0, 0, -1e300, false, TIMESTAMP '1969-12-31 23:59:59.999999', DATE '1900-01-01', '', '2024-04'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  AS t(n, amount, rate, share, is_some, seen_at, seen_on, note, month)
"""


@pytest.fixture
def manifest(lake: CatalogLake, engine: Engine) -> Manifest:
    casts = [f"CAST({column.name} AS {column.type}) AS {column.name}" for column in TABLE.columns]
    rows = engine.sql(f"SELECT {', '.join(casts)} FROM ({ROWS})")
    written = [lake.overwrite(TABLE, rows, "r1"), lake.overwrite(EMPTY, lake.empty(EMPTY), "r1")]
    tables = {
        each.table: PublishedTable(each.version, each.rows, "d", "s", lake.log_digest(each.table, each.version), {})
        for each in written
    }
    lake.append(TABLE, rows.limit(1), "r2")  # of a run that nobody publishes
    return Manifest(1, "r1", "2024-05-01T00:00:00+00:00", date(2024, 5, 1), date(2024, 4, 30), tables, (), {})


def test_a_warehouse_is_made_of_them(lake: CatalogLake, engine: Engine, manifest: Manifest, tmp_path: Path) -> None:
    copies = Copies(lake, manifest, tmp_path / "copies")
    copies.make(Silent())
    file = tmp_path / "warehouse.duckdb"
    duckdb_file.swap_in(duckdb_file.build(copies, copies.manifest, file), file)
    published = lake.read(TABLE.name, manifest.tables[TABLE.name].version)
    with duckdb.connect(str(file), read_only=True) as db:
        db.execute("SET TimeZone = 'UTC'")
        instants = "* REPLACE (seen_at::VARCHAR AS seen_at)"
        held = db.sql(f"SELECT {instants} FROM {TABLE.name} ORDER BY n").fetchall()
        assert db.sql(f"SELECT count(*) FROM {EMPTY.name}").fetchall() == [(0,)]
        assert db.sql("SELECT comment FROM duckdb_columns() WHERE column_name = 'rate'").fetchall() == [("rate",)]
    texts = published.withColumn("seen_at", published["seen_at"].cast("string")).orderBy("n").collect()
    wanted = [{**row.asDict(), "seen_at": row["seen_at"] and f"{row['seen_at']}+00"} for row in texts]
    assert [dict(zip(TABLE.column_names, row, strict=True)) for row in held] == wanted


def test_each_version_is_copied_once(lake: CatalogLake, engine: Engine, manifest: Manifest, tmp_path: Path) -> None:
    copies = Copies(lake, manifest, tmp_path / "copies")
    copies.make(Silent())
    then = {path: path.stat().st_mtime_ns for path in (tmp_path / "copies").rglob("*") if path.is_file()}
    first = copies.path(TABLE.name)
    again = Copies(lake, manifest, tmp_path / "copies")
    again.make(Silent())
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "copies").rglob("*") if path.is_file()} == then
    assert again.manifest == copies.manifest
    # The other table stays where one has another version, whose copy takes the place of the first.
    head = lake.head(TABLE.name)
    newer = PublishedTable(head.version, head.rows, "d", "s", lake.log_digest(TABLE.name, head.version), {})
    later = Copies(
        lake, Manifest(**{**_fields(manifest), "tables": {**manifest.tables, TABLE.name: newer}}), tmp_path / "copies"
    )
    later.make(Silent())
    assert not first.exists()
    assert later.path(TABLE.name).is_dir()
    assert {path for path in then if "dim_nothing" in path.parts} < set(tmp_path.rglob("*"))
    assert engine.read.parquet(str(later.path(TABLE.name))).count() == 4


def test_half_of_a_copy_is_none(lake: CatalogLake, manifest: Manifest, tmp_path: Path) -> None:
    copies = Copies(lake, manifest, tmp_path / "copies")
    copies.make(Silent())
    told = copies.path(TABLE.name) / "_files.json"
    told.unlink()
    (copies.path(TABLE.name) / "month=2024-03" / "more.parquet").write_bytes(b"half")
    (tmp_path / "copies" / ".DS_Store").touch()
    (tmp_path / "copies" / "fact_some" / ".DS_Store").touch()
    Copies(lake, manifest, tmp_path / "copies").make(Silent())
    assert told.is_file()
    assert not list(tmp_path.rglob("more.parquet"))
    lost = next(copies.path(TABLE.name).rglob("*.parquet"))
    lost.unlink()
    copies.make(Silent())
    of = copies.manifest.tables[TABLE.name]
    assert list(damages(copies, TABLE.name, of.version, of.log, of.files)) == []


def test_a_table_that_was_made_anew_is_not_copied(
    lake: CatalogLake, engine: Engine, manifest: Manifest, tmp_path: Path
) -> None:
    """Its versions have the old numbers, and other rows."""
    lake.drop(TABLE.name)
    other = lake.empty(TABLE)
    assert lake.overwrite(TABLE, other, "r1").version <= manifest.tables[TABLE.name].version
    lake.append(
        TABLE,
        engine.sql("SELECT 9 AS n").select("n", *(lit(None).cast(c.type).alias(c.name) for c in TABLE.columns[1:])),
        "r1",
    )
    with pytest.raises(QualityError, match="gold.fact_some: its log at version . differs from what was published"):
        Copies(CatalogLake(CATALOG, engine, cores=2), manifest, tmp_path / "copies").make(Silent())
    assert not list((tmp_path / "copies" / "fact_some").rglob("*"))


def test_a_copy_that_is_wrong(
    lake: CatalogLake, manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = CatalogLake.read
    with monkeypatch.context() as patched:
        patched.setattr(CatalogLake, "read", lambda *which: _other(read(*which)))
        with pytest.raises(QualityError, match="gold.fact_some: its hash of all columns is"):
            Copies(lake, manifest, tmp_path / "copies").make(Silent())
    assert not list(tmp_path.rglob("_files.json"))
    copies = Copies(lake, manifest, tmp_path / "copies")
    copies.make(Silent())
    of = copies.manifest.tables[TABLE.name]
    next(copies.path(TABLE.name).rglob("*.parquet")).write_bytes(b"another")
    (damage,) = damages(copies, TABLE.name, of.version, of.log, of.files)
    assert "differs from what was published. Remove the folder of its copy, and load again" in str(damage)


def _other(frame):  # type: ignore[no-untyped-def]
    return frame.replace("Zürich, 'a' 🥖|5:", "Zürich") if "note" in frame.columns else frame


def _fields(manifest: Manifest) -> dict[str, object]:
    return {name: getattr(manifest, name) for name in Manifest.__slots__}
