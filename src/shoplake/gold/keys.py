"""Surrogate keys that are computed, so that they are the same in every run and on every engine.

A key is the xxHash64 (seed 42, Spark's) of one canonical text of its parts.
"""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

from shoplake.contract import FIRST_DAY, Column
from shoplake.silver.canonical_text import canonical_text

# The member for «the id is absent».
ABSENT = -1

IS_INFERRED = Column("is_inferred", "boolean", "whether only its id is known, from rows that name it", required=True)


def key_column(name: str, meaning: str, natural_id: tuple[str, ...]) -> Column:
    """The column of a computed key."""
    return Column(name, "bigint", meaning, required=True, made_of=natural_id)


def durable_key(source: str, natural_id: str) -> Expression:
    """The key of (source, id), -1 where the id is null. Arguments are column names."""
    return _key(natural_id, F.col(source), F.col(natural_id))


def version_key(source: str, natural_id: str, valid_from: Expression | None = None) -> Expression:
    """The key of (source, id, valid_from), -1 where the id is null; the first version by default."""
    opening = F.lit(FIRST_DAY) if valid_from is None else valid_from
    return _key(natural_id, F.col(source), F.col(natural_id), opening)


def _key(natural_id: str, *parts: Expression) -> Expression:
    hashed = F.xxhash64(canonical_text(list(parts)))
    return F.when(F.col(natural_id).isNull(), F.lit(ABSENT).cast("bigint")).otherwise(hashed)
