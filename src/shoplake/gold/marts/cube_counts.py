"""How many people each value has in each department, month by month: what the closed cubes are decided by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.gold.marts.attributes import ATTRIBUTES, EVERYBODY, by_attribute
from shoplake.gold.marts.closed_cubes import Counts, Pair, Quarter

_CELL = ("order_quarter", "order_month", "attribute", "attribute_value")
_MEASURES = ("people", "steady", "last", "steady_last", "sales")


def departments_by_size(people: DataFrame) -> dict[str, list[str]]:
    """The departments of each quarter, the one with the most buyers first."""
    found = (
        people.groupBy("order_quarter", "department").agg(F.count_distinct("customer_key").alias("people")).collect()
    )
    ordered: dict[str, list[str]] = defaultdict(list)
    for row in sorted(found, key=lambda row: (-row["people"], row["department"])):
        ordered[row["order_quarter"]].append(row["department"])
    return ordered


def quarters_of(
    people: DataFrame, departments: dict[str, list[str]], attributes: Sequence[str], pairs: Sequence[Pair]
) -> dict[str, Quarter]:
    """The counts of each quarter.

    `people`: one row per month, customer as they were, and department, with `is_steady`, whether they were so in the
    whole quarter.
    """
    placed = [(quarter, name, at) for quarter, names in departments.items() for at, name in enumerate(names)]
    places = people.sparkSession.createDataFrame(placed, "order_quarter string, department string, place int")
    rows = people.join(places, on=["order_quarter", "department"], how="inner")
    asked = F.col("attribute").isin(*attributes, EVERYBODY)
    of_quarter: dict[str, list[Any]] = defaultdict(list)
    for cells in (_of_steady(rows, asked), _of_others(rows, asked)):
        for row in cells.collect():
            of_quarter[row["order_quarter"]].append(row)
    of_pairs: dict[str, list[Any]] = defaultdict(list)
    for row in _pairs(people, pairs).collect() if pairs else []:
        of_pairs[row["order_quarter"]].append(row)
    return {
        quarter: _quarter(rows, of_pairs[quarter], len(departments[quarter]), attributes)
        for quarter, rows in of_quarter.items()
    }


def _of_steady(rows: DataFrame, asked: Expression) -> DataFrame:
    """Who was so in the whole quarter has one row in a month and department: they are counted without their keys."""
    at_last = F.max("place").over(Window.partitionBy("order_month", "customer_key")) == F.col("place")
    told = by_attribute(rows.where("is_steady").withColumn("is_last", at_last.cast("int"))).where(asked)
    return told.groupBy(*_CELL, "place").agg(
        F.count("*").alias("people"),
        F.count("*").alias("steady"),
        F.sum("is_last").alias("last"),
        F.sum("is_last").alias("steady_last"),
        F.sum("reporting_sales_amount").cast("double").alias("sales"),
    )


def _of_others(rows: DataFrame, asked: Expression) -> DataFrame:
    told = by_attribute(rows.where("not is_steady")).where(asked)
    of_person = told.groupBy(*_CELL, "place", "customer_key").agg(F.sum("reporting_sales_amount").alias("sales"))
    at_last = F.max("place").over(Window.partitionBy(*_CELL, "customer_key")) == F.col("place")
    return (
        of_person.withColumn("is_last", at_last.cast("int"))
        .groupBy(*_CELL, "place")
        .agg(
            F.count("*").alias("people"),
            F.lit(0).alias("steady"),
            F.sum("is_last").alias("last"),
            F.lit(0).alias("steady_last"),
            F.sum("sales").cast("double").alias("sales"),
        )
    )


def people_in() -> Expression:
    """How many people there are in rows of which each who `is_steady` has one."""
    is_steady = F.col("is_steady")
    return F.count(F.when(is_steady, 1)) + F.count_distinct(F.when(~is_steady, F.col("customer_key")))


def by_pair(people: DataFrame, pairs: Sequence[Pair]) -> DataFrame:
    """Each row once for each pair of attributes, with both values."""
    others = [name for name in people.columns if name not in ATTRIBUTES]
    names = ("attribute", "attribute_value", "second_attribute", "second_value")
    each = F.array(
        *[F.struct(*[value.alias(name) for name, value in zip(names, _of_pair(*pair), strict=True)]) for pair in pairs]
    )
    return people.select(*others, F.explode(each).alias("_of")).select(
        *others, *[F.col(f"_of.{name}").alias(name) for name in names]
    )


def _of_pair(one: str, other: str) -> tuple[Any, ...]:
    return F.lit(one), F.col(one), F.lit(other), F.col(other)


def _pairs(people: DataFrame, pairs: Sequence[Pair]) -> DataFrame:
    once = people.select("order_quarter", "customer_key", "is_steady", *ATTRIBUTES).distinct()
    grain = ("order_quarter", "attribute", "attribute_value", "second_attribute", "second_value")
    steady = F.count(F.when(F.col("is_steady"), 1)).alias("steady")
    return by_pair(once, pairs).groupBy(*grain).agg(people_in().alias("people"), steady)


def _quarter(cells: Iterable[Any], pairs: Iterable[Any], departments: int, attributes: Sequence[str]) -> Quarter:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in cells:
        rows[row["attribute"]].append(row)
    months = {month: at for at, month in enumerate(sorted({row["order_month"] for row in rows[EVERYBODY]}))}
    counts = {name: _counts(rows[name], months, departments) for name in (EVERYBODY, *attributes)}
    found: dict[Pair, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
    for row in pairs:
        one, other = row["attribute"], row["second_attribute"]
        values = counts[one].values, counts[other].values
        if (one, other) not in found:
            shape = len(values[0]), len(values[1])
            found[one, other] = np.zeros(shape, "int64"), np.zeros(shape, "int64")
        at = values[0].index(row["attribute_value"]), values[1].index(row["second_value"])
        for measure, name in zip(found[one, other], ("people", "steady"), strict=True):
            measure[at] = row[name]
    everybody = counts.pop(EVERYBODY)
    return Quarter(everybody, counts, found)


def _counts(rows: list[Any], months: dict[str, int], departments: int) -> Counts:
    values = sorted({row["attribute_value"] for row in rows})
    place = {value: at for at, value in enumerate(values)}
    shape = (len(months), len(values), departments)
    arrays = {name: np.zeros(shape, "float64" if name == "sales" else "int64") for name in _MEASURES}
    for row in rows:
        at = months[row["order_month"]], place[row["attribute_value"]], row["place"]
        for name, array in arrays.items():
            array[at] += row[name]
    return Counts(tuple(values), **arrays)
