"""From all rows that a feed delivered to those that hold now, and from rows of one key to one row."""

from __future__ import annotations

from datetime import UTC, datetime

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Reason
from shoplake.silver.canonical_text import canonical_text
from shoplake.sources.declaration import Change

SUPERSEDED, DEDUPLICATED, DELETED = "superseded", "deduplicated", "deleted"
# A row that nothing dates held since ever.
UNDATED = datetime(1900, 1, 1, tzinfo=UTC)
# Of a thing whose history is kept: an earlier state, and one that tells nothing new.
EARLIER, UNCHANGED = "earlier", "unchanged"


def latest(rows: DataFrame, keys: list[str], content: list[str]) -> DataFrame:
    """Give each row of a key its `_fate`: null for the one that holds, else superseded or deduplicated.

    The row that holds is the highest by (`_effective_at`, `_sequence`, content hash); a row
    equal to it in `content` is a duplicate. Equal rows are ordered by lineage, to name the same one each time.
    """
    single, several = alone_and_together(rows, keys)
    lone = single.withColumn("_fate", F.lit(None).cast("string"))
    return ordered(several, keys, content).select(*rows.columns).unionByName(lone.select(*rows.columns))


def alone_and_together(rows: DataFrame, keys: list[str]) -> tuple[DataFrame, DataFrame]:
    """The rows whose key no other row has, and the rest (by hash: it may hold some that are alone, too).

    Most keys occur once, and a window over all rows costs five times as much.
    """
    keyed = rows.withColumn("_key", _quick_hash(keys))
    repeated = keyed.groupBy("_key").count().where("count > 1").select("_key")
    alone, together = (keyed.join(repeated, on="_key", how=how).drop("_key") for how in ("left_anti", "left_semi"))
    return alone, together


def ordered(rows: DataFrame, keys: list[str], content: list[str]) -> DataFrame:
    """As `latest`, for rows of which most share their key with others."""
    # With the keys: over columns that are null throughout Sail's xxhash64 panics (docs/decisions/0008).
    hashed = rows.drop("_fate").withColumn("_content", row_hash([*keys, *content]))
    precedence = [F.col(name).desc_nulls_last() for name in ("_effective_at", "_sequence")]
    window = Window.partitionBy(*keys).orderBy(*precedence, F.desc("_content"), *LINEAGE)
    first = F.first("_content").over(window)
    fate = F.when(F.row_number().over(window) == 1, F.lit(None)).when(F.col("_content") == first, DEDUPLICATED)
    return hashed.withColumn("_fate", fate.otherwise(SUPERSEDED)).drop("_content")


def row_hash(columns: list[str]) -> Expression:
    """A 64-bit hash of the values' canonical text."""
    return F.xxhash64(canonical_text([F.col(name) for name in columns]))


def _quick_hash(columns: list[str]) -> Expression:
    """Finds rows that may be of one key, far faster than `row_hash`: ('a', null) hashes as (null, 'a') does."""
    return F.xxhash64(*columns)


def spare_rows(rows: DataFrame, keys: list[str]) -> int:
    """How many rows there are beyond one per key (by hash: it may only err towards looking closer)."""
    found = rows.groupBy(_quick_hash(keys).alias("_key")).count().agg(F.sum(F.col("count") - 1)).first()
    return int(found[0] or 0) if found else 0


def latest_load(rows: DataFrame, keys: list[str]) -> DataFrame:
    """Give each row its `_fate` where the rows of a key in one load are its state together: equal ones too are two.

    Those of the newest load hold, those of older ones are superseded, since when the next one came. A load's rows hold
    from one instant, and no two loads from the same one (`bronze.arrivals` sees to it).
    """
    later = Window.partitionBy(*keys).orderBy(F.unix_micros("_effective_at"))
    following = F.min("_effective_at").over(later.rangeBetween(1, Window.unboundedFollowing))
    return rows.withColumn("_holds_until", following).withColumn(
        "_fate", F.when(F.col("_holds_until").isNotNull(), SUPERSEDED)
    )


def latest_of_each_instant(rows: DataFrame, keys: list[str], content: list[str]) -> DataFrame:
    """As `latest`, but a row that holds from an earlier instant than the newest of its key is an earlier state."""
    settled = latest(rows, [*keys, "_effective_at"], content)
    at = F.coalesce(F.unix_micros("_effective_at"), F.lit(-(2**63)))
    newest = F.max(at).over(Window.partitionBy(*keys))
    is_earlier = F.col("_fate").isNull() & (at < newest)
    return settled.withColumn("_fate", F.when(is_earlier, EARLIER).otherwise(F.col("_fate")))


def identity(change: Change, columns: list[str]) -> list[str]:
    """The columns that rows of one thing share; nothing where every row is an event of its own."""
    return list(change.keys) or (columns if change.deduplicate else [])


def fates(staged: DataFrame, change: Change, columns: list[str], *, keeps_history: bool = False) -> DataFrame:
    """The rows of a feed with their `_fate` under its declared delivery, and `_holds_until` where an end is told.

    Rows that are refused have none, those that are filtered keep theirs. Events (append) of one key that differ
    contradict each other: one holds, the others are refused. `columns` are the feed's own. `keeps_history`: states are
    superseded by others of the same instant alone. A row that deletes its key ends when it begins.
    """
    keys = identity(change, columns)
    is_good = F.col("_reasons").isNull() & F.col("_fate").isNull()
    good = staged.where(is_good)
    if change.rows_per_key == "many":
        rows = latest_load(good, keys)
        if keeps_history:
            rows = rows.replace(SUPERSEDED, EARLIER, ["_fate"])
    elif keeps_history and change.delivery != "append":
        rows = latest_of_each_instant(good, keys, columns)
    else:
        rows = latest(good, keys, columns)
    is_gone = F.lit(False)
    if change.delivery == "snapshot":
        rows = _with_absence(rows, staged, keys)
        is_gone = F.col("_fate").isNull() & F.col("_holds_until").isNotNull()
    elif change.apply_as_deletes:
        is_state = F.col("_fate").isNull() | (F.col("_fate") == EARLIER)
        is_gone = is_state & F.coalesce(F.expr(change.apply_as_deletes), F.lit(False))
        rows = rows.withColumn("_holds_until", F.when(is_gone, F.coalesce("_effective_at", F.lit(UNDATED))))
    elif change.delivery == "append":
        rows = refuse_contradictions(rows, keys)
    resolved = rows.withColumn("_fate", F.when(is_gone, DELETED).otherwise(F.col("_fate"))).select(*staged.columns)
    return resolved.unionByName(staged.where(~is_good))


def refuse_contradictions(rows: DataFrame, keys: list[str]) -> DataFrame:
    """Events: a row that is superseded isn't an older state but a contradiction; its reason says so."""
    contradicts = F.col("_fate") == SUPERSEDED
    reason = F.when(contradicts, F.array(F.lit(Reason.NOT_UNIQUE.of(",".join(keys))))).otherwise(F.col("_reasons"))
    return rows.withColumn("_reasons", reason).withColumn("_fate", F.when(~contradicts, F.col("_fate")))


def _with_absence(rows: DataFrame, staged: DataFrame, keys: list[str]) -> DataFrame:
    """Tell the rows until when snapshots in a row name their key, be it in a row that is refused for another reason."""
    at = F.unix_micros("_effective_at").alias("_at")
    delivered = staged.where("_fate is null")
    snapshots = (
        delivered.select(at)
        .distinct()
        .withColumn("_number", F.row_number().over(Window.partitionBy(F.lit(1)).orderBy("_at")))
    )
    named = delivered.select(*keys, at).distinct().join(F.broadcast(snapshots), on="_at", how="inner")
    run = F.col("_number") - F.row_number().over(Window.partitionBy(*keys).orderBy("_number"))
    last = F.max("_number").over(Window.partitionBy(*keys, "_run"))
    runs = named.withColumn("_run", run).withColumn("_number", last + 1).drop("_run")
    ends = snapshots.select("_number", F.timestamp_micros("_at").alias("_end"))
    until = runs.join(F.broadcast(ends), on="_number", how="left").select(*keys, "_at", "_end")
    known = rows.withColumn("_at", F.unix_micros("_effective_at")).join(until, on=[*keys, "_at"], how="left")
    return known.withColumn("_holds_until", F.col("_end"))
