"""How many customers were known at the end of each month, attribute by attribute."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.facts.age import AGE_BAND, band_names
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts.attributes import ATTRIBUTES, by_attribute


def month_number(day: Expression | str) -> Expression:
    """Months since the year 0, so that they can be counted."""
    return F.year(day) * 12 + F.month(day) - 1


def comings_and_goings(versions: DataFrame, first_orders: DataFrame, age_bands: Sequence[int]) -> DataFrame:
    """By attribute, value and `month`: how many more (`people`) are so at its end than at that of the month before.

    A version holds at the end of a month or not, so nobody counts twice in an attribute. `first_orders`: customer_key,
    first_order_date. A customer is known from the first order, or from the first change that is told of them; without
    either nothing says since when, and they count from ever, as their first version does.
    """
    known = versions.where(f"customer_key <> {ABSENT}")
    since = F.when(F.col("valid_from") > F.lit(FIRST_DAY), F.col("valid_from"))
    told = known.groupBy("customer_key").agg(F.min(since).alias("_told"))
    whole = known.join(told, on="customer_key", how="left").join(
        first_orders.select("customer_key", "first_order_date"), on="customer_key", how="left"
    )
    begins = F.greatest(
        month_number("valid_from"),
        F.coalesce(month_number(F.least("first_order_date", "_told")), month_number("valid_from")),
    )
    spans = whole.withColumns({"_from": begins, "_to": month_number("valid_to")})
    aged = spans.withColumn("_age", F.explode(_ages(age_bands)))
    within = aged.select(
        *[name for name in ATTRIBUTES if name != AGE_BAND.name],
        F.col("_age.band").alias(AGE_BAND.name),
        F.greatest("_from", "_age.since").alias("_from"),
        F.least("_to", "_age.until").alias("_to"),
    ).where("_from < _to")
    few = within.groupBy(*ATTRIBUTES, "_from", "_to").agg(F.count("*").alias("people"))
    edges = F.array(
        F.struct(F.col("_from").alias("month"), F.col("people").alias("people")),
        F.struct(F.col("_to").alias("month"), (-F.col("people")).alias("people")),
    )
    each = few.withColumn("_edge", F.explode(edges)).select(
        *ATTRIBUTES, F.col("_edge.month").alias("month"), F.col("_edge.people").alias("people")
    )
    summed = by_attribute(each).groupBy("attribute", "attribute_value", "month").agg(F.sum("people").alias("people"))
    return summed.where("people <> 0")


def _ages(age_bands: Sequence[int]) -> Expression:
    """The bands that a customer goes through, each with the month at whose end they are first in it, and the next one.

    Without a birth date the one that is stated holds for ever.
    """
    ever, never = F.lit(0), F.lit(12 * 10_000)
    starts = [month_number("birth_date"), *(month_number(_birthday(age)) for age in age_bands)]
    spans = zip([UNKNOWN, *band_names(age_bands)], [ever, *starts], [*starts, never], strict=True)
    told = F.array(*[_span(F.lit(name), since, until) for name, since, until in spans])
    return F.when(F.col("birth_date").isNull(), F.array(_span(F.col("age_band"), ever, never))).otherwise(told)


def _span(band: Expression, since: Expression, until: Expression) -> Expression:
    return F.struct(band.alias("band"), since.cast("int").alias("since"), until.cast("int").alias("until"))


def _birthday(age: int) -> Expression:
    """Whoever was born on 29 February is a year older on 1 March of other years."""
    found = F.add_months("birth_date", 12 * age)
    return F.when(F.dayofmonth(found) < F.dayofmonth("birth_date"), F.date_add(found, 1)).otherwise(found)
