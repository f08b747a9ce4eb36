"""An order or basket: what one customer bought at one time."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Date, Link, Money, Rebuild, Reference, Table, Text
from shoplake.silver import customer, store
from shoplake.silver.business_date import with_business_date
from shoplake.silver.columns import SOURCE
from shoplake.silver.month import month_column, with_month


def build(_: Table, orders: DataFrame, stores: DataFrame) -> DataFrame:
    """Fill in the business date with its month and, where the order has none, the source's currency."""
    dated = with_business_date(orders, stores, day="order_date", instant="ordered_at")
    return with_month(dated, "order_date").withColumn("currency", F.coalesce("currency", "_source_currency"))


TABLE = Table(
    name="silver.order",
    meaning="An order or basket: what one customer bought at one time",
    grain="one row per order of a source",
    key=("source", "order_id"),
    columns=(
        SOURCE,
        Text("order_id", "the source's own order number", required=True),
        customer.TABLE["customer_id"].but(required=False),
        store.TABLE["store_id"].but(required=False),
        Column("ordered_at", "timestamp", "when the order was placed", unit="UTC"),
        Date(
            "order_date",
            "business date of the order, in the zone of the store",
            required=True,
            made_of=("ordered_at", "store_time_zone", "source.yml:time_zone"),
        ),
        month_column("order_date"),
        Text(
            "status",
            "where the order stands; an adjustment of stock or books is none",
            allowed=("open", "completed", "cancelled", "adjustment"),
        ),
        Text("channel", "how it was sold: store, web, app, phone, marketplace"),
        Text(
            "currency",
            "ISO 4217 code of the currency that amounts are in",
            required=True,
            made_of=("source.yml:currency",),
        ),
        Money("order_discount_amount", "discount on the order as a whole, not on a line"),
        Money("shipping_amount", "what the customer pays for shipping"),
        Money("tax_amount", "tax on the order"),
        Column("is_tax_included", "boolean", "whether the prices of the lines include tax"),
        Money("shipping_cost_amount", "what the shop pays for shipping"),
        Column("is_test", "boolean", "whether it is a trial and no sale"),
        Column("is_guest", "boolean", "whether the customer bought without an account"),
    ),
    reads=(store.TABLE,),
    build=build,
    references=(Reference("customer_id", customer.TABLE), Reference("store_id", store.TABLE)),
    partitioned_by="order_month",
    rebuild=Rebuild(
        ("source", "order_id"), along={"store": Link(("source", "store_id"), ("store_time_zone",), through="order")}
    ),
)
