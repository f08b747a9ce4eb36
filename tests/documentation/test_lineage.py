"""Where columns come from, worked out by hand from the corner shop's declaration and from the builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake import gold, silver
from shoplake.contract import Table
from shoplake.documentation.html import drawing
from shoplake.documentation.lineage import Subject
from shoplake.documentation.markdown import sections
from shoplake.sources.declaration import Source
from tests.conftest import CORNER_SHOP
from tests.documentation.conftest import subject_of

LINES, ORDERS, STORES = (f"bronze.corner_shop__{feed}" for feed in ("lines", "orders", "stores"))
DECLARED = "corner_shop/source.yml"

# Values that the build finds from whole rows, or that are the same for all of them.
FROM_NO_COLUMN = {"is_inferred", "line_count"}


@pytest.mark.parametrize(
    ("column", "inputs"),
    [
        ("silver.order_line.net_amount", {(LINES, "quantity"), (LINES, "price"), (LINES, "discount")}),
        ("silver.order_line.is_merchandise", {("bronze.corner_shop__products", "department")}),  # a lookup
        ("silver.order_line.source", {(DECLARED, "source")}),
        ("silver.customer.country", set()),  # 'DE'
        ("silver.customer.phone", set()),  # not mapped
        ("silver.order.currency", {(ORDERS, "currency")}),
        ("silver.order.order_date", {(ORDERS, "placed"), (STORES, "zone"), (DECLARED, "time_zone")}),
        # what a return doesn't say comes from its order
        ("silver.return_line.customer_id", {(ORDERS, "customer")}),
        ("silver.return_line.currency", {(ORDERS, "currency"), (DECLARED, "currency")}),
        ("silver.return_line.order_id", {("bronze.corner_shop__returns", "order_number")}),
        ("gold.fact_sales.net_amount", {("silver.order_line", "net_amount")}),
        ("gold.fact_sales.order_id", {("silver.order_line", "order_id")}),
        ("gold.fact_sales.order_date", {("silver.order_line", "order_date")}),
        ("gold.fact_sales.customer_key", {("gold.dim_customer", "customer_key")}),
        (
            "gold.dim_customer.customer_id",
            {(f"silver.{name}", "customer_id") for name in ("customer", "order", "return_line", "redemption")},
        ),
        ("gold.dim_customer.gender", {("silver.customer", "gender")}),
        ("gold.dim_customer.valid_from", {("silver.customer", "valid_from")}),
        ("silver.customer.valid_from", {(DECLARED, "change")}),
        (
            "gold.dim_date.is_weekend",
            {
                ("silver.order", "order_date"),
                ("silver.return_line", "return_date"),
                ("silver.payment", "payment_date"),
                ("silver.marketing_cost", "cost_date"),
            },
        ),
        ("gold.mart_customer.frequency_score", {("gold.mart_customer_day", "order_count")}),
        ("gold.mart_customer.recency_days", {("gold.mart_customer_day", "order_date")}),
        ("gold.mart_sales_daily.unit_quantity", {("gold.fact_sales", n) for n in ("quantity", "is_merchandise")}),
        ("gold.mart_sales_daily.age_band", {("gold.fact_sales", "age_band")}),
        ("gold.mart_sales_daily.department", {("gold.dim_product", "department")}),
    ],
)
def test_inputs(declared: Subject, column: str, inputs: set[tuple[str, str]]) -> None:
    table, _, name = column.rpartition(".")
    assert set(declared.graph[table, name]) == inputs


@pytest.mark.parametrize("table", gold.tables(), ids=lambda table: table.name)
def test_every_gold_column_comes_from_somewhere(declared: Subject, table: Table) -> None:
    without = {column for column in table.column_names if not declared.graph[table.name, column]}
    carried = {name for read in table.reads for name in read.column_names}
    known = FROM_NO_COLUMN - carried if table.reads else set(table.column_names)
    assert without == known & set(table.column_names)
    body = sections(declared)[table.name]
    for column in without:
        (line,) = [line for line in body.splitlines() if line.startswith(f"| `{column}` ")]
        read = f", which reads `{table.reads[0].name}`" if table.reads else ""
        assert f"computed by the build{read}" in line


@pytest.mark.parametrize("table", [*silver.ENTITIES, *gold.tables()], ids=lambda table: table.name)
def test_what_a_column_is_made_of_is_there(table: Table) -> None:
    known = {*table.column_names, *(name for read in table.reads for name in read.column_names)}
    known |= {f"source.yml:{key}" for key in Source.model_fields}
    for column in table.columns:
        carried = any(column.name in read.column_names for read in table.reads)
        assert carried or set(column.made_of) <= known, column.name


def test_a_feeds_column_is_personal_if_a_personal_one_is_made_of_it(declared: Subject) -> None:
    feeds = {node for node in declared.personal if node[0].startswith("bronze.")}
    customers = {("bronze.corner_shop__customers", name) for name in ("customer_id", "first_name", "email", "born")}
    assert feeds == {*customers, (ORDERS, "customer")}


def test_a_column_of_ones_own_goes_on_to_gold_unless_it_is_personal(tmp_path: Path) -> None:
    columns = "    shelf: {meaning: where it stood}\n    clerk: {meaning: who sold it, personal: true}\n"
    maps = "      line_number: line\n"
    text = (CORNER_SHOP / "sources" / "corner_shop" / "source.yml").read_text("utf-8")
    text = text.replace("parse:\n", f"extend:\n  order_line:\n{columns}parse:\n", 1)
    path = tmp_path / "corner_shop" / "source.yml"
    path.parent.mkdir()
    path.write_text(text.replace(maps, f"{maps}      shelf: sku\n      clerk: order_number\n"), "utf-8")
    subject = subject_of(path)
    assert subject.graph["silver.order_line", "shelf"] == ((LINES, "sku"),)
    assert subject.graph["gold.fact_sales", "shelf"] == (("silver.order_line", "shelf"),)
    assert ("gold.fact_sales", "clerk") not in subject.graph
    assert {(LINES, "order_number"), ("silver.order_line", "clerk")} <= subject.personal


def test_the_drawing_has_a_line_for_each_input(declared: Subject) -> None:
    table = next(table for table in gold.tables() if table.name == "gold.fact_returns")
    drawn = drawing(declared, table)
    assert drawn.count("<path ") == drawn.count("<title>")
    assert "<title>bronze.corner_shop__orders.customer → silver.return_line.customer_id</title>" in drawn
    assert "<title>silver.return_line.return_amount → gold.fact_returns.return_amount</title>" in drawn
    assert "net_amount" not in drawn
    assert drawing(Subject("empty", (), silver.ENTITIES, ()), silver.ENTITIES[0]) == ""
