"""From all that was ordered down to sales: each step of a line, and its sums in both currencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column
from shoplake.gold.facts import sales
from shoplake.gold.marts.measures import REPORTING, SUM, reporting_sums_of, total
from shoplake.lake import union_of

IS_ORDERED, IS_NOT_ORDERED = "counts_as <> 'nothing'", "counts_as = 'nothing'"

# Step -> its amount of a line that was ordered.
STEPS = {
    "ordered_amount": "gross_amount",
    "cancelled_amount": "case when counts_as = 'cancelled' then gross_amount end",
}
STEPS |= {
    name: f"case when {sales.IS_SALE} then {name} end"
    for name in ("gross_amount", "discount_amount", "order_discount_amount", "included_tax_amount", "sales_amount")
}
_MEANINGS = {
    "ordered_amount": "price before any discount of all that was ordered, cancelled or not",
    "cancelled_amount": "price before any discount of what was ordered and cancelled",
}


def amount(name: str, meaning: str, *made_of: str) -> tuple[Column, Column]:
    """The sum of an amount in its own currency, and in the reporting currency."""
    return (
        Column(name, SUM, meaning, unit="currency", required=True, made_of=made_of),
        reporting_amount(name, meaning, *made_of, "rate"),
    )


def reporting_amount(name: str, meaning: str, *made_of: str) -> Column:
    """The sum of an amount in the reporting currency."""
    return Column(f"reporting_{name}", REPORTING, meaning, unit="reporting currency", required=True, made_of=made_of)


def step_columns() -> tuple[Column, ...]:
    """The steps as columns: all of them in their own currency, then in the reporting currency."""
    found = []
    for name in STEPS:
        own = sales.TABLE[name if name in sales.TABLE.column_names else "gross_amount"]
        found.append(amount(name, _MEANINGS.get(name, own.meaning), own.name))
    return (*(own for own, _ in found), *(converted for _, converted in found))


def sums_of(amounts: Mapping[str, str]) -> list[Expression]:
    """Amounts (name -> SQL over a row `with_rate`) as sums in their own currency, then in the reporting currency."""
    own = [total(F.sum(F.expr(sql)), SUM).alias(name) for name, sql in amounts.items()]
    return [*own, *reporting_sums_of(amounts)]


def stacked(grain: Sequence[str], measures: Sequence[Column], *parts: DataFrame) -> DataFrame:
    """The sums of measures of several parts by the same grain; what a part hasn't is 0 there."""
    zero = {column.name: F.lit(0).cast(column.type).alias(column.name) for column in measures}
    filled = [
        part.select(*grain, *(name if name in part.columns else nothing for name, nothing in zero.items()))
        for part in parts
    ]
    together = union_of(filled).groupBy(*grain)
    return together.agg(*(total(F.sum(column.name), column.type).alias(column.name) for column in measures))


def same(*names: str) -> list[Expression]:
    """Sums of sums."""
    return [F.sum(name).alias(name) for name in names]
