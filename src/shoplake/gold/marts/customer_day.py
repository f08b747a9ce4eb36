"""mart_customer_day: what each customer bought on each day, as they were then; other marts are made of it."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.customer import CUSTOMER_KEY, CUSTOMER_VERSION_KEY
from shoplake.gold.facts import exchange_rate, sales
from shoplake.gold.facts.age import AGE_BAND
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts.measures import (
    MEASURES,
    UNCONVERTED,
    rates_through,
    reconciled,
    reporting,
    reporting_sums,
    sums,
    unconverted,
    with_rate,
)

_GRAIN = ("order_date", "customer_key", "currency")
# There is one of each on a day.
_OF_DAY = ("order_month", "customer_version_key", "age_band")
_IS_SOMEBODY = f"customer_key <> {ABSENT}"
_AMOUNTS = ("gross_amount", "discount_amount", "net_amount", "sales_amount")
_SUMS = (*MEASURES, UNCONVERTED, *reporting(*_AMOUNTS))


def build(table: Table, lines: DataFrame, rates: DataFrame) -> DataFrame:
    """Sum the sales by order and then by day: each order counts once."""
    sold = with_rate(lines.where(sales.IS_SALE).where(_IS_SOMEBODY), rates)
    measures = [*sums(), unconverted(), *reporting_sums(*_AMOUNTS)]
    orders = sold.groupBy(*_GRAIN, *_OF_DAY, "source", "order_id").agg(*measures)
    totals = [F.sum(column.name).cast(column.type).alias(column.name) for column in _SUMS]
    days = orders.groupBy(*_GRAIN, *_OF_DAY).agg(F.count("*").alias("order_count"), *totals)
    return days.select(*table.column_names)


TABLE = Table(
    name="gold.mart_customer_day",
    title="Sales by customer and day",
    meaning="What each customer bought on each day, as they were then; sales without a customer are not in it",
    grain="one row per customer who is known, business date and currency",
    key=_GRAIN,
    columns=(
        sales.TABLE["order_date"].but(required=True),
        sales.TABLE["order_month"],
        CUSTOMER_KEY,
        CUSTOMER_VERSION_KEY,
        AGE_BAND,
        sales.TABLE["currency"].but(required=True),
        Column(
            "order_count",
            "bigint",
            "orders",
            unit="orders",
            required=True,
            made_of=("source", "order_id"),
            title="Orders",
        ),
        *_SUMS,
    ),
    reads=(sales.TABLE, exchange_rate.TABLE),
    build=build,
    amount="net_amount",
    partitioned_by="order_month",
    rebuild=Rebuild(("order_date", "customer_key"), along=rates_through("fact_sales")),
    reconciles=(
        Reconciliation(
            sales.TABLE,
            reconciled(_IS_SOMEBODY),
            {"no_sale": sales.IS_NO_SALE, "no_customer": f"{sales.IS_SALE} and customer_key = {ABSENT}"},
        ),
    ),
)
