"""The typed rows of a feed: which of them hold, and what the account says of them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.runs.account import LOADED, QUARANTINED, READ, Entry, control_total
from shoplake.silver.change import DELETED, EARLIER, fates, identity, spare_rows
from shoplake.silver.parse import amount_of, is_blank, is_outside
from shoplake.sources.declaration import Change, Source

# What of a feed is read into versions, beside what holds now.
HISTORY = (EARLIER, DELETED)
BLANK, OUTSIDE = "blank", "outside the table"


def decided(rows: DataFrame, source: Source, feed: str, loads: int, *, keeps_history: bool) -> DataFrame:
    """Typed rows with their fates; the same frame where each of them holds."""
    change, columns = source.change_of(feed), list(source.parse[feed].columns)
    if not must_decide(rows, change, columns, loads):
        return rows
    return fates(rows, change, columns, keeps_history=keeps_history)


def must_decide(frame: DataFrame, change: Change, columns: list[str], loads: int) -> bool:
    """Whether any row of a feed may not hold."""
    keys = identity(change, columns)
    if not keys or change.rows_per_key == "many":
        return bool(keys) and loads > 1
    good = frame.where("_reasons is null and _fate is null")
    return change.delivery in {"snapshot", "cdc"} or spare_rows(good, keys) > 0


def holding(staged: DataFrame, *, with_history: bool) -> DataFrame:
    """What a map sees of a feed: the rows that hold now; with those of its history where versions are kept of it."""
    good, holds = staged.where("_reasons is null"), F.col("_fate").isNull()
    return good.where(holds | F.col("_fate").isin(*HISTORY) if with_history else holds)


def entries_of_bronze(bronze: DataFrame, source: Source, feed: str) -> list[Entry]:
    """What was read, and what of it is no row of the feed."""
    declared = source.parse[feed]
    found = bronze.agg(
        F.count("*"),
        F.sum(amount_of(declared)) if declared.amount else F.lit(None),
        F.count_if(is_blank(declared)),
        F.count_if(is_outside()),
    ).first()
    assert found is not None
    rows, amount, blank, outside = found
    counts = {READ: (rows, amount), BLANK: (blank, 0), OUTSIDE: (outside, 0)}
    return _entries(source, feed, {fate: each for fate, each in counts.items() if each[0] or fate == READ})


def entries_of_fates(staged: DataFrame, source: Source, feed: str) -> list[Entry]:
    """What became of typed rows."""
    amount = source.parse[feed].amount
    fate = F.when(F.col("_reasons").isNotNull(), QUARANTINED).otherwise(F.coalesce("_fate", F.lit(LOADED)))
    money = F.sum(amount) if amount else F.lit(None)
    counts = staged.groupBy(fate.alias("fate")).agg(F.count("*"), money).collect()
    return _entries(source, feed, {row[0]: (row[1], row[2]) for row in sorted(counts, key=lambda row: str(row[0]))})


def _entries(source: Source, feed: str, counts: dict[str, tuple[int, object]]) -> list[Entry]:
    subject = f"{source.bronze(feed)} -> {source.staging(feed)}"
    is_counted = source.parse[feed].amount is not None
    return [Entry(subject, fate, n, control_total(sum_, is_counted=is_counted)) for fate, (n, sum_) in counts.items()]
