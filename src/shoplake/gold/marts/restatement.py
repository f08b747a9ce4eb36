"""mart_restatement: what became of closed months since they were closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table, Text
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts import returns
from shoplake.gold.marts import sales_daily

_SUM = "decimal(28,4)"
# As the records of closed months have them: a change of these is another format of the record.
_OF_SALES = ("unit_quantity", "gross_amount", "discount_amount", "net_amount", "sales_amount")
_OF_RETURNS = ("return_quantity", "return_amount")
MEASURES = (*_OF_SALES, *_OF_RETURNS)
GRAIN = ("closed_month", "department", "channel", "currency")
_SIDES = ("closed", "current")


def figures(sold: DataFrame, back: DataFrame, products: DataFrame, months: Sequence[str]) -> DataFrame:
    """`GRAIN` and `MEASURES` of some months: sales by order date, returns by the date of the return."""
    there = sold.where(F.col("order_month").isin(*months)).withColumn("closed_month", F.col("order_month"))
    goods = products.select("product_version_key", "department")
    came = back.where(F.col("return_month").isin(*months)).withColumn("closed_month", F.col("return_month"))
    came = came.where("not coalesce(is_test, false)").withColumn("channel", F.coalesce("channel", F.lit(UNKNOWN)))
    came = came.join(goods, on="product_version_key", how="left")
    both = there.select(*GRAIN, *_OF_SALES).unionByName(came.select(*GRAIN, *_OF_RETURNS), allowMissingColumns=True)
    return _summed(both, MEASURES)


def build(table: Table, sold: DataFrame, back: DataFrame, products: DataFrame, closings: Sequence[Any]) -> DataFrame:
    """Each combination that a month had when it was closed, or has now; where it is none of them it counts nothing."""
    session = sold.sparkSession
    if not closings:
        return session.createDataFrame([], _schema(table.columns))
    now = figures(sold, back, products, [closing.month for closing in closings])
    current = now.select(*GRAIN, *[F.col(name).alias(f"current_{name}") for name in MEASURES])
    rows = [_row(closing.month, row) for closing in closings for row in closing.figures]
    closed = session.createDataFrame(rows, _schema(table.pick(*GRAIN, *[f"closed_{name}" for name in MEASURES])))
    states = [(closing.month, closing.number, closing.as_of) for closing in closings]
    of_month = session.createDataFrame(states, _schema(table.pick("closed_month", "closed_state", "closed_as_of")))
    both = closed.unionByName(current, allowMissingColumns=True)
    summed = _summed(both, [f"{side}_{name}" for name in MEASURES for side in _SIDES])
    moved = {f"restated_{name}": (F.col(f"current_{name}") - F.col(f"closed_{name}")).cast(_SUM) for name in MEASURES}
    return summed.withColumns(moved).join(of_month, on="closed_month", how="inner").select(*table.column_names)


def _summed(rows: DataFrame, measures: Iterable[str]) -> DataFrame:
    nothing = F.lit(0).cast(_SUM)
    sums = [F.coalesce(F.sum(F.col(name).cast(_SUM)).cast(_SUM), nothing).alias(name) for name in measures]
    return rows.groupBy(*GRAIN).agg(*sums)


def _row(month: str, row: dict[str, str]) -> tuple[object, ...]:
    return (month, *(row[name] for name in GRAIN[1:]), *(Decimal(row[name]) for name in MEASURES))


def _schema(columns: Iterable[Column]) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in columns)


def _measures(name: str) -> list[Column]:
    """A measure when the month was closed, now, and what lies between."""
    is_of_sales = name in _OF_SALES
    known = (sales_daily if is_of_sales else returns).TABLE[name]
    told = {
        "closed": f"as published when the month was closed: {known.meaning}",
        "current": f"as it is now: {known.meaning}",
        "restated": f"what came since the month was closed: {known.meaning}",
    }
    made_of = dict.fromkeys(_SIDES, (name,)) | {"restated": (f"current_{name}", f"closed_{name}")}
    return [
        Column(f"{side}_{name}", _SUM, meaning, unit=known.unit, required=True, made_of=made_of[side])
        for side, meaning in told.items()
    ]


_MONTH = Text(
    "closed_month",
    "the month as 2017-03, of orders or of returns",
    required=True,
    made_of=("order_month", "return_month"),
)

TABLE = Table(
    name="gold.mart_restatement",
    meaning="Closed months: their figures as they were published then, as they are now, and the difference",
    grain="one row per closed month, department, channel and currency, as they were then or are now",
    key=GRAIN,
    columns=(
        _MONTH,
        product.TABLE["department"],
        sales_daily.TABLE["channel"],
        sales_daily.TABLE["currency"],
        Column(
            "closed_state",
            "bigint",
            "number of the published state that was closed",
            required=True,
            made_of=("closed_month",),
        ),
        Column(
            "closed_as_of",
            "date",
            "reference date of the state that was closed",
            required=True,
            made_of=("closed_month",),
        ),
        *(column for name in MEASURES for column in _measures(name)),
    ),
    reads=(sales_daily.TABLE, returns.TABLE, product.TABLE),
    build=build,
    uses=("closings",),
)
