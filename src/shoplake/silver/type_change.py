"""Files in which none of a column's values is of its declared type: another column than it was, not some bad values."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.drift import Drift, outcome_of
from shoplake.bronze.load import Load
from shoplake.contract import Reason
from shoplake.sources.declaration import Change, Feed

_FEWEST = 3  # of fewer nobody can tell
_OF_TYPE = {
    Reason.NOT_A_NUMBER,
    Reason.NUMBER_TOO_LARGE,
    Reason.NOT_A_DATE,
    Reason.NO_SUCH_TIME,
    Reason.AMBIGUOUS_TIME,
    Reason.NOT_A_BOOLEAN,
}


def changed_types(staged: DataFrame, feed: Feed) -> dict[str, dict[str, int]]:
    """Load -> the columns of which no value could be read, with how many there are."""
    typed = [name for name in feed.columns if feed.column(name).type != "string"]
    if not typed:
        return {}
    reasons = staged.where("_reasons is not null").select("_load_id", F.explode("_reasons").alias("reason"))
    unread: dict[str, dict[str, int]] = {}
    for load, reason, count in reasons.groupBy("_load_id", "reason").count().collect():
        kind, _, column = reason.partition(":")
        if kind in _OF_TYPE and column in typed:
            of_load = unread.setdefault(load, {})
            of_load[column] = of_load.get(column, 0) + count
    unread = {load: {c: n for c, n in found.items() if n >= _FEWEST} for load, found in unread.items()}
    unread = {load: found for load, found in unread.items() if found}
    if not unread:
        return {}
    columns = sorted({column for found in unread.values() for column in found})
    read = staged.where(F.col("_load_id").isin(*unread)).groupBy("_load_id").agg(*[F.count(c) for c in columns])
    for load, *counts in read.collect():
        unread[load] = {c: n for c, n in unread[load].items() if not counts[columns.index(c)]}
    return {load: found for load, found in unread.items() if found}


def with_type_changes(
    staged: DataFrame, feed: Feed, change: Change, loads: list[Load]
) -> tuple[DataFrame, dict[str, list[Drift]]]:
    """The rows, and the changes of type by load; a refused change is a reason more, an accepted one a null value."""
    found = changed_types(staged, feed)
    drift: dict[str, list[Drift]] = {}
    alike: dict[tuple[str, bool], list[str]] = {}
    for load in loads:
        for column, count in found.get(load.load_id, {}).items():
            outcome = _outcome(load, column, feed, change)
            detail = f"none of {count:,} values is a {feed.column(column).type}"
            drift.setdefault(load.load_id, []).append(Drift(Reason.TYPE_CHANGE, column, outcome, detail))
            alike.setdefault((column, outcome in {"evolve", "ignore"}), []).append(load.load_id)
    return (_decided(staged, alike) if found else staged), drift


def _decided(staged: DataFrame, alike: dict[tuple[str, bool], list[str]]) -> DataFrame:
    """The rows of loads without the reasons of accepted columns, with one more for those of refused ones."""
    reasons = F.col("_reasons")
    pardoned: list[Expression] = []
    named: list[Expression] = []
    for (column, is_accepted), loads in alike.items():
        is_of_load, unread = F.col("_load_id").isin(*loads), [reason.of(column) for reason in sorted(_OF_TYPE)]
        if is_accepted:
            pardoned += [F.when(is_of_load, F.lit(reason)).otherwise(F.lit("")) for reason in unread]
        else:
            is_unread = F.arrays_overlap(reasons, F.array(*map(F.lit, unread)))
            named.append(F.when(is_of_load & is_unread, F.lit(Reason.TYPE_CHANGE.of(column))))
    left = F.array_except(reasons, F.array(*pardoned)) if pardoned else reasons
    more = F.filter(F.array(*named), lambda reason: reason.isNotNull()) if named else None
    judged = left if more is None else F.concat(left, more)
    of_any = sorted({load for loads in alike.values() for load in loads})
    is_judged = reasons.isNotNull() & F.col("_load_id").isin(*of_any)
    return staged.withColumn("_reasons", F.when(~is_judged, reasons).when(F.size(judged) > 0, judged))


def _outcome(load: Load, column: str, feed: Feed, change: Change) -> str:
    """As declared; what names or orders rows isn't accepted as null, and what was published doesn't stop a run."""
    outcome = outcome_of(Reason.TYPE_CHANGE, change, feed)
    if outcome == "stop":
        known = [each.outcome for each in load.drift if (each.kind, each.column) == (Reason.TYPE_CHANGE, column)]
        outcome = known[0] if known else "quarantine" if load.has_gone else "stop"
    is_needed = column in {*change.keys, change.sequence_by, change.effective_at}
    return "quarantine" if is_needed and outcome != "stop" else outcome
