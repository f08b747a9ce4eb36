"""The additive measures of sales, the same in every mart."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

from shoplake.contract import Column
from shoplake.gold.facts import sales

# Sums get ten digits more than their lines, so that no sum can overflow.
_SUM = "decimal(28,4)"
# Sums of sales have other names than amounts of lines, of which some are cancelled.
_MONEY = {
    "gross_amount": "Gross sales",
    "discount_amount": "Line discounts",
    "net_amount": "Sales less line discounts",
    "sales_amount": "Sales before returns",
}

MEASURES = (
    Column("line_count", "bigint", "order lines", unit="lines", required=True, title="Order lines"),
    Column(
        "unit_quantity",
        _SUM,
        "units of merchandise; fuel, services and gift cards have none",
        unit="units",
        required=True,
        made_of=("quantity", "is_merchandise"),
        title="Units",
    ),
    *(replace(sales.TABLE[name], type=_SUM, made_of=(), title=title) for name, title in _MONEY.items()),
)


def sums() -> list[Expression]:
    """`MEASURES` as aggregates over fact_sales."""
    units = F.sum(F.when(F.col("is_merchandise"), F.col("quantity")))
    money = {name: F.sum(name) for name in _MONEY}
    return [
        F.count("*").alias("line_count"),
        *(
            F.coalesce(total.cast(_SUM), F.lit(0).cast(_SUM)).alias(n)
            for n, total in {"unit_quantity": units, **money}.items()
        ),
    ]


def reconciled(where: str = "true") -> dict[str, tuple[str, str]]:
    """What a mart over the sales for which `where` holds must equal in fact_sales."""
    sale = f"({sales.IS_SALE}) and ({where})"
    units = f"sum(case when {sale} and is_merchandise then quantity end)"
    found = {"lines": ("sum(line_count)", f"count_if({sale})"), "unit_quantity": ("sum(unit_quantity)", units)}
    return found | {name: (f"sum({name})", f"sum(case when {sale} then {name} end)") for name in _MONEY}
