"""mart_buyers: who bought in a month, attribute by attribute."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import customer
from shoplake.gold.marts import customer_day
from shoplake.gold.marts.attributes import ATTRIBUTE, ATTRIBUTE_VALUE, EVERYBODY, OF_VERSION, by_attribute

_IS_BEFORE = "order_date < :as_of"
_KEY = ("order_month", ATTRIBUTE.name, ATTRIBUTE_VALUE.name)
_COUNTS = ("order_count", "line_count", "unit_quantity", "unconverted_line_count", "reporting_sales_amount")
SUMS = customer_day.TABLE.pick(*_COUNTS)
BUYER_COUNT = Column(
    "buyer_count",
    "bigint",
    "customers who bought as such, each once; values and months don't add up: who changed is in two of them",
    unit="customers",
    required=True,
    made_of=("customer_key",),
    title="Buyers",
)


def build(table: Table, days: DataFrame, customers: DataFrame, as_of: date) -> DataFrame:
    """Customers are counted without their keys, but for the few who changed within a month and may be one value twice.

    The join is on a unique key.
    """
    totals = [F.sum(column.name).cast(column.type).alias(column.name) for column in SUMS]
    bought = days.where(_IS_BEFORE.replace(":as_of", f"date'{as_of}'"))
    of_month = bought.groupBy("order_month", "customer_key", "customer_version_key", "age_band").agg(*totals)
    in_order = Window.partitionBy("order_month", "customer_key").orderBy("customer_version_key", "age_band")
    neighbours = [beside("customer_key").over(in_order).isNotNull() for beside in (F.lag, F.lead)]
    marked = of_month.withColumn("_changed_key", F.when(neighbours[0] | neighbours[1], F.col("customer_key")))
    people = customers.select("customer_version_key", *OF_VERSION)
    told = by_attribute(
        marked.join(people, on="customer_version_key", how="left").drop("customer_version_key", "customer_key")
    )
    once = F.when(F.col("_changed_key").isNull(), F.count("*")).otherwise(1).alias(BUYER_COUNT.name)
    few = told.groupBy(*_KEY, "_changed_key").agg(once, *totals)
    return few.groupBy(*_KEY).agg(F.sum(BUYER_COUNT.name).alias(BUYER_COUNT.name), *totals).select(*table.column_names)


TABLE = Table(
    name="gold.mart_buyers",
    title="Buyers by month",
    meaning="Who bought before the reference date, as they were then; sales without a customer are not in it",
    grain="one row per month, attribute and value of it with a purchase",
    key=_KEY,
    columns=(customer_day.TABLE["order_month"], ATTRIBUTE, ATTRIBUTE_VALUE, BUYER_COUNT, *SUMS),
    reads=(customer_day.TABLE, customer.TABLE),
    build=build,
    needs_as_of=True,
    dated_by={"mart_customer_day": "order_date"},
    rebuild=Rebuild(
        ("order_month",),
        along={"dim_customer": Link(("customer_version_key",), OF_VERSION, "mart_customer_day", is_key=True)},
    ),
    reconciles=(
        Reconciliation(
            customer_day.TABLE,
            {
                f"{c.name} by {name}": (
                    f"sum(case when attribute = '{name}' then {c.name} end)",
                    f"sum(case when {_IS_BEFORE} then {c.name} end)",
                )
                for c in SUMS
                for name in ("age_band", EVERYBODY)
            },
            is_counted=False,
        ),
    ),
)
