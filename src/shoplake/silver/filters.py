"""Named predicates that leave rows out: of a feed (change) or of an entity (map)."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.errors import PySparkException
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.errors import DeclarationError
from shoplake.lake.refusals import is_of_storage


def first_that_holds(filters: Mapping[str, str], is_judged: Mapping[str, Expression] | None = None) -> Expression:
    """The name of the first filter that is true of a row; null where none is.

    `is_judged`: filter -> whether it may judge the row at all; all of them by default.
    """
    may = is_judged or {}
    held = [F.when(may.get(name, F.lit(True)) & F.expr(sql), F.lit(name)) for name, sql in filters.items()]
    return F.coalesce(*held, F.lit(None).cast("string"))


def check_filters(rows: DataFrame, filters: Mapping[str, str], place: str) -> None:
    """Refuse a filter over `rows` that can't work, or that isn't true or false."""
    for name, sql in filters.items():
        where = f"{place}: filters: {name}"
        try:
            kind = rows.select(F.expr(sql)).schema.fields[0].dataType.simpleString()
        except PySparkException as failure:
            if is_of_storage(failure):
                raise
            what = str(failure).strip().splitlines()[0]
            raise DeclarationError(what, where=where, remedy="Correct the expression") from failure
        if kind != "boolean":
            raise DeclarationError("it is not true or false", where=where, remedy="Compare it")
