"""mart_sales_bridge: from all that was ordered to net sales, with returns on either of two days."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Reconciliation, Table, Text
from shoplake.gold.dimensions import date as dim_date
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts import exchange_rate, returns
from shoplake.gold.marts import ordered_daily
from shoplake.gold.marts.measures import RETURN_LINE_COUNT, SUM, total, with_rate
from shoplake.gold.marts.steps import amount, same, stacked, step_columns, sums_of

# Basis -> the day that it counts a return on.
BASES = {"order_date": "coalesce(order_date, return_date)", "event_date": "return_date"}
_GRAIN = ("date", "department", "channel", "currency")
_NET = amount("net_sales_amount", "sales less what customers got back for returns, without tax", "sales_amount")
_RETURNED = amount(
    "returned_amount",
    "what customers got back for returns, less the tax in it",
    "return_amount",
    "return_tax_amount",
)
_UNDATED = Column(
    "undated_returned_amount",
    SUM,
    "of what customers got back, that of returns without a known order: dated by the return on either basis",
    unit="currency",
    required=True,
    made_of=("return_amount", "return_tax_amount"),
)
_AMOUNTS = (*step_columns(), *_RETURNED)
_COUNTS = (ordered_daily.TABLE["ordered_line_count"], RETURN_LINE_COUNT)
_CLOSES = (
    "ordered_amount - cancelled_amount = gross_amount and "
    "gross_amount - discount_amount - order_discount_amount - included_tax_amount = sales_amount and "
    "sales_amount - returned_amount = net_sales_amount"
)


def build(table: Table, ordered: DataFrame, returned: DataFrame, products: DataFrame, rates: DataFrame) -> DataFrame:
    """Stack sales and returns, each return on the day that the basis wants; their joins are on unique keys."""
    goods = products.select("product_version_key", "department")
    dated = returned.where(returns.IS_RETURN).withColumn("channel", F.coalesce("channel", F.lit(UNKNOWN)))
    priced = with_rate(dated.join(goods, on="product_version_key", how="left"), rates)
    back = sums_of({"returned_amount": "return_amount - return_tax_amount"})
    undated = F.sum(F.expr("case when order_date is null then return_amount - return_tax_amount end"))
    sold = ordered.withColumnRenamed("order_date", "date").groupBy(*_GRAIN)
    steps = sold.agg(*same("ordered_line_count", *(column.name for column in step_columns())))
    parts = []
    for basis, day in BASES.items():
        of_basis = priced.withColumn("date", F.expr(day)).groupBy(*_GRAIN)
        given = of_basis.agg(
            F.count("*").alias(RETURN_LINE_COUNT.name), *back, total(undated, SUM).alias(_UNDATED.name)
        )
        parts += [part.withColumn("basis", F.lit(basis)) for part in (steps, given)]
    measures = [column for column in table.columns if column in (*_COUNTS, *_AMOUNTS, _UNDATED)]
    summed = stacked(table.key, measures, *parts)
    for net, sales, less in zip(_NET, ("sales_amount", "reporting_sales_amount"), _RETURNED, strict=True):
        summed = summed.withColumn(net.name, (F.col(sales) - F.col(less.name)).cast(net.type))
    return summed.select(*table.column_names)


def _by_basis(name: str, ours: str, theirs: str) -> dict[str, tuple[str, str]]:
    """Either basis has all of it."""
    return {f"{name} by {basis}": (f"sum(case when basis = '{basis}' then {ours} end)", theirs) for basis in BASES}


def _of_ordered() -> dict[str, tuple[str, str]]:
    names = ["ordered_line_count", *(column.name for column in step_columns())]
    return {key: pair for name in names for key, pair in _by_basis(name, name, f"sum({name})").items()}


def _of_returns() -> dict[str, tuple[str, str]]:
    back = f"sum(case when {returns.IS_RETURN} then return_amount - return_tax_amount end)"
    return (
        _by_basis("lines", "return_line_count", f"count_if({returns.IS_RETURN})")
        | _by_basis("returned_amount", "returned_amount", back)
        | {"rows that don't close": (f"count_if(not ({_CLOSES}))", "count_if(false)")}
    )


TABLE = Table(
    name="gold.mart_sales_bridge",
    meaning="From all that was ordered through cancellations, discounts, included tax and returns to net sales. Basis "
    "order_date counts a return on the day of its order, event_date on its own; without a known order both on its own",
    grain="one row per basis, day, department, channel and currency",
    key=("basis", *_GRAIN),
    columns=(
        Text(
            "basis",
            "the day that returns are counted on: that of their order (order_date) or their own (event_date)",
            required=True,
            allowed=tuple(BASES),
            made_of=("order_date", "return_date"),
        ),
        replace(dim_date.TABLE["date"], made_of=("order_date", "return_date")),
        *ordered_daily.TABLE.pick("department", "channel", "currency"),
        *_COUNTS,
        *(column for column in (*_AMOUNTS, *_NET) if column.unit == "currency"),
        _UNDATED,
        *(column for column in (*_AMOUNTS, *_NET) if column.unit != "currency"),
    ),
    reads=(ordered_daily.TABLE, returns.TABLE, product.TABLE, exchange_rate.TABLE),
    build=build,
    reconciles=(
        Reconciliation(ordered_daily.TABLE, _of_ordered()),
        Reconciliation(returns.TABLE, _of_returns(), {"test": f"not ({returns.IS_RETURN})"}),
    ),
)
