"""Values that name a row which isn't there: reported, never dropped."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Reference, Table
from shoplake.runs.account import Missing


def count_missing(rows: DataFrame, wanted: DataFrame, table: Table, reference: Reference) -> Missing:
    """How many rows of `table` name no row of the referenced one, by how many different values."""
    columns = ["source", reference.column]
    ids = wanted.select(*columns)
    named = rows.where(F.col(reference.column).isNotNull()).groupBy(*columns).count()
    counted = named.join(ids, on=columns, how="left_anti").agg(F.count("*"), F.sum("count")).first()
    values, count = (counted[0], counted[1] or 0) if counted else (0, 0)
    return Missing(table.name, reference.column, reference.table.name, count, values)
