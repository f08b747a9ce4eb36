"""From a fact's rows to the lines of the raw files, against the corner shop's README."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from shoplake import gold
from shoplake.errors import QueryError
from shoplake.explain.trace import Trace, trace
from shoplake.generator.make import generate
from shoplake.generator.plan import Plan
from shoplake.lake import Engine
from shoplake.sources.catalog import load_sources
from tests.conftest import Shop
from tests.test_cli import shoplake


def traced(shop: Shop, where: str, fact: str = "fact_sales", most: int = 10) -> Trace:
    sources = load_sources(shop.project.folder, gold.contracts())
    return trace(shop.lake, shop.manifest, sources, shop.project.warehouse, fact, where, most)


def places(found: Trace) -> list[tuple[str, int, str]]:
    return [(row.file.partition("/")[2], row.number, row.fate) for row in found.raw]


def test_a_line_that_came_twice(open_shop: Shop) -> None:
    """Rows 2 and 15 of the lines are equal, and so are rows 2 and 10 of the orders."""
    found = traced(open_shop, "order_id = 'O1' and line_number = 1")
    assert (found.total, len(found.gold.rows)) == (1, 1)
    assert {name: len(answer.rows) for name, answer in found.silver.items()} == {"order": 1, "order_line": 1}
    orders, lines = (sorted(p for p in places(found) if p[0] == name) for name in ("orders.csv", "lines.csv"))
    assert lines == [("lines.csv", 2, ""), ("lines.csv", 15, "deduplicated")]
    assert orders == [("orders.csv", 2, ""), ("orders.csv", 10, "deduplicated")]
    line = next(row for row in found.raw if row.number == 15)
    assert json.loads(line.row)["discount"] == "0.50"
    assert line.key == {"source": "corner_shop", "order_id": "O1", "line_number": 1}


def test_a_figure_by_its_filter(open_shop: Shop) -> None:
    """The sum of the rows behind it is the figure itself; a filter may ask the dimensions."""
    where = "product_key in (select product_key from dim_product where product_id = 'P2') and status = 'completed'"
    found = traced(open_shop, where)
    at = found.gold.columns.index("net_amount")
    figure = open_shop.one(f"select sum(net_amount) from fact_sales where {where}")
    assert sum(row[at] for row in found.gold.rows) == figure
    assert {number for file, number, _ in places(found) if file == "lines.csv"} == {3, 6, 10}


def test_a_return_and_a_line_without_its_order(open_shop: Shop) -> None:
    assert ("returns.csv", 2, "") in places(traced(open_shop, "return_id = 'R1'", "fact_returns"))
    assert places(traced(open_shop, "order_id = 'O7'")) == [("lines.csv", 11, "")]


def test_the_first_of_many(open_shop: Shop) -> None:
    found = traced(open_shop, "true", most=2)
    assert (found.total, len(found.gold.rows)) == (11, 2)
    assert traced(open_shop, "false").raw == []


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("order_id = 'O1') union (select 1", "not valid SQL|more than one condition"),
        ("true order by 1", "more than one condition"),
        ("true; drop table fact_sales", "not valid SQL|more than one condition"),
        ("no_such_column = 1", "no_such_column"),
        ("", "not valid SQL|more than one condition"),
        ("select", "not valid SQL"),
    ],
)
def test_what_is_no_filter(open_shop: Shop, where: str, problem: str) -> None:
    with pytest.raises(QueryError, match=problem):
        traced(open_shop, where)


RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def test_lines_that_the_pipeline_numbers(tmp_path: Path, engine: Engine) -> None:
    """Of two equal rows one counts, so line 2 is the other product."""
    shop = Shop(tmp_path, engine, "online_retail")
    row = "100,{},{},1,2010-12-01 08:26:00,{},17850,United Kingdom\n"
    first, second = row.format("AAA", "MUG", "3.00"), row.format("BBB", "JUG", "6.00")
    shop.put("2010-12-01.csv", RETAIL + first + first + second)
    shop.run()
    found = traced(shop, "order_id = '100' and line_number = 2")
    (line,) = [row for row in found.raw if row.entity == "order_line"]
    assert (json.loads(line.row)["stock_code"], line.number, line.fate) == ("BBB", 4, "")


@pytest.mark.long
def test_columns_of_ones_own(tmp_path: Path, engine: Engine) -> None:
    generate(tmp_path, Plan(lines=60, days=20), lambda day: None)
    shop = Shop(tmp_path, engine, "generated")
    shop.run()
    found = traced(shop, "true", most=5)
    assert all(len(row) == len(answer.columns) for answer in found.silver.values() for row in answer.rows)
    lines = [raw for raw in found.raw if raw.entity == "order_line" and not raw.fate]
    raw = {(line.key["order_id"], line.key["line_number"]): json.loads(line.row) for line in lines}
    answer = found.silver["order_line"]
    for row in (dict(zip(answer.columns, values, strict=True)) for values in answer.rows):
        assert Decimal(raw[row["order_id"], row["line_number"]]["net_amount"]) == row["net_amount"]


def test_another_declaration_than_that_of_the_state(own_shop: Shop) -> None:
    own_shop.declare(lambda text: text.replace("line_number: line", 'line_number: "2"'))
    with pytest.raises(QueryError, match="built by other declarations .* Run `shoplake run` first"):
        traced(own_shop, "true")


def test_no_fact(open_shop: Shop) -> None:
    with pytest.raises(QueryError, match="«dim_date» is no fact"):
        traced(open_shop, "true", "dim_date")


def test_command(open_shop: Shop) -> None:
    folder = str(open_shop.project.folder)
    where = "order_id = 'O2' and line_number = 2"
    found = shoplake("-p", folder, "trace", "fact_sales", "--where", where, cwd=open_shop.project.folder)
    assert found.returncode == 0, found.stderr
    assert "corner_shop/lines.csv" in found.stdout
    assert "raw rows behind silver.order_line" in found.stdout


def test_a_warehouse_of_another_state_is_not_asked(open_shop: Shop, tmp_path: Path) -> None:
    """As one of a catalog's tables may be, which is loaded when somebody asks for it."""
    shop = open_shop.copy(tmp_path / "shop")
    with duckdb.connect(str(shop.project.warehouse)) as db:
        db.execute("UPDATE shoplake.publication SET run_id = 'of another lake'")
    asked = ("-p", str(shop.project.folder), "trace", "fact_sales", "--where", "true")
    found = shoplake(*asked, cwd=tmp_path)
    assert (found.returncode, found.stdout) == (7, "")
    assert "the warehouse doesn't hold what is published, number 1. `shoplake warehouse load" in found.stderr
    assert shoplake("-p", str(shop.project.folder), "warehouse", "load", "-t", "duckdb", cwd=tmp_path).returncode == 0
    assert shoplake(*asked, cwd=tmp_path).returncode == 0
