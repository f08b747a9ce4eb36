"""The warehouse answers, and does nothing else."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from shoplake import gold
from shoplake.errors import QueryError
from shoplake.warehouse.query import Answer, as_csv, as_json, ask
from tests.conftest import Shop


@pytest.mark.parametrize(
    "sql",
    [
        "drop table fact_sales",
        "create table x as select 1",
        "insert into dim_store select * from dim_store",
        "update fact_sales set net_amount = 0",
        "select 1; select 2",
        "copy fact_sales to '/tmp/shoplake_leak.csv'",
        "attach '/tmp/shoplake_leak.db'",
        "set threads = 1",
        "pragma threads = 1",
        "install httpfs",
        "select * from read_csv('/etc/hostname')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "from '/etc/hostname'",
        "select * from nothing",
        "selekt 1",
        "",
    ],
)
def test_everything_but_a_select_is_refused(open_shop: Shop, sql: str) -> None:
    before = open_shop.project.warehouse.read_bytes()
    with pytest.raises(QueryError):
        ask(open_shop.project.warehouse, sql)
    assert open_shop.project.warehouse.read_bytes() == before


def test_no_warehouse_yet(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="there is no warehouse yet. Run `shoplake run` first"):
        ask(tmp_path / "warehouse.duckdb", "select 1")


def test_tables_are_typed_and_commented_from_the_contracts(open_shop: Shop) -> None:
    found = open_shop.sql(
        "select table_name, column_name, data_type, comment, is_nullable from duckdb_columns() "
        "where schema_name = 'gold' order by table_name, column_index"
    )
    by_table: dict[str, list[tuple[str, ...]]] = {}
    for table, *column in found:
        by_table.setdefault(f"gold.{table}", []).append(tuple(column))
    assert set(by_table) == {table.name for table in gold.tables()}
    for table in gold.tables():
        assert [column[0] for column in by_table[table.name]] == list(table.column_names)
        for declared, (_, kind, comment, is_nullable) in zip(table.columns, by_table[table.name], strict=True):
            assert comment.startswith(declared.meaning)
            assert is_nullable is not declared.required
            assert kind.startswith("DECIMAL") == declared.type.startswith("decimal")
    comments = open_shop.sql("select comment from duckdb_tables() where table_name = 'fact_sales'")
    assert "one row per order line" in comments[0][0]


def test_columns_of_one_name_keep_their_own_values(open_shop: Shop) -> None:
    answer = ask(open_shop.project.warehouse, "select 1 as a, 2 as a;")
    assert (answer.columns, answer.rows) == (["a", "a"], [(1, 2)])
    assert list(as_csv(answer)) == ["a,a", "1,2"]
    with pytest.raises(QueryError, match="two columns are called «a»"):
        as_json(answer)


def test_json_keeps_keys_and_cents(open_shop: Shop) -> None:
    answer = ask(
        open_shop.project.warehouse,
        "select customer_key, net_amount, order_date, ordered_at, is_test, 9007199254740993 as big, null as nothing "
        "from fact_sales where order_id = 'O3'",
    )
    text = as_json(answer)
    assert '"net_amount": 19.0000' in text
    assert json.loads(text) == [
        {
            "customer_key": "-1",
            "net_amount": 19.0,
            "order_date": "2024-03-01",
            "ordered_at": "2024-03-02 00:00:00+00",
            "is_test": False,
            "big": "9007199254740993",
            "nothing": None,
        }
    ]
    assert as_json(Answer(["a"], [])) == "[]"


def test_csv_is_no_spreadsheet_formula() -> None:
    answer = Answer(["=x", "n"], [("=cmd|' /C calc'!A0", -5), ("+1", 2), ('plain, "quoted"\nbroken', None), ("@x", 1)])
    rows = list(csv.reader(io.StringIO("\n".join(as_csv(answer)))))
    assert rows == [
        ["'=x", "n"],
        ["'=cmd|' /C calc'!A0", "-5"],
        ["'+1", "2"],
        ['plain, "quoted"\nbroken', ""],
        ["'@x", "1"],
    ]


def test_a_reader_of_the_old_file_is_not_disturbed(own_shop: Shop) -> None:
    with duckdb.connect(str(own_shop.project.warehouse), read_only=True) as reader:
        own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
        own_shop.run()
        assert reader.execute("select count(*) from gold.fact_sales").fetchone() == (11,)
