"""A line that came back: its own event on its own day, not a negative sale."""

from __future__ import annotations

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Money, Reference, Table, Text
from shoplake.silver import customer, order, product, store
from shoplake.silver.columns import SOURCE
from shoplake.silver.line_number import number_lines
from shoplake.silver.order_line import LINE_NUMBER


def build(lines: DataFrame) -> DataFrame:
    """Date the return in the source's zone, and number the lines that the source doesn't number."""
    local_day = F.to_date(F.from_utc_timestamp("returned_at", F.col("_time_zone")))
    dated = lines.withColumn("return_date", F.coalesce("return_date", local_day))
    content = ["product_id", "order_id", "return_date", "return_quantity", "return_amount", "return_reason"]
    return number_lines(dated, within=["source", "return_id"], by=content)


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
        customer.TABLE["customer_id"].but(required=False),
        product.TABLE["product_id"].but(required=False),
        store.TABLE["store_id"].but(required=False),
        Column("returned_at", "timestamp", "when it came back", unit="UTC"),
        Column("return_date", "date", "business date of the return", required=True),
        Column(
            "return_quantity",
            "decimal(18,4)",
            "how many came back, positive",
            unit="sales units",
            minimum=Decimal(0),
        ),
        Money("return_amount", "what the shop gives back, positive", required=True, minimum=Decimal(0)),
        order.TABLE["currency"],
        Text("return_reason", "why it came back, in the source's words"),
    ),
    build=build,
    references=(
        Reference("order_id", order.TABLE),
        Reference("customer_id", customer.TABLE),
        Reference("product_id", product.TABLE),
        Reference("store_id", store.TABLE),
    ),
    amount="return_amount",
    is_event=True,
)
