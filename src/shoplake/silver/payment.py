"""What was paid for an order, each in one way."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Date, Link, Money, Rebuild, Reference, Table, Text
from shoplake.silver import order
from shoplake.silver.columns import SOURCE
from shoplake.silver.month import month_column, with_month

_OF_ORDER = ("order_date", "currency")


def build(_: Table, payments: DataFrame, orders: DataFrame) -> DataFrame:
    """Take the day and the currency from the order, where the payment doesn't say."""
    bought = orders.select("source", "order_id", *[F.col(name).alias(f"_order_{name}") for name in _OF_ORDER])
    known = payments.join(bought, on=["source", "order_id"], how="left").withColumns(
        {
            "order_date": F.col("_order_order_date"),
            "payment_date": F.coalesce("payment_date", "_order_order_date"),
            "currency": F.coalesce("currency", "_order_currency", "_source_currency"),
        }
    )
    return with_month(known, "payment_date")


TABLE = Table(
    name="silver.payment",
    meaning="What was paid for an order, each in one way",
    grain="one row per payment of an order",
    key=("source", "order_id", "payment_number"),
    columns=(
        SOURCE,
        order.TABLE["order_id"],
        Column("payment_number", "int", "position among the payments of the order", required=True, default="1"),
        Date("order_date", "business date of the order, in the zone of the store", derived=True),
        Date("payment_date", "business date of the payment; by default that of the order", made_of=("order_date",)),
        month_column("payment_date"),
        Text("payment_method", "how it was paid: card, cash, voucher, or the source's own word"),
        Money("payment_amount", "what was paid, positive", required=True),
        order.TABLE["currency"],
    ),
    reads=(order.TABLE,),
    build=build,
    references=(Reference("order_id", order.TABLE, "order_date"),),
    amount="payment_amount",
    is_event=True,
    partitioned_by="payment_month",
    rebuild=Rebuild(
        ("source", "order_id"), along={"order": Link(("source", "order_id"), _OF_ORDER, through="payment")}
    ),
)
