"""mart_cohort: what became of the customers who bought first in the same month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Reconciliation, Table
from shoplake.gold.facts import exchange_rate, returns
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts import customer, customer_day
from shoplake.gold.marts.measures import (
    RETURN_LINE_COUNT,
    UNCONVERTED_RETURNS,
    reporting,
    return_sums,
    with_rate,
)
from shoplake.lake import union_of

_IS_BEFORE = "order_date < :as_of"
_SUMS = customer.TABLE.pick("order_count", "line_count", "unconverted_line_count", "reporting_sales_amount")
_RETURNS = (RETURN_LINE_COUNT, UNCONVERTED_RETURNS, *reporting("return_amount"))
_KEY = ("cohort_month", "months_since_first")


def build(table: Table, days: DataFrame, came_back: DataFrame, rates: DataFrame, as_of: date) -> DataFrame:
    """Every month from the first one on has a row, whether somebody bought in it or not."""
    bought = days.where(_IS_BEFORE.replace(":as_of", f"date'{as_of}'"))
    first = bought.groupBy("customer_key").agg(F.min("order_date").alias("_first"))
    known = first.select("customer_key", F.date_format("_first", "yyyy-MM").alias("cohort_month"), _month("_first"))
    sums = [F.sum(column.name).cast(column.type).alias(column.name) for column in _SUMS]
    of_month = bought.groupBy("customer_key", _month("order_date", "_at")).agg(*sums)
    active = F.count("*").alias("active_customer_count")
    sales = of_month.join(known, on="customer_key", how="inner").groupBy("cohort_month", _since()).agg(active, *sums)
    returned = with_rate(
        came_back.where(returns.IS_RETURN).where(f"customer_key <> {ABSENT} and return_date < date'{as_of}'"), rates
    )
    of_first = returned.withColumn("_at", _month("return_date")).join(known, on="customer_key", how="inner")
    given_back = of_first.groupBy("cohort_month", _since()).agg(*return_sums())
    last = as_of - timedelta(days=1)
    months = F.sequence(F.lit(0), F.lit(last.year * 12 + last.month) - F.col("_month"))
    every = (
        known.groupBy("cohort_month", "_month")
        .agg(F.count("*").alias("customer_count"))
        .select("cohort_month", "customer_count", F.explode(months).alias("months_since_first"))
    )
    together = union_of(_with_all(table, part) for part in (every, sales, given_back))
    totals = [F.sum(name).cast(table[name].type).alias(name) for name in table.content]
    # what came back before the first order that is known is of another one
    return together.where("months_since_first >= 0").groupBy(*_KEY).agg(*totals).select(*table.column_names)


def _with_all(table: Table, part: DataFrame) -> DataFrame:
    """The columns of the table; of a measure that the part hasn't there is nothing."""
    known = {*part.columns}
    return part.select(*[F.col(n) if n in known else F.lit(0).cast(table[n].type).alias(n) for n in table.column_names])


def _month(day: str, name: str = "_month") -> Expression:
    return (F.year(day) * 12 + F.month(day)).alias(name)


def _since() -> Expression:
    return (F.col("_at") - F.col("_month")).alias("months_since_first")


def _customers(name: str, meaning: str, title: str) -> Column:
    return Column(name, "bigint", meaning, unit="customers", required=True, made_of=("customer_key",), title=title)


TABLE = Table(
    name="gold.mart_cohort",
    title="Cohorts",
    meaning="What became of customers who bought first in the same month: orders, sales and returns, month by month",
    grain="one row per month of a first order, and month from then to the reference date",
    key=_KEY,
    columns=(
        replace(customer.TABLE["cohort_month"], made_of=("order_date",)),
        Column(
            "months_since_first",
            "int",
            "calendar months since that of the first order, which is 0",
            unit="months",
            required=True,
            made_of=("order_date",),
        ),
        _customers("customer_count", "customers, each once", "Customers"),
        _customers("active_customer_count", "customers with an order in the month, each once", "Active customers"),
        *_SUMS,
        *_RETURNS,
    ),
    reads=(customer_day.TABLE, returns.TABLE, exchange_rate.TABLE),
    build=build,
    needs_as_of=True,
    reconciles=(
        Reconciliation(
            customer_day.TABLE,
            {c.name: (f"sum({c.name})", f"sum(case when {_IS_BEFORE} then {c.name} end)") for c in _SUMS},
            is_counted=False,
        ),
    ),
)
