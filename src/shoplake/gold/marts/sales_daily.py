"""mart_sales_daily: sales by day, demographics and category."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import customer, product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts import sales
from shoplake.gold.facts.age import AGE_BAND
from shoplake.gold.marts.measures import MEASURES, reconciled, sums

# Of the version of the customer; the age is that on the day, which the fact tells.
_OF_VERSION = tuple(column.name for column in customer.DEMOGRAPHICS if column.name != AGE_BAND.name)
_DEMOGRAPHICS = tuple(column.name for column in customer.DEMOGRAPHICS)
_CATEGORIES = ("department", "category")


def build(table: Table, lines: DataFrame, customers: DataFrame, products: DataFrame) -> DataFrame:
    """Sum the sales by the customer version of the purchase; both joins are on unique keys."""
    people = customers.select("customer_version_key", *_OF_VERSION)
    goods = products.select("product_version_key", *_CATEGORIES)
    joined = (
        lines.where(sales.IS_SALE)
        .join(people, on="customer_version_key", how="left")
        .join(goods, on="product_version_key", how="left")
        .withColumn("channel", F.coalesce("channel", F.lit(UNKNOWN)))
    )
    return joined.groupBy(*table.key, "order_month").agg(*sums()).select(*table.column_names)


TABLE = Table(
    name="gold.mart_sales_daily",
    title="Sales by day",
    meaning="Sales by day, demographics and category",
    grain="one row per business date, combination of demographics, department, category, channel and currency",
    key=("order_date", *_DEMOGRAPHICS, *_CATEGORIES, "channel", "currency"),
    columns=(
        sales.TABLE["order_date"].but(required=True),
        sales.TABLE["order_month"],
        *(sales.TABLE[n] if n == AGE_BAND.name else customer.TABLE[n] for n in _DEMOGRAPHICS),
        *product.TABLE.pick(*_CATEGORIES),
        sales.TABLE["channel"].but(required=True),
        sales.TABLE["currency"].but(required=True),
        *MEASURES,
    ),
    reads=(sales.TABLE, customer.TABLE, product.TABLE),
    build=build,
    amount="net_amount",
    partitioned_by="order_month",
    rebuild=Rebuild(
        ("order_date",),
        along={
            "dim_customer": Link(("customer_version_key",), _OF_VERSION, "fact_sales", is_key=True),
            "dim_product": Link(("product_version_key",), _CATEGORIES, "fact_sales", is_key=True),
        },
    ),
    reconciles=(Reconciliation(sales.TABLE, reconciled(), {"no_sale": sales.IS_NO_SALE}),),
)
