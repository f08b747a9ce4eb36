"""mart_returns: what came back and why, beside what was sold in the same month."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Reconciliation, Table
from shoplake.gold.dimensions import date as dim_date
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts import exchange_rate, returns
from shoplake.gold.marts import ordered_daily
from shoplake.gold.marts.measures import RETURN_LINE_COUNT, SUM, UNCONVERTED_RETURNS, unconverted, with_rate
from shoplake.gold.marts.steps import amount, same, stacked, sums_of

ALL_SALES = "All sales"  # the reason of rows of sales, which have none
_CATEGORIES = ("department", "category")
_GRAIN = ("year_month", "return_reason", *_CATEGORIES, "channel", "currency")
_OF_SALES = (
    *("line_count", "unit_quantity", "gross_amount", "sales_amount"),
    *("reporting_gross_amount", "reporting_sales_amount"),
)
_AMOUNTS = ("return_amount", "return_tax_amount")


def build(table: Table, returned: DataFrame, ordered: DataFrame, products: DataFrame, rates: DataFrame) -> DataFrame:
    """Stack the returns of a month and the sales of that month; the joins are on unique keys."""
    goods = products.select("product_version_key", *_CATEGORIES)
    known = returned.where(returns.IS_RETURN).withColumns(
        {
            "year_month": F.col("return_month"),
            "return_reason": F.coalesce("return_reason", F.lit(UNKNOWN)),
            "channel": F.coalesce("channel", F.lit(UNKNOWN)),
            "_days": F.date_diff("return_date", "order_date"),
        }
    )
    priced = with_rate(known.join(goods, on="product_version_key", how="left"), rates)
    back = priced.groupBy(*_GRAIN).agg(
        F.count("*").alias(RETURN_LINE_COUNT.name),
        F.sum(F.when(F.col("is_merchandise"), F.col("return_quantity"))).alias("return_unit_quantity"),
        *sums_of({name: name for name in _AMOUNTS}),
        F.count("_days").alias("dated_return_line_count"),
        F.sum("_days").alias("days_to_return"),
        unconverted(UNCONVERTED_RETURNS),
    )
    sold = ordered.withColumns({"year_month": F.col("order_month"), "return_reason": F.lit(ALL_SALES)})
    sold = sold.where("line_count > 0").groupBy(*_GRAIN).agg(*same(*_OF_SALES))
    measures = [column for column in table.columns if column.name not in _GRAIN]
    return stacked(_GRAIN, measures, back, sold).select(*table.column_names)


_RETURNED = tuple(amount(name, returns.TABLE[name].meaning, name) for name in _AMOUNTS)

TABLE = Table(
    name="gold.mart_returns",
    meaning="What came back in a month and why, beside what was sold in that month: a rate of returns is the one over "
    f"the other. Sales have the reason «{ALL_SALES}»",
    grain="one row per month, reason of the return, department, category, channel and currency",
    key=_GRAIN,
    columns=(
        replace(dim_date.TABLE["year_month"], made_of=("return_month", "order_month")),
        returns.TABLE["return_reason"].but(required=True),
        *ordered_daily.TABLE.pick(*_CATEGORIES, "channel", "currency"),
        RETURN_LINE_COUNT,
        Column(
            "return_unit_quantity",
            SUM,
            "units of merchandise that came back",
            unit="units",
            required=True,
            made_of=("return_quantity", "is_merchandise"),
        ),
        *(own for own, _ in _RETURNED),
        *(converted for _, converted in _RETURNED),
        Column(
            "dated_return_line_count",
            "bigint",
            "lines that came back of which the order is known",
            unit="lines",
            required=True,
            made_of=("order_date",),
        ),
        Column(
            "days_to_return",
            "bigint",
            "days from the order to the return, summed over the lines of which the order is known",
            unit="days",
            required=True,
            made_of=("order_date", "return_date"),
        ),
        UNCONVERTED_RETURNS,
        *ordered_daily.TABLE.pick(*_OF_SALES),
    ),
    reads=(returns.TABLE, ordered_daily.TABLE, product.TABLE, exchange_rate.TABLE),
    build=build,
    amount="return_amount",
    reconciles=(
        Reconciliation(
            returns.TABLE,
            {"lines": (f"sum({RETURN_LINE_COUNT.name})", f"count_if({returns.IS_RETURN})")}
            | {name: (f"sum({name})", f"sum(case when {returns.IS_RETURN} then {name} end)") for name in _AMOUNTS},
            {"test": f"not ({returns.IS_RETURN})"},
        ),
        Reconciliation(ordered_daily.TABLE, {name: (f"sum({name})",) * 2 for name in _OF_SALES}),
    ),
)
