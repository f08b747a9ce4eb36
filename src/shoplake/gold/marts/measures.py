"""The additive measures of sales, the same in every mart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Link
from shoplake.gold.facts import returns, sales

# Sums get ten digits more than their lines, so that no sum can overflow.
SUM = "decimal(28,4)"
# Of amounts times rates: all their digits.
REPORTING = "decimal(38,16)"
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
        SUM,
        "units of merchandise; fuel, services and gift cards have none",
        unit="units",
        required=True,
        made_of=("quantity", "is_merchandise"),
        title="Units",
    ),
    *(replace(sales.TABLE[name], type=SUM, made_of=(), title=title) for name, title in _MONEY.items()),
)


def sums() -> list[Expression]:
    """`MEASURES` as aggregates over fact_sales."""
    units = F.sum(F.when(F.col("is_merchandise"), F.col("quantity")))
    summed = {"unit_quantity": units} | {name: F.sum(name) for name in _MONEY}
    return [F.count("*").alias("line_count"), *(total(each, SUM).alias(name) for name, each in summed.items())]


def total(sum_of: Expression, kind: str) -> Expression:
    """A sum, which is 0 over nothing."""
    return F.coalesce(sum_of.cast(kind), F.lit(0).cast(kind))


def reconciled(where: str = "true") -> dict[str, tuple[str, str]]:
    """What a mart over the sales for which `where` holds must equal in fact_sales."""
    sale = f"({sales.IS_SALE}) and ({where})"
    units = f"sum(case when {sale} and is_merchandise then quantity end)"
    found = {"lines": ("sum(line_count)", f"count_if({sale})"), "unit_quantity": ("sum(unit_quantity)", units)}
    return found | {name: (f"sum({name})", f"sum(case when {sale} then {name} end)") for name in _MONEY}


UNCONVERTED = Column(
    "unconverted_line_count",
    "bigint",
    "order lines whose amounts are in no sum in the reporting currency: their currency has no rate on the day",
    unit="lines",
    required=True,
    made_of=("currency", "rate_date"),
    title="Order lines without a rate",
)
RETURN_LINE_COUNT = Column(
    "return_line_count",
    "bigint",
    "lines that came back",
    unit="lines",
    required=True,
    made_of=("return_id",),
    title="Returned lines",
)
UNCONVERTED_RETURNS = Column(
    "unconverted_return_line_count",
    "bigint",
    "returned lines whose amounts are in no sum in the reporting currency: no rate holds on the day that counts",
    unit="lines",
    required=True,
    made_of=("currency", "rate_date"),
    title="Returned lines without a rate",
)


def reporting(*names: str) -> tuple[Column, ...]:
    """The sums of amounts of a fact, such as `sales_amount`, in the reporting currency."""
    of_name = {column.name: column for fact in (returns.TABLE, sales.TABLE) for column in fact.columns}
    return tuple(
        Column(
            f"reporting_{name}",
            REPORTING,
            of_name[name].meaning,
            unit="reporting currency",
            required=True,
            made_of=(name, "rate"),
            title=f"{_MONEY.get(name, of_name[name].business_name)} in the reporting currency",
        )
        for name in names
    )


def rates_through(fact: str) -> dict[str, Link]:
    """How a change of rates touches what is built by keys from a fact."""
    return {"fact_exchange_rate": Link(("currency", "rate_date"), ("rate",), fact)}


def with_rate(rows: DataFrame, rates: DataFrame) -> DataFrame:
    """Add the `rate` of each row's currency on its `rate_date`; null where there is none."""
    return rows.join(rates.select("currency", "rate_date", "rate"), on=["currency", "rate_date"], how="left")


def reporting_sums(*names: str) -> list[Expression]:
    """`reporting` as aggregates over rows `with_rate`; nothing is rounded, and what has no rate counts for nothing."""
    return reporting_sums_of({name: name for name in names})


def reporting_sums_of(amounts: Mapping[str, str]) -> list[Expression]:
    """The same of amounts that are worked out: name -> SQL."""
    return [
        total(F.sum(F.expr(sql) * F.col("rate")), REPORTING).alias(f"reporting_{name}") for name, sql in amounts.items()
    ]


def return_sums() -> list[Expression]:
    """What came back, over rows of fact_returns `with_rate`."""
    counted = F.count("*").alias(RETURN_LINE_COUNT.name)
    return [counted, unconverted(UNCONVERTED_RETURNS), *reporting_sums("return_amount")]


def unconverted(column: Column = UNCONVERTED) -> Expression:
    """`UNCONVERTED`, or the same of returns, as an aggregate over rows `with_rate`."""
    return F.count(F.when(F.col("rate").isNull(), 1)).alias(column.name)
