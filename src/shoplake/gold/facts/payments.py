"""fact_payments: what was paid, dated by the payment."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.dimensions.store import STORE_KEY
from shoplake.gold.facts.foreign_keys import with_store_key
from shoplake.gold.keys import durable_key
from shoplake.silver import exchange_rate, order, payment

_OF_ORDER = ("customer_id", "store_id", "channel", "is_test")


def build(table: Table, payments: DataFrame, orders: DataFrame) -> DataFrame:
    """Each payment with who ordered and where; an order is unique by its key."""
    bought = orders.select("source", "order_id", *_OF_ORDER)
    joined = payments.join(bought, on=["source", "order_id"], how="left")
    keyed = joined.withColumn(CUSTOMER_KEY.name, durable_key("source", "customer_id"))
    return with_store_key(keyed).withColumn("rate_date", F.col("payment_date")).select(*table.column_names)


TABLE = Table(
    name="gold.fact_payments",
    meaning="What was paid for orders",
    grain="one row per payment of an order",
    key=("source", "order_id", "payment_number"),
    columns=(
        *payment.TABLE.pick("source", "order_id", "payment_number", "order_date", "payment_date", "payment_month"),
        replace(exchange_rate.RATE_DATE, required=False, made_of=("payment_date",)),
        CUSTOMER_KEY,
        STORE_KEY,
        *order.TABLE.pick("channel", "is_test"),
        *payment.TABLE.pick("payment_method", "payment_amount", "currency"),
    ),
    reads=(payment.TABLE, order.TABLE),
    build=build,
    carries=(payment.TABLE,),
    amount="payment_amount",
    partitioned_by="payment_month",
    rebuild=Rebuild(
        ("source", "order_id"), along={"order": Link(("source", "order_id"), _OF_ORDER, through="payment")}
    ),
    reconciles=(
        Reconciliation(
            payment.TABLE,
            {"payments": ("count(*)", "count(*)"), "payment_amount": ("sum(payment_amount)", "sum(payment_amount)")},
        ),
    ),
)
