"""The rules of a contract over one row: every reason, not just the first."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Reason, Table


def with_reasons(rows: DataFrame, entity: Table) -> DataFrame:
    """Add the breaches of the entity's rules to `_reasons`; an empty array means that the row is valid."""
    breaches = F.array(*_breaches(entity), F.lit(None).cast("string"))
    found = F.filter(breaches, lambda reason: reason.isNotNull())
    return rows.withColumn("_reasons", F.concat("_reasons", found))


def _breaches(entity: Table) -> list[Expression]:
    found = []
    for column in entity.columns:
        value, name = F.col(column.name), column.name
        if column.required:
            found.append(F.when(value.isNull(), Reason.REQUIRED.of(name)))
        if column.allowed:
            found.append(F.when(~value.isin(*column.allowed), Reason.NOT_ALLOWED.of(name)))
        if column.minimum is not None:
            found.append(F.when(value < F.lit(column.minimum), Reason.OUT_OF_RANGE.of(name)))
        if column.maximum is not None:
            found.append(F.when(value > F.lit(column.maximum), Reason.OUT_OF_RANGE.of(name)))
    for check in entity.checks:
        found.append(F.when(~F.expr(check.predicate), Reason.CHECK_FAILED.of(check.name)))
    return found
