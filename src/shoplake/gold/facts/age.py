"""How old a customer was on a day, in bands without a hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.silver import customer

AGE_BAND = replace(customer.TABLE["age_band"], required=True, tracked=False, made_of=("birth_date", "order_date"))


def band_names(begin: Sequence[int]) -> list[str]:
    """The bands that begin with these ages, and the one before them.

    >>> band_names([18, 65])
    ['0-17', '18-64', '65+']
    """
    starts = [0, *begin]
    return [f"{first}-{after - 1}" for first, after in pairwise(starts)] + [f"{starts[-1]}+"]


def with_age_band(rows: DataFrame, customers: DataFrame, day: str, age_bands: Sequence[int]) -> DataFrame:
    """Add the age band on `day`: by the birth date, else as the version of the customer states it.

    Whoever was born on 29 February is a year older on 1 March of other years.
    """
    people = customers.select("customer_version_key", "birth_date", F.col("age_band").alias("_stated"))
    joined = rows.join(people, on="customer_version_key", how="left")
    birthday, at = ((F.month(name) * 100 + F.dayofmonth(name)) for name in ("birth_date", day))
    age = F.year(day) - F.year("birth_date") - F.when(at < birthday, 1).otherwise(0)
    band = F.when(F.col("birth_date").isNull() | F.col(day).isNull(), F.coalesce("_stated", F.lit(UNKNOWN)))
    return joined.withColumn("age_band", band.otherwise(_band(age, age_bands))).drop("birth_date", "_stated")


def _band(age: Expression, begin: Sequence[int]) -> Expression:
    names = band_names(begin)
    found = F.when(age < 0, UNKNOWN)  # born after the purchase
    for name, after in zip(names, begin, strict=False):
        found = found.when(age < after, name)
    return found.otherwise(names[-1])
