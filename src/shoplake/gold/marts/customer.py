"""mart_customer: what each customer bought and gave back so far, and how recently, often and much."""

from __future__ import annotations

from datetime import date
from typing import Any

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Rebuild, Reconciliation, Table, Text
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.facts import exchange_rate, returns, sales
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts import customer_day
from shoplake.gold.marts.measures import (
    RETURN_LINE_COUNT,
    UNCONVERTED_RETURNS,
    rates_through,
    reconciled,
    reporting,
    return_sums,
    with_rate,
)
from shoplake.gold.marts.segments import SEGMENTS, segment_of

_IS_BEFORE = "order_date < :as_of"
_OF_SALES = reconciled(f"customer_key <> {ABSENT} and {_IS_BEFORE}")
_LEFT_OUT = {
    "no_sale": sales.IS_NO_SALE,
    "no_customer": f"{sales.IS_SALE} and customer_key = {ABSENT}",
    "later": f"{sales.IS_SALE} and customer_key <> {ABSENT} and order_date >= :as_of",
}
_SALES = ("gross_amount", "discount_amount", "net_amount", "sales_amount")
_COUNTS = ("order_count", "line_count", "unit_quantity", "unconverted_line_count")
_SUMS = (*customer_day.TABLE.pick(*_COUNTS), *reporting(*_SALES))
_RETURNS = (RETURN_LINE_COUNT, UNCONVERTED_RETURNS, *reporting("return_amount"))
CHURN_STATUS = ("active", "lapsing", "churned")


def build(_: Table, days: DataFrame, came_back: DataFrame, rates: DataFrame, as_of: date, **__: Any) -> DataFrame:
    """Sum the days before `as_of` of each customer; what came back is summed apart, so that no join multiplies."""
    bought = days.where(_IS_BEFORE.replace(":as_of", f"date'{as_of}'"))
    customers = bought.groupBy("customer_key").agg(
        *(F.sum(column.name).cast(column.type).alias(column.name) for column in _SUMS),
        F.min("order_date").alias("first_order_date"),
        F.max("order_date").alias("last_order_date"),
    )
    returned = with_rate(came_back.where(returns.IS_RETURN).where(f"return_date < date'{as_of}'"), rates)
    of_customer = returned.groupBy("customer_key").agg(*return_sums())
    joined = customers.join(of_customer, on="customer_key", how="left")
    return joined.withColumns({c.name: F.coalesce(c.name, F.lit(0)).cast(c.type) for c in _RETURNS})


def finish(table: Table, rows: DataFrame, as_of: date, churn_days: int) -> DataFrame:
    """Score each customer among all, at the reference date."""
    scored = rows.withColumns(
        {
            "cohort_month": F.date_format("first_order_date", "yyyy-MM"),
            "recency_days": F.date_diff(F.lit(as_of), "last_order_date").cast("int"),
            "recency_score": _quintile("last_order_date"),
            "frequency_score": _quintile("order_count"),
            "monetary_score": _quintile("reporting_sales_amount"),
            "customer_type": F.when(F.col("order_count") == 1, "new").otherwise("returning"),
        }
    )
    active, lapsing, churned = CHURN_STATUS
    status = (
        F.when(F.col("recency_days") > churn_days, churned)
        .when(F.col("recency_days") * 2 > churn_days, lapsing)
        .otherwise(active)
    )
    segments = segment_of("recency_score", "frequency_score", "monetary_score")
    return scored.withColumns({"segment": segments, "churn_status": status}).select(*table.column_names)


def _quintile(measure: str) -> Expression:
    """1 (lowest) to 5 by rank; equal values have equal scores, so the order of rows doesn't matter."""
    lower = F.rank().over(Window.partitionBy(F.lit(0)).orderBy(F.col(measure).asc_nulls_first())) - 1
    return (F.floor(lower * 5 / F.count("*").over(Window.partitionBy(F.lit(0)))) + 1).cast("int")


def _of(name: str, made_of: str, kind: str, meaning: str, unit: str = "") -> Column:
    return Column(name, kind, meaning, unit=unit, required=True, made_of=(made_of,))


TABLE = Table(
    name="gold.mart_customer",
    title="Customers by value",
    meaning="What each customer bought before the reference date; sales without a customer are not in it",
    grain="one row per customer with a purchase",
    key=("customer_key",),
    columns=(
        CUSTOMER_KEY,
        *_SUMS,
        *_RETURNS,
        _of("first_order_date", "order_date", "date", "business date of the first order"),
        _of("last_order_date", "order_date", "date", "business date of the last order"),
        _of("cohort_month", "order_date", "string", "month of the first order, such as 2025-03"),
        _of("recency_days", "last_order_date", "int", "days from the last order to the reference date", unit="days"),
        _of("recency_score", "last_order_date", "int", "quintile of the last order's date; 5 is the most recent"),
        _of("frequency_score", "order_count", "int", "quintile of the number of orders; 5 is the most"),
        _of("monetary_score", "reporting_sales_amount", "int", "quintile of the sales; 5 is the most"),
        Text(
            "segment",
            "by recency score (4-5, 3, 1-2) and the mean of the other two (4-5, 2-3, 1)",
            required=True,
            allowed=SEGMENTS,
            made_of=("recency_score", "frequency_score", "monetary_score"),
        ),
        Text(
            "customer_type",
            "new: one order so far; returning: more",
            required=True,
            allowed=("new", "returning"),
            made_of=("order_count",),
        ),
        Text(
            "churn_status",
            "churned: no order for more than `churn_days`; lapsing: for more than half of them; else active",
            required=True,
            allowed=CHURN_STATUS,
            made_of=("recency_days",),
        ),
    ),
    reads=(customer_day.TABLE, returns.TABLE, exchange_rate.TABLE),
    build=build,
    finish=finish,
    uses=("churn_days",),
    needs_as_of=True,
    dated_by={"mart_customer_day": "order_date", "fact_returns": "return_date"},
    rebuild=Rebuild(("customer_key",), along=rates_through("fact_returns")),
    reconciles=(
        Reconciliation(sales.TABLE, {name: _OF_SALES[name] for name in ("lines", "unit_quantity")}, _LEFT_OUT),
        Reconciliation(
            customer_day.TABLE,
            {c.name: (f"sum({c.name})", f"sum(case when {_IS_BEFORE} then {c.name} end)") for c in _SUMS},
            is_counted=False,
        ),
    ),
)
