"""A line of an order: one product at one price."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Check, Column, Link, Money, Rebuild, Reference, Table
from shoplake.silver import order, product, promotion
from shoplake.silver.columns import SOURCE
from shoplake.silver.line_number import number_lines
from shoplake.silver.month import month_column, with_month

LINE_NUMBER = Column("line_number", "int", "position in the order; ranked by content where the source has none")
QUANTITY = Column("quantity", "decimal(18,4)", "how many were sold", unit="sales units of the product")
IS_MERCHANDISE = Column(
    "is_merchandise",
    "boolean",
    "whether the quantity counts units of goods; not so for services, fuel, gift cards",
    required=True,
    default="true",
)


ORDER_DATE = replace(order.TABLE["order_date"], required=False, derived=True, made_of=())


def build(table: Table, lines: DataFrame, orders: DataFrame) -> DataFrame:
    """Number the lines that the source doesn't number, and give each the day of its order."""
    numbered = number_lines(lines, within=["source", "order_id"], by=table.content)
    days = orders.select("source", "order_id", F.col("order_date").alias("_day"))
    dated = numbered.join(days, on=["source", "order_id"], how="left").withColumn("order_date", F.col("_day"))
    return with_month(dated, "order_date")


TABLE = Table(
    name="silver.order_line",
    meaning="A line of an order: one product at one price",
    grain="one row per line of an order",
    key=("source", "order_id", "line_number"),
    columns=(
        SOURCE,
        order.TABLE["order_id"],
        LINE_NUMBER.but(required=True),
        ORDER_DATE,
        month_column("order_date"),
        product.TABLE["product_id"].but(required=False),
        QUANTITY,
        Money("gross_amount", "price before any discount of the shop's, for the whole line"),
        Money("discount_amount", "discounts of the shop's on the line, positive"),
        Money("net_amount", "what the shop receives for the line; returns are not netted", required=True),
        IS_MERCHANDISE,
        promotion.TABLE["promotion_id"].but(required=False),
    ),
    reads=(order.TABLE,),
    build=build,
    checks=(Check("gross_less_discount_is_net", "gross_amount - discount_amount = net_amount"),),
    references=(
        Reference("order_id", order.TABLE, "order_date"),
        Reference("product_id", product.TABLE),
        Reference("promotion_id", promotion.TABLE),
    ),
    amount="net_amount",
    is_event=True,
    partitioned_by="order_month",
    rebuild=Rebuild(
        ("source", "order_id"), along={"order": Link(("source", "order_id"), ("order_date",), through="order_line")}
    ),
)
