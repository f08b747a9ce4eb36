"""The check that each row of a table has a key of its own."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Table
from shoplake.errors import QualityError


def check_key(rows: DataFrame, table: Table, beside: DataFrame | None = None) -> None:
    """Stop where a key occurs twice: a join fanned out, or two natural ids met on one computed key.

    `beside`: all rows of the table, where `rows` are those of some natural ids.
    """
    repeated = _repeated(rows, table.key)
    if table.durable_key:
        every = (
            rows
            if beside is None
            else beside.join(rows.select(table.durable_key), on=table.durable_key, how="left_semi")
        )
        ids = every.select(table.durable_key, *table.natural_key).distinct()
        repeated += _repeated(ids, (table.durable_key,))
    if repeated:
        raise QualityError(
            f"{repeated} keys ({', '.join(table.key)}) occur more than once; nothing was published",
            where=table.name,
            remedy="If the key is computed, two ids collided: rename one; else one of its joins isn't on a unique key",
        )


def _repeated(rows: DataFrame, key: tuple[str, ...]) -> int:
    found = rows.groupBy(*key).count().where("count > 1").agg(F.count("*")).first()
    return int(found[0]) if found else 0
