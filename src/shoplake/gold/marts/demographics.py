"""mart_demographics: how many there are, how many of them buy, for how much, and what changed against a year before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Reconciliation, Table
from shoplake.gold.dimensions import customer
from shoplake.gold.dimensions import date as dim_date
from shoplake.gold.marts import buyers
from shoplake.gold.marts import customer as mart_customer
from shoplake.gold.marts.attributes import ATTRIBUTE, ATTRIBUTE_VALUE
from shoplake.gold.marts.decomposition import effects
from shoplake.gold.marts.measures import REPORTING
from shoplake.gold.marts.population import comings_and_goings

_YEAR = 12
_GROUP = (ATTRIBUTE.name, ATTRIBUTE_VALUE.name)
_SUMS = buyers.SUMS
_NOW = ("population", buyers.BUYER_COUNT.name, "reporting_sales_amount")
_BEFORE = ("population_before", "buyer_count_before", "reporting_sales_before_amount")
_EFFECTS = ("population_effect", "penetration_effect", "spend_effect")


def build(
    table: Table,
    bought: DataFrame,
    versions: DataFrame,
    customers: DataFrame,
    as_of: date,
    age_bands: tuple[int, ...],
) -> DataFrame:
    """Every month from the first sale to the reference date for every value, so that a year before is 12 rows above."""
    number = F.substring("order_month", 1, 4).cast("int") * 12 + F.substring("order_month", 6, 2).cast("int") - 1
    of_month = bought.withColumn("month", number)
    last = as_of - timedelta(days=1)
    first = of_month.agg(F.min("month").alias("_first"))
    edges = comings_and_goings(versions, customers, age_bands).crossJoin(first).where("_first is not null")
    clipped = edges.groupBy(*_GROUP, F.greatest("month", "_first").alias("month")).agg(F.sum("people").alias("people"))
    months = first.select(F.explode(F.sequence("_first", F.lit(last.year * 12 + last.month - 1))).alias("month"))
    values = clipped.select(*_GROUP).unionByName(of_month.select(*_GROUP)).distinct()
    every = months.crossJoin(values)
    on = [*_GROUP, "month"]
    joined = every.join(clipped, on=on, how="left").join(of_month.drop("order_month"), on=on, how="left")
    so_far = Window.partitionBy(*_GROUP).orderBy("month")
    counted = joined.withColumns(
        {c.name: F.coalesce(c.name, F.lit(0)).cast(c.type) for c in (buyers.BUYER_COUNT, *_SUMS)}
        | {"_people": F.coalesce(F.sum("people").over(so_far.rowsBetween(Window.unboundedPreceding, 0)), F.lit(0))}
    ).withColumn("population", F.greatest("_people", "buyer_count"))
    with_before = counted.withColumns(
        {then: F.lag(now, _YEAR).over(so_far) for then, now in zip(_BEFORE, _NOW, strict=True)}
    )
    split = with_before.withColumns(
        {f"reporting_{name}_amount": effect for name, effect in zip(_EFFECTS, effects(_BEFORE, _NOW), strict=True)}
        | {"year_month": F.format_string("%04d-%02d", F.floor(F.col("month") / 12), F.col("month") % 12 + 1)}
    )
    somebody = split.where("population > 0 or population_before > 0")
    return somebody.select(*[F.col(c.name).cast(c.type).alias(c.name) for c in table.columns])


def _amount(name: str, meaning: str, *made_of: str) -> Column:
    unit = "reporting currency"
    return Column(f"reporting_{name}_amount", REPORTING, meaning, unit=unit, made_of=made_of or _NOW)


def _people(name: str, meaning: str, *made_of: str, required: bool = False) -> Column:
    return Column(name, "bigint", meaning, unit="customers", required=required, made_of=made_of)


TABLE = Table(
    name="gold.mart_demographics",
    title="Demographics by month",
    meaning="Customers, buyers and sales by month and attribute, and what changed against the year before",
    grain="one row per month, attribute and value of it, while somebody is known of whom it is true or was a year ago",
    key=("year_month", *_GROUP),
    columns=(
        replace(dim_date.TABLE["year_month"], made_of=("order_month",)),
        ATTRIBUTE,
        ATTRIBUTE_VALUE,
        _people(
            "population",
            "customers known at the end of the month who were so then, or who bought as such where these are more",
            "customer_key",
            "valid_from",
            "first_order_date",
            required=True,
        ),
        buyers.BUYER_COUNT,
        *_SUMS,
        _people("population_before", "the population of the same month a year before", "customer_key"),
        _people("buyer_count_before", "the buyers of the same month a year before", "buyer_count"),
        _amount("sales_before", "the sales of the same month a year before", "reporting_sales_amount"),
        _amount("population_effect", "part of the change of sales since the year before that comes of more people"),
        _amount("penetration_effect", "part of the change that comes of a larger share of them who buy"),
        _amount("spend_effect", "part of the change that comes of larger sales per buyer"),
    ),
    reads=(buyers.TABLE, customer.TABLE, mart_customer.TABLE),
    build=build,
    needs_as_of=True,
    uses=("age_bands",),
    reconciles=(
        Reconciliation(
            buyers.TABLE,
            {c.name: (f"sum({c.name})",) * 2 for c in (buyers.BUYER_COUNT, *_SUMS)},
            is_counted=False,
        ),
    ),
)
