"""mart_product_class: how much each product matters, and what changed its sales since the year before."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Reconciliation, Table, Text
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.dimensions.product import PRODUCT_KEY
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts import product
from shoplake.gold.marts.measures import REPORTING, SUM
from shoplake.gold.marts.steps import reporting_amount

# The share of all sales, in per cent, that the products before one make for it to be of the next class.
_FIRST_OF_B, _FIRST_OF_C = 80, 95
_MEASURES = (
    *("line_count", "converted_unit_quantity", "reporting_sales_amount"),
    *("reporting_cost_amount", "reporting_costed_sales_amount"),
)
_NOW, _BEFORE = "converted_unit_quantity", "previous_unit_quantity"
_SALES, _SALES_BEFORE = "reporting_sales_amount", "reporting_previous_sales_amount"
# Digits of an effect that a quotient gives; the other effects take up the rest exactly.
_DIGITS = 4


def months_before(as_of: date, years: int) -> tuple[str, str]:
    """The first and last of the twelve whole months before the reference date, or of those some years earlier.

    >>> months_before(date(2025, 3, 15), 0), months_before(date(2025, 1, 1), 1)
    (('2024-03', '2025-02'), ('2023-01', '2023-12'))
    """
    last = date(as_of.year - years - (as_of.month == 1), (as_of.month - 2) % 12 + 1, 1)
    first = date(last.year - (last.month < 12), last.month % 12 + 1, 1)
    return f"{first:%Y-%m}", f"{last:%Y-%m}"


def build(table: Table, months: DataFrame, as_of: date) -> DataFrame:
    """Sum the months of both years, rank, and split the change."""
    now, before = (F.col("order_month").between(*months_before(as_of, years)) for years in (0, 1))
    summed = (
        months.where(now | before)
        .groupBy("product_key")
        .agg(
            *(_sum_of(now, name, table[name].type, name) for name in _MEASURES),
            _sum_of(before, _NOW, table[_BEFORE].type, _BEFORE),
            _sum_of(before, _SALES, REPORTING, _SALES_BEFORE),
        )
    )
    margin = F.col("reporting_costed_sales_amount") - F.col("reporting_cost_amount")
    first, last = months_before(as_of, 0)
    ranked = _classed(summed).withColumns(
        {
            "from_month": F.lit(first),
            "to_month": F.lit(last),
            "reporting_margin_amount": margin.cast(table["reporting_margin_amount"].type),
        }
    )
    return _split(ranked).select(*table.column_names)


def _sum_of(period: Expression, name: str, kind: str, called: str) -> Expression:
    return F.coalesce(F.sum(F.when(period, F.col(name))).cast(kind), F.lit(0).cast(kind)).alias(called)


def _classed(rows: DataFrame) -> DataFrame:
    """Rank and class by the sales of those that sell more: equal sales are of one class, and the best is of A."""
    is_known = F.col("product_key") != ABSENT
    sold = F.when(is_known, F.greatest(F.col(_SALES), F.lit(0).cast(REPORTING))).otherwise(F.lit(0).cast(REPORTING))
    best_first = Window.partitionBy("_known").orderBy(F.col("_sold").desc())
    equal, everything = Window.partitionBy("_known", "_sold"), Window.partitionBy("_known")
    weighed = rows.withColumn("_known", is_known).withColumn("_sold", sold)
    # The frame of an ordered window ends with the last of equal rows.
    more = F.sum("_sold").over(best_first) - F.sum("_sold").over(equal)
    weighed = weighed.withColumns({"_more": more, "_all": F.sum("_sold").over(everything)})
    found = (
        F.when(~is_known, UNKNOWN)
        .when(F.col("_sold") == 0, "C")
        .when(F.col("_more") * 100 < F.col("_all") * _FIRST_OF_B, "A")
        .when(F.col("_more") * 100 < F.col("_all") * _FIRST_OF_C, "B")
        .otherwise("C")
    )
    rank = F.when(is_known, F.rank().over(best_first)).cast("int")
    return weighed.withColumns({"abc_class": found, "sales_rank": rank})


def _split(rows: DataFrame) -> DataFrame:
    """The change of sales: by volume (q1 - q0) p0 and by price (p1 - p0) q1, where units were sold in both years."""
    nothing, change = F.lit(0).cast(REPORTING), F.col(_SALES) - F.col(_SALES_BEFORE)
    is_both = (F.col(_NOW) > 0) & (F.col(_BEFORE) > 0)
    is_new = (F.col(_BEFORE) == 0) & (F.col(_SALES_BEFORE) == 0)
    is_gone = (F.col(_NOW) == 0) & (F.col(_SALES) == 0)
    grown = F.col(_SALES_BEFORE).cast("double") * (F.col(_NOW) - F.col(_BEFORE)).cast("double")
    volume = F.round(grown / F.col(_BEFORE).cast("double"), _DIGITS).cast(REPORTING)
    effects = {
        "volume": F.when(is_both, volume),
        "price": F.when(is_both, change - volume),
        "new": F.when(~is_both & is_new, change),
        "vanished": F.when(~is_both & ~is_new & is_gone, change),
        "other": F.when(~is_both & ~is_new & ~is_gone, change),
    }
    return rows.withColumns(
        {f"reporting_{n}_effect_amount": F.coalesce(e.cast(REPORTING), nothing) for n, e in effects.items()}
    )


def _effect(name: str, meaning: str) -> Column:
    return reporting_amount(f"{name}_effect_amount", meaning, "reporting_sales_amount", "converted_unit_quantity")


def _month(name: str, meaning: str) -> Column:
    return Text(name, meaning, required=True, made_of=("order_month",))


def _of_year(name: str, years: int) -> str:
    """A sum over the months of a year, in SQL."""
    first, after = (f"date_format(add_months(:as_of, -{12 * (years + n)}), 'yyyy-MM')" for n in (1, 0))
    return f"sum(case when order_month >= {first} and order_month < {after} then {name} end)"


TABLE = Table(
    name="gold.mart_product_class",
    meaning="How much each product matters in the twelve whole months before the reference date, and what changed its "
    "sales since the twelve months before them",
    grain="one row per product that sold in these 24 months; product -1 is not ranked",
    key=("product_key",),
    columns=(
        PRODUCT_KEY,
        _month("from_month", "the first of the twelve months"),
        _month("to_month", "the last of the twelve months"),
        *product.TABLE.pick(*_MEASURES),
        Column(
            "reporting_margin_amount",
            "decimal(38,16)",
            "sales of which the cost is known, less that cost",
            unit="reporting currency",
            required=True,
            made_of=("reporting_costed_sales_amount", "reporting_cost_amount"),
        ),
        Column(
            "sales_rank",
            "int",
            "1 for the product with the highest sales; equal sales have one rank",
            made_of=("reporting_sales_amount",),
        ),
        Text(
            "abc_class",
            "A: those that sell more make less than 80 % of all sales; B: less than 95 %; C: the rest",
            required=True,
            allowed=("A", "B", "C", UNKNOWN),
            made_of=("reporting_sales_amount",),
        ),
        Column(
            _BEFORE,
            SUM,
            "units of merchandise in the twelve months before, likewise",
            unit="units",
            required=True,
            made_of=("converted_unit_quantity",),
        ),
        reporting_amount("previous_sales_amount", "sales in the twelve months before", "reporting_sales_amount"),
        _effect("volume", "change of sales by the number of units, at the prices of the year before"),
        _effect("price", "change of sales by the sales per unit, of the units of this year"),
        _effect("new", "sales of a product that sold nothing in the year before"),
        _effect("vanished", "sales of the year before, negative, of a product that sold nothing since"),
        _effect("other", "change of sales of a product that has no units in one of the years"),
    ),
    reads=(product.TABLE,),
    build=build,
    needs_as_of=True,
    reconciles=(
        Reconciliation(
            product.TABLE,
            {name: (f"sum({name})", _of_year(name, 0)) for name in _MEASURES}
            | {_SALES_BEFORE: (f"sum({_SALES_BEFORE})", _of_year(_SALES, 1))},
            is_counted=False,
        ),
    ),
)
