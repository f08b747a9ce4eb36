"""One text for several values, from which keys and hashes are made."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F


def canonical_text(values: list[Expression]) -> Expression:
    """Each value framed by its length in characters, a null marked: ('a', 'bc') isn't ('ab', 'c')."""
    return F.concat(*[_framed(value) for value in values])


def _framed(value: Expression) -> Expression:
    text = value.cast("string")
    return F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("-"))
