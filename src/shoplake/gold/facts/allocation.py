"""What an order has as a whole, shared out to its lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.gold.currencies import USUAL_PLACES, decimal_places

_WHOLE = "decimal(38,0)"
_MONEY = "decimal(18,4)"


def shares(lines: DataFrame, orders: DataFrame, amounts: Sequence[str]) -> DataFrame:
    """`amounts` of each order on its lines (source, order_id, line_number), which add up to them to the last digit.

    In proportion to the lines' `net_amount`, in whole units of the order's `currency` by largest remainder: each line
    gets its share rounded down, and the units that are left go to those that lost most, the first of equal ones first.
    A fraction of a unit goes with the first of these. Lines that cost nothing get nothing, unless all do: then they
    share alike. Orders without such amounts have no rows.
    """
    of_order = ["source", "order_id"]
    has_some = " or ".join(f"coalesce({name}, 0) <> 0" for name in amounts)
    whole = orders.where(has_some).select(*of_order, "currency", *amounts)
    in_order = Window.partitionBy(*of_order)
    weight = F.greatest(F.col("net_amount"), F.lit(0)).cast(_MONEY)
    weighed = (
        lines.select(*of_order, "line_number", "net_amount")
        .join(whole, on=of_order, how="inner")
        .withColumn("_weight", (weight * 10_000).cast(_WHOLE))
        .withColumn("_all", F.sum("_weight").over(in_order).cast(_WHOLE))
        .withColumn("_weight", F.when(F.col("_all") == 0, F.lit(1)).otherwise(F.col("_weight")).cast(_WHOLE))
        .withColumn("_all", F.sum("_weight").over(in_order).cast(_WHOLE))
        .withColumn("_units", _units_of(F.col("currency")))
    )
    for name in amounts:
        weighed = _shared(weighed, name)
    return weighed.select(*of_order, "line_number", *amounts)


def _shared(weighed: DataFrame, name: str) -> DataFrame:
    """The amount of the order becomes that of the line. Whole numbers all the way: nothing is rounded."""
    in_order = Window.partitionBy("source", "order_id")
    amount = F.coalesce(name, F.lit(0).cast(_MONEY))
    rows = weighed.withColumn("_units_in", F.floor(F.abs(amount) * F.col("_units")).cast(_WHOLE))
    product = (F.col("_units_in") * F.col("_weight")).cast(_WHOLE)
    rows = rows.withColumn("_left", (product % F.col("_all")).cast(_WHOLE))
    rows = rows.withColumn("_share", ((product - F.col("_left")) / F.col("_all")).cast(_WHOLE))
    place = F.row_number().over(in_order.orderBy(F.col("_left").desc(), F.col("line_number")))
    rows = rows.withColumns({"_place": place, "_given": F.sum("_share").over(in_order).cast(_WHOLE)})
    units = F.col("_share") + F.when(F.col("_place") <= F.col("_units_in") - F.col("_given"), 1).otherwise(0)
    fraction = F.abs(amount) - (F.col("_units_in") / F.col("_units")).cast(_MONEY)
    share = (units / F.col("_units")).cast(_MONEY) + F.when(F.col("_place") == 1, fraction).otherwise(F.lit(0))
    signed = F.when(amount < 0, -share).otherwise(share).cast(_MONEY)
    return rows.withColumn(name, signed).drop("_units_in", "_left", "_share", "_place", "_given")


def _units_of(currency: Expression) -> Expression:
    """How many of its smallest units make one of a currency."""
    known = F.create_map(*[F.lit(each) for each in chain(*((c, 10**p) for c, p in decimal_places().items()))])
    return F.coalesce(known[currency], F.lit(10**USUAL_PLACES)).cast("int")
