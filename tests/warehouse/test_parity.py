"""What a warehouse holds is what the lake holds, or it isn't swapped in."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest

from shoplake.errors import QualityError
from shoplake.lake import Lake
from shoplake.warehouse import duckdb_file, duckdb_table, parity
from tests.conftest import Shop
from tests.test_doctor import examine
from tests.warehouse.test_duckdb_file import rows

# What somebody or something did to the database -> what is told of it.
FAULTS = {
    "delete from gold.fact_sales where order_id = 'O1' and line_number = 1": (
        "gold.fact_sales: its number of rows is 10 in the warehouse, 11 in the lake"
    ),
    "insert into gold.fact_sales from gold.fact_sales where order_id = 'O1' and line_number = 1": (
        "gold.fact_sales: its number of rows is 12 in the warehouse, 11 in the lake"
    ),
    "update gold.fact_sales set order_id = 'O10' where order_id = 'O1' and line_number = 1": (
        "gold.fact_sales: its hash of source, order_id, line_number is "
    ),
    "update gold.dim_store set store_key = 7 where store_id = 'S1'": "gold.dim_store: its hash of store_key is ",
    "update gold.fact_returns set return_amount = return_amount + 0.01 where return_id = 'R1'": (
        "gold.fact_returns: its sum of return_amount is "
    ),
    "update gold.dim_customer set age_band = '45-54' where customer_id = 'C1'": (
        "gold.dim_customer: its hash of all columns is "
    ),
    # The sum is the same.
    """update gold.fact_sales set net_amount = net_amount + case line_number when 1 then 0.01 else -0.01 end
    where order_id = 'O1'""": "gold.fact_sales: its hash of all columns is ",
    # A row for another one.
    """delete from gold.dim_date where date = '2024-12-31';
    insert into gold.dim_date select * replace (date '2023-12-31' as date) from gold.dim_date where date = '2024-12-30'
    """: "gold.dim_date: its hash of date is ",
}


def change(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as db:
        db.execute(sql)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda sql: sql.split(" where")[0].replace("gold.", ""))
def test_a_change_by_hand_is_noticed_and_made_anew(own_shop: Shop, fault: str) -> None:
    """The doctor tells it; with the next state the file is made anew, though none of these tables' files are others."""
    shop, warehouse = own_shop, own_shop.project.warehouse
    good = rows(warehouse)
    change(warehouse, fault)
    assert rows(warehouse) != good
    (difference,) = duckdb_file.differences(shop.lake, shop.manifest, warehouse)
    assert f"{difference.where}: {difference.what}".startswith(FAULTS[fault])
    (found,) = [f for f in examine(shop.project.folder, verify=True)["warehouse"] if f.state == "problem"]
    assert found.what.startswith(FAULTS[fault])
    assert "`shoplake run` makes it anew" in found.remedy
    assert rows(duckdb_file.build(shop.lake, shop.manifest, warehouse)) == good


@pytest.mark.parametrize(
    "fault",
    [each if each.startswith("insert") else pytest.param(each, marks=pytest.mark.long) for each in FAULTS],
    ids=lambda sql: sql.split(" where")[0].replace("gold.", ""),
)
def test_a_load_that_goes_wrong_is_not_swapped_in(
    own_shop: Shop, monkeypatch: pytest.MonkeyPatch, fault: str, tmp_path: Path
) -> None:
    """Each time a table has been filled, before it is compared."""
    before, number = own_shop.project.warehouse.read_bytes(), own_shop.manifest.number
    real: Callable[..., Any] = parity.check
    table = FAULTS[fault].partition(":")[0]

    def check(db: duckdb.DuckDBPyConnection, lake: Lake, filled: Any, *more: Any) -> Any:
        if filled.name == table:
            db.execute(fault)
        return real(db, lake, filled, *more)

    own_shop.put("customers_2.csv", "customer_id,first_name,email,born,gender,city\nC7,Zoe,z@example.org,,F,Rome\n")
    with monkeypatch.context() as patched:
        patched.setattr(duckdb_table.parity, "check", check)
        with pytest.raises(QualityError) as caught:
            own_shop.run()
    assert str(caught.value).startswith(FAULTS[fault].replace("11 in the lake", ""))
    assert "The old warehouse stays." in str(caught.value)
    assert own_shop.project.warehouse.read_bytes() == before
    assert own_shop.manifest.number == number
    assert own_shop.run().outcome == "published"
    assert not list(duckdb_file.differences(own_shop.lake, own_shop.manifest, own_shop.project.warehouse))


def test_figures_are_those_of_another_reader(open_shop: Shop) -> None:
    """Rows and sums of each file by Arrow, kept in the warehouse's own record."""
    published = open_shop.manifest.tables["gold.fact_sales"]
    table = open_shop.lake.contract("gold.fact_sales", published.version)
    with duckdb.connect(str(open_shop.project.warehouse), read_only=True) as db:
        (text,) = db.execute("select figures from shoplake.filled where name = 'gold.fact_sales'").fetchone() or ("",)
    found = parity.from_json(table, text, published.files)
    assert set(found) == set(published.files)
    assert len(found) > 1
    for file, figures in found.items():
        there = pyarrow.parquet.ParquetFile(open_shop.lake.path(table.name) / file).read()
        assert figures["number of rows"] == there.num_rows
        sums = {c.name for c in table.columns if c.type.startswith("decimal")}
        assert {"net_amount", "discount_amount", "quantity"} <= sums
        for name in sums:
            assert figures[f"sum of {name}"] == sum((v or 0) for v in there[name].to_pylist())


def test_sums_are_exact_beyond_the_digits_of_a_float() -> None:
    """The greatest sum of a mart, and a cent."""
    great = Decimal("999999999999999999999999.9999")
    parts = [{"sum": great}] * 100 + [{"sum": Decimal("0.0100")}]
    assert parity.total(parts, ["sum"]) == {"sum": Decimal("99999999999999999999999999.9900") + Decimal("0.0100")}


def test_order_and_files_do_not_matter_and_columns_do() -> None:
    forth, back = "(values (1, 2), (3, null))", "(values (3, null), (1, 2))"
    others = ["(values (2, 1), (3, null))", "(values (1, 2), (null, 3))", "(values (1, 2), (3, 0))", "(values (1, 2))"]
    with duckdb.connect() as db:
        found = [
            db.execute(f"select sum({parity.hashed(['a', 'b'])}) from {rows} t(a, b)").fetchone()
            for rows in (forth, back, *others)
        ]
    assert found[0] == found[1]
    assert len(set(found)) == 1 + len(others)


def test_another_engine_brings_a_number_of_its_own(open_shop: Shop) -> None:
    """The first 60 bits of the MD5 of framed texts, which PostgreSQL and T-SQL work out too; here by Python."""

    def number(columns: Sequence[str]) -> str:
        framed = ", ".join(f"coalesce(length({name}::text) || ':' || {name}, '-')" for name in columns)
        return f"('0x' || substr(md5(concat_ws('|', {framed})), 1, 15))::bigint"

    table = open_shop.lake.contract("gold.fact_sales", open_shop.manifest.tables["gold.fact_sales"].version)
    asked = parity.measures(table, number)
    assert list(asked) == list(parity.measures(table))
    found = open_shop.one(f"select {asked['hash of source, order_id, line_number']} from gold.fact_sales")
    keys = open_shop.sql("select source, order_id, line_number from gold.fact_sales")
    texts = ["|".join(f"{len(str(value))}:{value}" for value in key) for key in keys]
    assert found == sum(int(hashlib.md5(text.encode()).hexdigest()[:15], 16) for text in texts)


def test_what_is_unchanged_is_not_read_anew(own_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that the record tells of may even be gone; counted anew they may not."""
    read: list[int] = []
    real: Callable[..., Any] = parity.figures_of_files

    def seen(db: Any, lake: Any, table: Any, published: Any, known: Any) -> Any:
        read.append(len(set(published.files) - set(known)))
        return real(db, lake, table, published, known)

    monkeypatch.setattr(parity, "figures_of_files", seen)
    fresh = duckdb_file.build(own_shop.lake, own_shop.manifest, own_shop.project.warehouse)
    assert read == [0] * len(read)
    fresh.unlink()
    read.clear()
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    own_shop.run()
    assert 0 < sum(map(bool, read)) < len(read) / 2
    assert own_shop.run().outcome == "unchanged"


def test_nothing_new_counts_nothing(own_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "check", lambda *_: pytest.fail("counted"))
    assert own_shop.run().outcome == "unchanged"


def test_what_the_lake_does_not_have_goes(own_shop: Shop) -> None:
    warehouse = own_shop.project.warehouse
    good = rows(warehouse)
    change(warehouse, 'create table gold."my own" as from gold.dim_store; drop table gold.dim_date')
    (difference,) = duckdb_file.differences(own_shop.lake, own_shop.manifest, warehouse)
    assert str(difference).startswith("gold.dim_date: it isn't in the warehouse")
    assert rows(duckdb_file.build(own_shop.lake, own_shop.manifest, warehouse)) == good
    change(warehouse, 'create table gold.dim_date as from gold."my own"')
    assert rows(duckdb_file.build(own_shop.lake, own_shop.manifest, warehouse)) == good


def test_a_record_of_other_measures_is_not_believed(own_shop: Shop, tmp_path: Path) -> None:
    """The lake's files are counted again where it was written by another shoplake or by hand."""
    path = Path(shutil.copy(own_shop.project.warehouse, tmp_path / "warehouse.duckdb"))
    change(path, "update shoplake.filled set figures = replace(figures, 'count(*)', 'count(1)')")
    assert rows(duckdb_file.build(own_shop.lake, own_shop.manifest, path)) == rows(own_shop.project.warehouse)
    with duckdb.connect(str(path.with_name("warehouse.duckdb.new")), read_only=True) as db:
        assert not db.execute("select name from shoplake.filled where figures like '%count(1)%'").fetchall()
