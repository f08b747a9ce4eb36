"""Collects the reasons that hold for a row."""

from __future__ import annotations

from functools import reduce
from operator import or_

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

# What is wrong if it is true, and the reason to give then: a text or an expression of one.
Finding = tuple[Expression, str | Expression]


def reasons_of(findings: list[Finding], before: Expression | None = None) -> Expression:
    """An array of the reasons that hold, after those `before`; null where there is none.

    The array is built only for rows that have a reason: for all of them it costs more than the parsing.
    """
    nothing = F.lit(None).cast("array<string>")
    earlier = nothing if before is None else before
    if not findings:
        return earlier
    is_wrong = [F.coalesce(wrong, F.lit(False)) for wrong, _ in findings]
    given = [F.lit(reason) if isinstance(reason, str) else reason for _, reason in findings]
    held = F.array(*[F.when(wrong, reason) for wrong, reason in zip(is_wrong, given, strict=True)])
    found = F.filter(held, lambda reason: reason.isNotNull())
    none_yet = F.coalesce(earlier, F.array().cast("array<string>"))
    return F.when(reduce(or_, is_wrong), F.concat(none_yet, found)).otherwise(earlier)
