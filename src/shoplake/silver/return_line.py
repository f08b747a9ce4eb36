"""A line that came back: its own event on its own day, not a negative sale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Date, Link, Money, Rebuild, Reference, Table, Text
from shoplake.silver import customer, order, product, store
from shoplake.silver.business_date import with_business_date
from shoplake.silver.columns import SOURCE
from shoplake.silver.line_number import number_lines
from shoplake.silver.month import month_column, with_month
from shoplake.silver.order_line import IS_MERCHANDISE, LINE_NUMBER, ORDER_DATE

_OF_ORDER = ("order_date", "customer_id", "store_id", "currency", "channel", "is_test")


def build(table: Table, lines: DataFrame, orders: DataFrame, stores: DataFrame) -> DataFrame:
    """Take customer, store and currency from the order where the return doesn't say; date it in the store's zone."""
    bought = orders.select("source", "order_id", *[F.col(name).alias(f"_order_{name}") for name in _OF_ORDER])
    known = lines.join(bought, on=["source", "order_id"], how="left").withColumns(
        {
            "order_date": F.col("_order_order_date"),
            "customer_id": F.coalesce("customer_id", "_order_customer_id"),
            "store_id": F.coalesce("store_id", "_order_store_id"),
            "currency": F.coalesce("currency", "_order_currency", "_source_currency"),
            "channel": F.col("_order_channel"),
            "is_test": F.col("_order_is_test"),
        }
    )
    dated = with_business_date(known, stores, day="return_date", instant="returned_at")
    return number_lines(with_month(dated, "return_date"), within=["source", "return_id"], by=table.content)


TABLE = Table(
    name="silver.return_line",
    meaning="A line that came back: its own event on its own day",
    grain="one row per returned line",
    key=("source", "return_id", "line_number"),
    columns=(
        SOURCE,
        Text(
            "return_id",
            "the source's own number of the return, or of the order where returns have none",
            required=True,
        ),
        LINE_NUMBER.but(required=True),
        order.TABLE["order_id"].but(required=False),
        ORDER_DATE,
        customer.TABLE["customer_id"].but(required=False),
        product.TABLE["product_id"].but(required=False),
        store.TABLE["store_id"].but(required=False),
        Column("returned_at", "timestamp", "when it came back", unit="UTC"),
        Date(
            "return_date",
            "business date of the return",
            required=True,
            made_of=("returned_at", "store_time_zone", "source.yml:time_zone"),
        ),
        month_column("return_date"),
        Column(
            "return_quantity",
            "decimal(18,4)",
            "how many came back, positive",
            unit="sales units",
            minimum=Decimal(0),
        ),
        Money("return_amount", "what the shop gives back, positive", required=True, minimum=Decimal(0)),
        Money("return_tax_amount", "tax within what is given back", minimum=Decimal(0)),
        order.TABLE["currency"],
        replace(order.TABLE["channel"], derived=True),
        replace(order.TABLE["is_test"], derived=True),
        Text("return_reason", "why it came back, in the source's words"),
        IS_MERCHANDISE,
    ),
    reads=(order.TABLE, store.TABLE),
    build=build,
    references=(
        Reference("order_id", order.TABLE, "order_date"),
        Reference("customer_id", customer.TABLE),
        Reference("product_id", product.TABLE),
        Reference("store_id", store.TABLE),
    ),
    amount="return_amount",
    is_event=True,
    partitioned_by="return_month",
    rebuild=Rebuild(
        ("source", "return_id"),
        along={
            "order": Link(("source", "order_id"), _OF_ORDER, through="return_line"),
            "store": Link(("source", "store_id"), ("store_time_zone",)),
        },
    ),
)
