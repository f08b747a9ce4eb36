"""Surrogate keys that are computed, so that they are the same in every run and on every engine.

A key is the xxHash64 (seed 42, Spark's) of one canonical text: each part is framed by its length in
characters, a null is marked. `12:complete_journey`-like frames keep ('a', 'bc') apart from ('ab', 'c').
"""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

from shoplake.contract import Column

# The member for «the id is absent».
ABSENT = -1

# A first version holds from here on, so that completing an inferred member keeps its key.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(9999, 12, 31)

VALIDITY = (
    Column("valid_from", "date", "first day of the version", required=True),
    Column("valid_to", "date", "first day after the version; 9999-12-31 while it holds", required=True),
    Column("is_current", "boolean", "whether it is the version that holds now", required=True),
    Column("is_inferred", "boolean", "whether only its id is known, from rows that name it", required=True),
)


def durable_key(source: str, natural_id: str) -> Expression:
    """The key of (source, id), -1 where the id is null. Arguments are column names."""
    return _key(natural_id, source, natural_id)


def version_key(source: str, natural_id: str, valid_from: Expression | None = None) -> Expression:
    """The key of (source, id, valid_from), -1 where the id is null; the first version by default."""
    return _key(natural_id, source, natural_id, F.lit(FIRST_DAY) if valid_from is None else valid_from)


def _key(natural_id: str, *parts: str | Expression) -> Expression:
    hashed = F.xxhash64(F.concat(*[_framed(part) for part in parts]))
    return F.when(F.col(natural_id).isNull(), F.lit(ABSENT).cast("bigint")).otherwise(hashed)


def _framed(part: str | Expression) -> Expression:
    text = (F.col(part) if isinstance(part, str) else part).cast("string")
    return F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("-"))
