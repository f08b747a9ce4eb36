"""Staging to silver: the rows of a canonical entity from all sources, judged by its contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.land import LINEAGE_COLUMNS
from shoplake.contract import Table, Text
from shoplake.lake import union_of
from shoplake.runs.account import FILTERED, LOADED, QUARANTINED, READ, Entry, control_total
from shoplake.runs.run import Run
from shoplake.runs.scratch import scratch
from shoplake.silver.change import (
    DEDUPLICATED,
    SUPERSEDED,
    UNDATED,
    latest,
    refuse_contradictions,
    row_hash,
    spare_rows,
)
from shoplake.silver.history import told_days, with_versions
from shoplake.silver.mapping import ORIGIN, map_entity
from shoplake.silver.parse import EFFECTIVE_AT, FATE, HOLDS_UNTIL, REASONS, SEQUENCE
from shoplake.silver.rules import with_reasons
from shoplake.sources.declaration import Source

# The rows of a source's feed that hold.
Lookup = Callable[[Source, str], DataFrame]
# What an entity reads, for some rows of it.
Reads = Callable[[DataFrame], list[DataFrame]]


def candidate_table(entity: Table) -> Table:
    """The contract of an entity's mapped rows before they are judged: any of its values may be missing."""
    return Table(
        name=f"scratch.{entity.base}",
        meaning=f"Rows mapped to {entity.name}, with what is wrong with them",
        grain="one row per row of a driving feed",
        key=("source", "_feed", "_load_id", "_row_number", "_item_number"),
        columns=(
            *entity.columns,
            Text("_filter", "the declared filter that leaves the row out"),
            REASONS,
            Text("_feed", "the feed that the row came from"),
            EFFECTIVE_AT,
            HOLDS_UNTIL,
            SEQUENCE,
            *LINEAGE_COLUMNS,
            FATE,
        ),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """Candidates with what became of them, and the rows that silver gets of them; `merged`: how many of its rows an
    entity of states has made one of others, by fate."""

    candidates: DataFrame
    rows: DataFrame
    merged: dict[str, int]


def settle(run: Run, entity: Table, judged: DataFrame, suffix: str = "") -> Settled:
    """Write judged rows down, and settle which of them hold."""
    columns, name = candidate_table(entity).columns, f"{entity.base}{suffix}"
    frame, _ = scratch(run, name, columns, judged)
    valid = frame.where("_filter is null and _reasons is null")
    if not entity.is_event and not entity.keeps_history:
        return _settled_states(entity, frame, valid)
    if entity.keeps_history or spare_rows(valid, list(entity.key)):
        frame, _ = scratch(run, name, columns, _settled(frame, entity))
        valid = frame.where("_filter is null and _reasons is null and _fate is null")
    return Settled(frame, valid.select(*entity.column_names), {})


def judge(entity: Table, rows: Sequence[tuple[Source, DataFrame]], lookup: Lookup, reads: Reads) -> DataFrame:
    """The candidates of the sources' `rows` for the entity, completed by its build, with their reasons."""
    mapped, states = [], entity.mapped
    for source, driving in rows:
        mapping = source.map[entity.base]
        lookups = {each.feed: lookup(source, each.feed) for each in mapping.lookups.values()}
        mapped.append(map_entity(driving, lookups, source, states))
    together = union_of(mapped)
    kept = together.where("_filter is null")
    built = entity.build(entity, kept, *reads(kept)) if entity.build else kept
    judged = _with_reasons(built.select(*kept.columns), entity)
    if any(source.map[entity.base].filters for source, _ in rows):
        judged = judged.unionByName(together.where("_filter is not null"))
    fate = F.lit(None).cast("string").alias("_fate")
    named = [F.col(name) for name in states.column_names] + (told_days() if entity.keeps_history else [])
    return judged.select(*named, "_filter", "_reasons", "_feed", *ORIGIN, fate).select(
        *entity.column_names, "_filter", "_reasons", "_feed", *ORIGIN, "_fate"
    )


def _with_reasons(rows: DataFrame, entity: Table) -> DataFrame:
    """The rules over what was mapped; of a row that deletes its key only the key counts."""
    states = entity.mapped
    if not entity.keeps_history:
        return with_reasons(rows, states)
    deletes = F.coalesce(F.col("_holds_until") <= F.coalesce("_effective_at", F.lit(UNDATED)), F.lit(False))
    keyed = replace(states, columns=states.pick(*states.key), checks=())
    return with_reasons(rows.where(~deletes), states).unionByName(with_reasons(rows.where(deletes), keyed))


def _settled(frame: DataFrame, entity: Table) -> DataFrame:
    """The valid candidates as versions; or as events, of which equal ones are one, and different ones of one key are
    refused but for one."""
    is_valid = F.col("_filter").isNull() & F.col("_reasons").isNull()
    valid = frame.where(is_valid)
    if entity.keeps_history:
        settled = with_versions(valid, entity)
    else:
        settled = refuse_contradictions(with_fates(valid, entity), list(entity.key))
    return settled.select(*frame.columns).unionByName(frame.where(~is_valid))


def _settled_states(entity: Table, frame: DataFrame, valid: DataFrame) -> Settled:
    """Things and headers: equal rows are one, and of different states of one thing the latest holds."""
    if not spare_rows(valid, list(entity.key)):  # as where a feed has settled it: no need to compare whole rows
        return Settled(frame, valid.select(*entity.column_names), {})
    states = valid.groupBy(*entity.column_names).agg((F.count("*") - 1).alias("_copies"))
    keys = F.count_distinct(row_hash(list(entity.key)))
    counted = states.agg(F.coalesce(F.sum("_copies"), F.lit(0)), F.count("*") - keys).first()
    assert counted is not None
    holding = with_fates(valid, entity).where("_fate is null") if counted[1] else states
    merged = {DEDUPLICATED: counted[0], SUPERSEDED: counted[1]}
    return Settled(frame, holding.select(*entity.column_names), merged)


def with_fates(rows: DataFrame, entity: Table) -> DataFrame:
    return latest(rows, list(entity.key), entity.content or list(entity.key))


def entries(entity: Table, settled: Settled, loaded: DataFrame, read: int) -> list[Entry]:
    """What became of the candidates, counted in them, and what is `loaded`, counted there."""
    has_money = entity.amount is not None
    money = F.sum(entity.amount) if entity.amount else F.lit(None)
    filtered = F.concat(F.lit(f"{FILTERED}:"), F.col("_filter"))
    fate = F.coalesce(filtered, F.when(F.col("_reasons").isNotNull(), QUARANTINED), F.col("_fate"), F.lit(LOADED))
    rows = settled.candidates.groupBy(fate.alias("fate")).agg(F.count("*"), money).orderBy("fate").collect()
    outcome: dict[str, tuple[int, Any]] = {row[0]: (row[1], row[2]) for row in rows}
    total = sum(Decimal(amount or 0) for _, amount in outcome.values())
    there = loaded.agg(F.count("*"), money).first()
    assert there is not None
    outcome |= {LOADED: (there[0], there[1])} | {name: (count, 0) for name, count in settled.merged.items() if count}
    outcome = {READ: (read, total), **outcome}
    subject = f"staging -> {entity.name}"
    return [
        Entry(subject, name, n, control_total(amount, is_counted=has_money)) for name, (n, amount) in outcome.items()
    ]
