"""mart_ordered_daily: all that was ordered, by day and category, and what of it became sales."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts import exchange_rate, sales
from shoplake.gold.marts.measures import MEASURES, UNCONVERTED, rates_through, total, unconverted, with_rate
from shoplake.gold.marts.steps import IS_NOT_ORDERED, IS_ORDERED, STEPS, step_columns, sums_of

_CATEGORIES = ("department", "category")
_OF_SALES = ("line_count", "unit_quantity")
_UNITS = f"case when {sales.IS_SALE} and is_merchandise then quantity end"


def build(table: Table, lines: DataFrame, products: DataFrame, rates: DataFrame) -> DataFrame:
    """Sum the steps of the lines of each day; both joins are on unique keys."""
    goods = products.select("product_version_key", *_CATEGORIES)
    ordered = lines.where(IS_ORDERED).withColumn("channel", F.coalesce("channel", F.lit(UNKNOWN)))
    joined = with_rate(ordered.join(goods, on="product_version_key", how="left"), rates)
    counted = joined.groupBy(*table.key, "order_month").agg(
        F.count("*").alias("ordered_line_count"),
        F.count(F.when(F.expr(sales.IS_SALE), 1)).alias("line_count"),
        total(F.sum(F.expr(_UNITS)), table["unit_quantity"].type).alias("unit_quantity"),
        *sums_of(STEPS),
        unconverted(),
    )
    return counted.select(*table.column_names)


TABLE = Table(
    name="gold.mart_ordered_daily",
    meaning="All that was ordered, cancelled or not, and the steps from there to sales",
    grain="one row per business date of the order, department, category, channel and currency",
    key=("order_date", *_CATEGORIES, "channel", "currency"),
    columns=(
        sales.TABLE["order_date"].but(required=True),
        sales.TABLE["order_month"],
        *product.TABLE.pick(*_CATEGORIES),
        sales.TABLE["channel"].but(required=True),
        sales.TABLE["currency"].but(required=True),
        Column(
            "ordered_line_count",
            "bigint",
            "order lines, cancelled ones too",
            unit="lines",
            required=True,
            made_of=("counts_as",),
        ),
        *(column for column in MEASURES if column.name in _OF_SALES),
        *step_columns(),
        UNCONVERTED,
    ),
    reads=(sales.TABLE, product.TABLE, exchange_rate.TABLE),
    build=build,
    partitioned_by="order_month",
    rebuild=Rebuild(
        ("order_date",),
        along={
            "dim_product": Link(("product_version_key",), _CATEGORIES, "fact_sales", is_key=True),
            **rates_through("fact_sales"),
        },
    ),
    reconciles=(
        Reconciliation(
            sales.TABLE,
            {
                "lines": ("sum(ordered_line_count)", f"count_if({IS_ORDERED})"),
                "lines of sales": ("sum(line_count)", f"count_if({sales.IS_SALE})"),
                "unit_quantity": ("sum(unit_quantity)", f"sum({_UNITS})"),
            }
            | {name: (f"sum({name})", f"sum(case when {IS_ORDERED} then {sql} end)") for name, sql in STEPS.items()},
            {"not_ordered": IS_NOT_ORDERED},
        ),
    ),
)
