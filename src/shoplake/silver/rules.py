"""The rules of a contract over one row: every reason, not just the first."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Reason, Table
from shoplake.silver.reasons import Finding, reasons_of


def with_reasons(rows: DataFrame, entity: Table) -> DataFrame:
    """Add the breaches of the entity's rules to `_reasons`, which is null where a row has none."""
    return rows.withColumn("_reasons", reasons_of(_breaches(entity), F.col("_reasons")))


def _breaches(entity: Table) -> list[Finding]:
    found: list[Finding] = []
    for column in entity.columns:
        value, name = F.col(column.name), column.name
        if column.required:
            found.append((value.isNull(), Reason.REQUIRED.of(name)))
        if column.allowed:
            found.append((~value.isin(*column.allowed), Reason.NOT_ALLOWED.of(name)))
        if column.minimum is not None:
            found.append((value < F.lit(column.minimum), Reason.OUT_OF_RANGE.of(name)))
        if column.maximum is not None:
            found.append((value > F.lit(column.maximum), Reason.OUT_OF_RANGE.of(name)))
    for check in entity.checks:
        found.append((~F.expr(check.predicate), Reason.CHECK_FAILED.of(check.name)))
    return found
