"""The schema `bi`: business names over gold, without what is personal or technical."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from shoplake import gold
from shoplake.contract import Column, Table, Text, View
from shoplake.runs.progress import Silent
from shoplake.states.rollback import rollback
from shoplake.warehouse import duckdb_file
from shoplake.warehouse.views import create_views
from tests.conftest import Shop
from tests.reconcile.test_extra_columns import CUSTOMERS, extended

COLUMNS = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'bi'"
VIEWS = "select view_name, comment from duckdb_views() where schema_name = 'bi' order by 1"


def views(shop: Shop) -> list[str]:
    return [name for name, _ in shop.sql(VIEWS)]


def columns(shop: Shop, view: str) -> dict[str, str]:
    return {column: comment for name, column, comment in shop.sql(COLUMNS) if name == view}


def test_each_table_has_a_view_of_its_own_with_its_rows(open_shop: Shop) -> None:
    found = {table.base: table.business_name for table in gold.tables()}
    assert set(found.values()) <= set(views(open_shop))
    assert len(set(found.values())) == len(found)
    for base, view in found.items():
        sql = f'select (select count(*) from {base}), (select count(*) from bi."{view}")'
        ((rows, seen),) = open_shop.sql(sql)
        assert rows == seen, view


def test_a_question_in_the_words_of_the_trade(open_shop: Shop) -> None:
    """O3 is a line of two for 19.00 dollars; of sales in euros O1, O2, O4 and O9 make 43.40 (see the shop's README)."""
    words = 'select "Net amount", "Order date"::varchar from bi."Order lines" where "Order ID" = \'O3\''
    assert open_shop.sql(words) == [(Decimal("19.0000"), "2024-03-01")]
    sums = '"Currency", sum("Sales before returns"), sum("Gross sales")'
    assert open_shop.sql(f'select {sums} from bi."Sales by day" group by 1 order by 1') == [
        ("EUR", Decimal("43.40"), Decimal("43.90")),
        ("USD", Decimal(19), Decimal(20)),
    ]


def test_what_is_personal_or_technical_stays_out(open_shop: Shop) -> None:
    personal = {(t.base, c.name) for t in gold.tables() for c in t.columns if c.personal}
    assert personal >= {("dim_customer", "birth_date"), ("dim_customer", "customer_id")}
    shown = columns(open_shop, "Customers")
    assert {"Customer key", "Customer version key", "Age band", "Valid from", "Is current"} <= set(shown)
    assert not {"Birth date", "Customer ID", "Is inferred"} & set(shown)
    everywhere = {column.casefold() for _, column, _ in open_shop.sql(COLUMNS)}
    assert not {name.replace("_", " ") for _, name in personal} & everywhere


def test_meaning_goes_along(open_shop: Shop) -> None:
    assert (
        columns(open_shop, "Sales by day")["Gross sales"] == gold.contracts()["mart_sales_daily"]["gross_amount"].told
    )
    comments = dict(open_shop.sql(VIEWS))
    assert comments["Order lines"].endswith("Grain: one row per order line.")
    assert all(comments.values())
    assert all(comment for *_, comment in open_shop.sql(COLUMNS))


@pytest.mark.long
def test_views_follow_the_contracts(own_shop: Shop) -> None:
    """A shop's own columns come with a new declaration, a personal one doesn't, and an older state has none."""
    own = {"Education", "Points", "Feed", "File"}
    before = columns(own_shop, "Customers")
    first = own_shop.manifest.number
    own_shop.put("customers.csv", CUSTOMERS)
    own_shop.declare(lambda text: extended(text).replace("unit: points", "unit: points\n      title: Points"))
    own_shop.run()
    assert set(columns(own_shop, "Customers")) - set(before) == own
    assert columns(own_shop, "Customers")["Points"] == "points on the card (points)"
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    own_shop.run()  # an increment: the file is a copy
    assert set(columns(own_shop, "Customers")) - set(before) == own
    rollback(own_shop.project, first, Silent())
    assert columns(own_shop, "Customers") == before
    assert own_shop.sql("select count(*) from shoplake.keys where table_name = 'fact_sales'") == [(3,)]


def test_another_program_may_attach_it_under_any_name(open_shop: Shop) -> None:
    with duckdb.connect() as db:
        db.execute(f"attach '{open_shop.project.warehouse}' as shop (read_only)")
        assert db.execute('select count(*) from shop.bi."Order lines"').fetchone() == (11,)


def test_keys_are_told_and_those_of_dimensions_enforced(own_shop: Shop) -> None:
    sql = """select table_name, list(column_name order by position), bool_and(is_enforced) from shoplake.keys
    group by 1 order by 1"""
    assert own_shop.sql(sql) == sorted((t.base, list(t.key), len(t.key) == 1) for t in gold.tables())
    enforced = (
        "select table_name from duckdb_constraints() where schema_name = 'gold' and constraint_type = 'PRIMARY KEY'"
    )
    dimensions = sorted(own_shop.sql(enforced))
    assert {("dim_customer",), ("dim_date",), ("dim_product",), ("dim_store",)} <= set(dimensions)
    assert ("fact_sales",) not in dimensions
    assert all(table[table.key[0]].required for table in gold.tables() if len(table.key) == 1)
    with (
        duckdb.connect(str(own_shop.project.warehouse)) as db,
        pytest.raises(duckdb.ConstraintException, match="Duplicate key"),
    ):
        db.execute("insert into gold.dim_store from gold.dim_store limit 1")
    comment = "select comment from duckdb_tables() where table_name = 'fact_sales'"
    assert own_shop.one(comment).endswith("Key: source, order_id, line_number.")


def test_views_of_questions_stand_beside_those_of_tables(own_shop: Shop) -> None:
    """One that asks for a column which a state doesn't have is left out, the others aren't."""
    lines = Column("line_count", "bigint", "order lines", unit="lines")
    sql = "SELECT channel, count(*) FROM gold.fact_sales WHERE channel = 'web' GROUP BY channel"
    asked = View("Lines by channel", "Lines of each channel", (Text("channel", "how"), lines), sql)
    newer = View("Newer", "Of another state", (lines,), "SELECT no_such_column FROM gold.fact_sales")
    path = own_shop.project.warehouse
    duckdb_file.swap_in(duckdb_file.build(own_shop.lake, own_shop.manifest, path, views=[newer, asked]), path)
    assert "Newer" not in views(own_shop)
    assert columns(own_shop, "Lines by channel") == {"Channel": "how", "Line count": "order lines (lines)"}
    of_web = own_shop.one("select count(*) from fact_sales where channel = 'web'")
    assert own_shop.sql('from bi."Lines by channel"') == [("web", of_web)]


def test_titles_that_are_the_same_are_told_apart(tmp_path: Path) -> None:
    """Capitals don't tell them apart in SQL; a quote in a title is none of SQL's."""
    columns = (Column("net_amount", "int", "a", title='Net "x"'), Column("own", "int", "it's", title='net "X"'))
    tables = [Table(f"gold.{base}", "m", "g", (), columns) for base in ("dim_customer", "mart_customer")]
    with duckdb.connect() as db:
        db.execute("create schema gold")
        for table in tables:
            db.execute(f"create table {table.name} as select 1 as net_amount, 2 as own")
        create_views(db, tables, [])
        found = db.execute("select table_name, column_name, comment from duckdb_columns() where schema_name = 'bi'")
        assert sorted(found.fetchall()) == [
            (view, column, comment)
            for view in ("Customer", "Customer (mart_customer)")
            for column, comment in (('Net "x"', "a"), ('net "X" (own)', "it's"))
        ]
