"""How many people each value has in each department, month by month: what the closed cubes are decided by, and made of.

What grows with the shop is summed at once, without the keys of people. Only those who had two values in one period keep
them, because a coarser cell may have both; they are few, and so is all that is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.gold.marts.attributes import ATTRIBUTES, EVERYBODY, OF_VERSION, OTHER, WITHIN
from shoplake.gold.marts.closed_cubes import IN, Counts, Pair, Quarter

GROUP = ("period", "attribute", "attribute_value", "second_attribute", "second_value")
_CELL = ("order_quarter", *GROUP, "place")
_MEASURES = ("people", "steady", "last", "steady_last", "sales")


def with_quarter(bought: DataFrame) -> DataFrame:
    month = F.substring("order_month", 6, 2).cast("int")
    quarter = F.format_string("%s-Q%d", F.substring("order_month", 1, 4), F.floor((month + 2) / 3))
    return bought.withColumn("order_quarter", quarter)


def departments_by_size(bought: DataFrame) -> dict[str, list[str]]:
    """The departments of each quarter, the one with the most buyers first, and last what itself is called «Other»."""
    found = (
        bought.groupBy("order_quarter", "department").agg(F.count_distinct("customer_key").alias("people")).collect()
    )
    ordered: dict[str, list[str]] = defaultdict(list)
    for row in sorted(found, key=lambda row: (row["department"] == OTHER, -row["people"], row["department"])):
        ordered[row["order_quarter"]].append(row["department"])
    return ordered


def cells_of(
    bought: DataFrame,
    customers: DataFrame,
    departments: dict[str, list[str]],
    attributes: Sequence[str],
    pairs: Sequence[Pair],
) -> DataFrame:
    """Months by one attribute and the `place` of a department, quarters by pairs of attributes, without a place.

    `bought`: one row per month, customer as they were, and department. `people` bought so, `last` of them from no later
    department in the month; apart for those who were so in the whole quarter (`is_steady`), and for each who had two
    values in the period (`moved_key`). A value that lies in another one has that one before it, see `IN`.
    """
    told = [name for name in ATTRIBUTES if name in attributes]
    nested = within(told)
    fine = {name: F.concat(F.col(outer), F.lit(IN), F.col(name)).alias(name) for name, outer in nested.items()}
    of_version = customers.select(
        "customer_version_key", *[fine.get(name, F.col(name)) for name in told if name in OF_VERSION]
    )
    rows = _marked(bought, departments).join(of_version, on="customer_version_key", how="left")
    months = [_cell("order_month", F.col("place"), F.lit(1), name, EVERYBODY) for name in (*told, EVERYBODY)]
    quarters = [_cell("order_quarter", F.lit(None).cast("int"), F.col("is_first"), *pair) for pair in pairs]
    each = rows.select(
        *("order_quarter", "changed_key", "last", "reporting_sales_amount"),
        F.explode(F.array(*months, *quarters)).alias("_of"),
    ).select("*", *[F.col(f"_of.{name}").alias(name) for name in (*GROUP, "place", "people")])
    of_who_changed = each.groupBy(*_CELL, "changed_key").agg(*_sums())
    # Who changed may have several rows in a cell, and is one; and the last department may be another for each value.
    of_one = Window.partitionBy(*GROUP, "changed_key")
    of_both = Window.partitionBy("period", "attribute", "second_attribute", "changed_key")
    is_last = (F.max("place").over(of_one) == F.col("place")).cast("int")
    one, other = (
        F.min(name).over(of_both) != F.max(name).over(of_both) for name in ("attribute_value", "second_value")
    )
    is_steady = F.col("changed_key").isNull()
    return (
        of_who_changed.withColumns(
            {
                "is_steady": is_steady,
                "people": F.when(is_steady, F.col("people")).otherwise(1),
                "last": F.when(is_steady, F.col("last")).otherwise(is_last),
                "moved_key": F.when(one | other, F.col("changed_key")),
            }
        )
        .groupBy(*_CELL, "is_steady", "moved_key")
        .agg(*_sums())
    )


def within(attributes: Sequence[str]) -> dict[str, str]:
    """Which of the attributes lies in which one."""
    return {name: outer for name, outer in WITHIN.items() if name in attributes and outer in attributes}


def _marked(bought: DataFrame, departments: dict[str, list[str]]) -> DataFrame:
    """Whether a row is the customer's first of the quarter, and of the last department of the month; and who changed.

    One order of the rows serves both windows and the join.
    """
    placed = [(quarter, name, at) for quarter, names in departments.items() for at, name in enumerate(names)]
    places = bought.sparkSession.createDataFrame(placed, "order_quarter string, department string, place int")
    customer = ("order_quarter", "customer_key")
    in_order = Window.partitionBy(*customer).orderBy("order_month", "place")
    is_last = F.coalesce(F.lead("order_month").over(in_order) != F.col("order_month"), F.lit(True))
    is_first = F.lag("order_month").over(in_order).isNull()
    versions = [F.min(name) != F.max(name) for name in ("customer_version_key", "age_band")]
    changed = bought.groupBy(*customer).agg((versions[0] | versions[1]).alias("_changed"))
    return (
        bought.join(places, on=["order_quarter", "department"], how="inner")
        .withColumns({"last": is_last.cast("int"), "is_first": is_first.cast("int")})
        .join(changed, on=list(customer), how="inner")
        .withColumn("changed_key", F.when(F.col("_changed"), F.col("customer_key")))
    )


def _cell(period: str, place: Expression, people: Expression, one: str, other: str) -> Expression:
    values = [F.lit(name) if name == EVERYBODY else F.col(name) for name in (one, other)]
    columns = F.col(period), F.lit(one), values[0], F.lit(other), values[1], place, people
    return F.struct(*[c.alias(name) for c, name in zip(columns, (*GROUP, "place", "people"), strict=True)])


def _sums() -> list[Expression]:
    return [F.sum(name).alias(name) for name in ("people", "last", "reporting_sales_amount")]


def quarters_of(cells: DataFrame, departments: dict[str, list[str]], attributes: Sequence[str]) -> dict[str, Quarter]:
    """The counts of each quarter."""
    sales = F.sum("reporting_sales_amount").cast("double").alias("sales")
    summed = cells.groupBy(*_CELL, "is_steady").agg(*_sums()[:2], sales)
    months: dict[str, list[Any]] = defaultdict(list)
    pairs: dict[str, list[Any]] = defaultdict(list)
    for row in summed.collect():
        (months if row["second_attribute"] == EVERYBODY else pairs)[row["order_quarter"]].append(row)
    return {
        quarter: _quarter(rows, pairs[quarter], len(departments[quarter]), attributes)
        for quarter, rows in months.items()
    }


def _quarter(cells: Iterable[Any], pairs: Iterable[Any], departments: int, attributes: Sequence[str]) -> Quarter:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in cells:
        rows[row["attribute"]].append(row)
    months = {month: at for at, month in enumerate(sorted({row["period"] for row in rows[EVERYBODY]}))}
    counts = {name: _counts(rows[name], months, departments) for name in (EVERYBODY, *attributes)}
    found: dict[Pair, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {}
    for row in pairs:
        one, other = row["attribute"], row["second_attribute"]
        values = counts[one].values, counts[other].values
        if (one, other) not in found:
            shape = len(values[0]), len(values[1])
            found[one, other] = np.zeros(shape, "int64"), np.zeros(shape, "int64")
        at = values[0].index(row["attribute_value"]), values[1].index(row["second_value"])
        for measure in found[one, other][: 1 + row["is_steady"]]:
            measure[at] += row["people"]
    everybody = counts.pop(EVERYBODY)
    return Quarter(everybody, counts, found, within(attributes))


def _counts(rows: list[Any], months: dict[str, int], departments: int) -> Counts:
    values = sorted({row["attribute_value"] for row in rows})
    place = {value: at for at, value in enumerate(values)}
    shape = (len(months), len(values), departments)
    arrays = {name: np.zeros(shape, "float64" if name == "sales" else "int64") for name in _MEASURES}
    for row in rows:
        at = months[row["period"]], place[row["attribute_value"]], row["place"]
        for name in ("people", "last", "sales"):
            arrays[name][at] += row[name]
        if row["is_steady"]:
            arrays["steady"][at] += row["people"]
            arrays["steady_last"][at] += row["last"]
    return Counts(tuple(values), **arrays, within=tuple(value.rpartition(IN)[0] for value in values))
