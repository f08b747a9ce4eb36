"""From all rows that a feed delivered to those that hold now, and from rows of one key to one row."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.sources.declaration import Change

SUPERSEDED, DEDUPLICATED, DELETED = "superseded", "deduplicated", "deleted"


def latest(
    rows: DataFrame, keys: list[str], content: list[str], precedence: list[Expression], tie: list[str]
) -> DataFrame:
    """Give each row of a key its `_fate`: null for the one that holds, else superseded or deduplicated.

    The row that holds is the highest by (`precedence`, content hash), never by arrival; a row equal to it in
    `content` is a duplicate. `tie` orders equal rows, for a stable choice of the one that is named.
    """
    hashed = rows.withColumn("_content", row_hash(content))
    order = [value.desc_nulls_last() for value in precedence]
    window = Window.partitionBy(*keys).orderBy(*order, F.desc("_content"), *[F.asc(c) for c in tie])
    first = F.first("_content").over(window)
    fate = F.when(F.row_number().over(window) == 1, F.lit(None)).when(F.col("_content") == first, DEDUPLICATED)
    return hashed.withColumn("_fate", fate.otherwise(SUPERSEDED)).drop("_content")


def row_hash(columns: list[str]) -> Expression:
    """A 64-bit hash of values; nulls are marked and texts framed, so that ('a', null) isn't (null, 'a')."""

    def framed(name: str) -> Expression:
        text = F.col(name).cast("string")
        return F.coalesce(F.concat(F.length(text).cast("string"), F.lit(":"), text), F.lit("-"))

    return F.xxhash64(F.concat(*[framed(name) for name in columns]))


def spare_rows(rows: DataFrame, keys: list[str]) -> int:
    """How many rows there are beyond one per key (by hash: it may only err towards looking closer)."""
    found = rows.groupBy(row_hash(keys).alias("_key")).count().agg(F.sum(F.col("count") - 1)).first()
    return int(found[0] or 0) if found else 0


def fates(staged: DataFrame, change: Change, columns: list[str]) -> DataFrame:
    """The rows of a keyed feed with their `_fate` under its declared delivery; refused rows have none."""
    is_good = F.col("_reasons").isNull()
    sequence = [F.col(change.sequence_by)] if change.sequence_by else []
    good = staged.where(is_good).drop("_fate")
    rows = latest(good, list(change.keys), columns, [F.col("_effective_at"), *sequence], ["_load_id", "_row_number"])
    is_gone = F.lit(False)
    if change.delivery == "snapshot":
        rows = rows.crossJoin(F.broadcast(good.agg(F.max("_effective_at").alias("_newest"))))
        is_gone = F.col("_effective_at") < F.col("_newest")
    elif change.apply_as_deletes:
        is_gone = F.coalesce(F.expr(change.apply_as_deletes), F.lit(False))
    fate = F.when(F.col("_fate").isNull() & is_gone, DELETED).otherwise(F.col("_fate"))
    resolved = rows.withColumn("_fate", fate).select(*staged.columns)
    return resolved.unionByName(staged.where(~is_good))
