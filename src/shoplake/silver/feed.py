"""Bronze to staging: the rows of a feed with their types and fates, and what the account says of them."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.drift import Drift, set_aside
from shoplake.bronze.load import Load
from shoplake.lake import Lake, TableVersion
from shoplake.runs.account import LOADED, QUARANTINED, READ, Entry, control_total
from shoplake.silver.change import DELETED, EARLIER, fates, identity, spare_rows
from shoplake.silver.parse import amount_of, is_blank, is_outside, parse, staging_table
from shoplake.silver.type_change import with_type_changes
from shoplake.sources.declaration import Change, Feed, Source

# What of a feed is read into versions, beside what holds now.
HISTORY = (EARLIER, DELETED)
BLANK, OUTSIDE = "blank", "outside the table"


def stage_feed(
    lake: Lake, source: Source, feed: str, bronze: TableVersion, loads: list[Load], run_id: str, *, keeps_history: bool
) -> tuple[TableVersion, list[Entry], dict[str, list[Drift]]]:
    """Write `staging.<source>__<feed>`; the entries say what became of each bronze row, the changes of type by load."""
    rows = lake.read(bronze.table, bronze.version)
    table = staging_table(source, feed)
    staged = lake.overwrite(table, parsed(rows, source, feed, loads), run_id)
    frame = lake.read(table.name, staged.version)
    frame, types = with_type_changes(frame, source.parse[feed], source.change_of(feed), loads)
    settled = decided(frame, source, feed, len(loads), keeps_history=keeps_history)
    if settled is not frame or types:
        staged = lake.overwrite(table, settled, run_id)
    return staged, _entries(lake, source, feed, rows, bronze.rows, staged), types


def parsed(bronze: DataFrame, source: Source, feed: str, loads: list[Load]) -> DataFrame:
    """The rows of a feed's table with their types."""
    holds_from = {load.load_id: load.holds_from for load in loads}
    return parse(bronze.where(is_row(source.parse[feed])), source, feed, holds_from, set_aside(loads))


def decided(rows: DataFrame, source: Source, feed: str, loads: int, *, keeps_history: bool) -> DataFrame:
    """Typed rows with their fates; the same frame where each of them holds."""
    change, columns = source.change_of(feed), list(source.parse[feed].columns)
    if not must_decide(rows, change, columns, loads):
        return rows
    return fates(rows, change, columns, keeps_history=keeps_history)


def is_row(declared: Feed) -> Expression:
    """Whether a bronze row is one of the feed's table, and holds anything at all."""
    return ~is_blank(declared) & ~is_outside()


def rows_that_hold(lake: Lake, source: Source, feed: str, staged: TableVersion, *, with_history: bool) -> DataFrame:
    """What a map sees of a feed: the rows that hold now; with those of its history where versions are kept of it."""
    good = lake.read(source.staging(feed), staged.version).where("_reasons is null")
    holds = F.col("_fate").isNull()
    return good.where(holds | F.col("_fate").isin(*HISTORY) if with_history else holds)


def must_decide(frame: DataFrame, change: Change, columns: list[str], loads: int) -> bool:
    """Whether any row of a feed may not hold."""
    keys = identity(change, columns)
    if not keys or change.rows_per_key == "many":
        return bool(keys) and loads > 1
    good = frame.where("_reasons is null and _fate is null")
    return change.delivery in {"snapshot", "cdc"} or spare_rows(good, keys) > 0


def _entries(
    lake: Lake, source: Source, feed: str, bronze: DataFrame, bronze_rows: int, staged: TableVersion
) -> list[Entry]:
    """Counted on both sides: what was read in bronze, what became of it in staging."""
    declared, subject = source.parse[feed], f"{source.bronze(feed)} -> {staged.table}"
    has_money = declared.amount is not None
    money = F.sum(declared.amount) if declared.amount else F.lit(None)
    there = bronze.agg(
        F.sum(amount_of(declared)) if declared.amount else F.lit(None),
        F.count_if(is_blank(declared)),
        F.count_if(is_outside()),
    ).first()
    assert there is not None
    fate = F.when(F.col("_reasons").isNotNull(), QUARANTINED).otherwise(F.coalesce("_fate", F.lit(LOADED)))
    counts = lake.read(staged.table, staged.version).groupBy(fate.alias("fate")).agg(F.count("*"), money).collect()
    found = {row[0]: (row[1], row[2]) for row in counts}
    entries = [Entry(subject, READ, bronze_rows, control_total(there[0], is_counted=has_money))]
    for name, (rows, amount) in sorted(found.items()):
        entries.append(Entry(subject, name, rows, control_total(amount, is_counted=has_money)))
    for name, rows in ((BLANK, there[1]), (OUTSIDE, there[2])):
        if rows:
            entries.append(Entry(subject, name, rows, control_total(0, is_counted=has_money)))
    return entries
