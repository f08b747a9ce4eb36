"""Staging to silver: the rows of a canonical entity from all sources, judged by its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.land import LINEAGE_COLUMNS
from shoplake.contract import Table, Text
from shoplake.lake import Lake, TableVersion
from shoplake.runs.account import FILTERED, LOADED, QUARANTINED, READ, Entry, control_total
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

Rows = Callable[[Source, str, bool], DataFrame]


def candidate_table(entity: Table) -> Table:
    """The contract of an entity's mapped rows before they are judged: any of its values may be missing."""
    return Table(
        name=f"staging.{entity.base}",
        meaning=f"Rows mapped to {entity.name}, with what is wrong with them",
        grain="one row per row of a driving feed",
        key=("source", "_feed", "_load_id", "_row_number", "_item_number"),
        columns=(
            *(replace(column, required=False, personal=True) for column in entity.columns),
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


def build_entity(
    lake: Lake, entity: Table, sources: list[Source], rows: Rows, read: int, reads: list[DataFrame], run_id: str
) -> tuple[TableVersion, TableVersion, list[Entry]]:
    """Write `staging.<entity>` and `silver.<entity>`.

    `rows` gives the rows of a feed that hold (true: with its history), `read` their number as the feeds count them, so
    that a map which loses or multiplies rows shows. Returns (candidates, silver, what became of each row).
    """
    table = candidate_table(entity)
    judged = judge(entity, sources, rows, reads) if sources else lake.empty(table)
    candidates = lake.overwrite(table, judged, run_id)
    frame = lake.read(table.name, candidates.version)
    valid = frame.where("_filter is null and _reasons is null")
    if not entity.is_event and not entity.keeps_history:
        return candidates, *_write_states(lake, entity, frame, valid, read, run_id)
    if entity.keeps_history or spare_rows(valid, list(entity.key)):
        candidates = lake.overwrite(table, _settled(frame, entity), run_id)
        frame = lake.read(table.name, candidates.version)
        valid = frame.where("_filter is null and _reasons is null and _fate is null")
    silver = lake.overwrite(entity, valid.select(*entity.column_names), run_id)
    return candidates, silver, _entries(lake, entity, frame, silver, {}, read)


def judge(entity: Table, sources: list[Source], rows: Rows, reads: list[DataFrame]) -> DataFrame:
    """The candidates of the sources that map the entity, completed by its build, with their reasons."""
    mapped, states = [], entity.mapped
    for source in sources:
        mapping = source.map[entity.base]
        lookups = {lookup.feed: rows(source, lookup.feed, False) for lookup in mapping.lookups.values()}
        mapped.append(map_entity(rows(source, mapping.feed, entity.keeps_history), lookups, source, states))
    together = reduce(lambda left, right: left.unionByName(right), mapped)
    kept = together.where("_filter is null")
    built = entity.build(entity, kept, *reads) if entity.build else kept
    judged = _with_reasons(built.select(*kept.columns), entity)
    if any(source.map[entity.base].filters for source in sources):
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


def _write_states(
    lake: Lake, entity: Table, frame: DataFrame, valid: DataFrame, read: int, run_id: str
) -> tuple[TableVersion, list[Entry]]:
    """Things and headers: equal rows are one, and of different states of one thing the latest holds."""
    if not spare_rows(valid, list(entity.key)):  # as where a feed has settled it: no need to compare whole rows
        silver = lake.overwrite(entity, valid.select(*entity.column_names), run_id)
        return silver, _entries(lake, entity, frame, silver, {}, read)
    states = valid.groupBy(*entity.column_names).agg((F.count("*") - 1).alias("_copies"))
    keys = F.count_distinct(row_hash(list(entity.key)))
    counted = states.agg(F.coalesce(F.sum("_copies"), F.lit(0)), F.count("*") - keys).first()
    assert counted is not None
    holding = with_fates(valid, entity).where("_fate is null") if counted[1] else states
    silver = lake.overwrite(entity, holding.select(*entity.column_names), run_id)
    merged = {DEDUPLICATED: counted[0], SUPERSEDED: counted[1]}
    return silver, _entries(lake, entity, frame, silver, merged, read)


def with_fates(rows: DataFrame, entity: Table) -> DataFrame:
    return latest(rows, list(entity.key), entity.content or list(entity.key))


def _entries(
    lake: Lake, entity: Table, frame: DataFrame, silver: TableVersion, merged: dict[str, int], read: int
) -> list[Entry]:
    """What became of the candidates, counted in them, and what was loaded, counted in silver."""
    has_money = entity.amount is not None
    money = F.sum(entity.amount) if entity.amount else F.lit(None)
    filtered = F.concat(F.lit(f"{FILTERED}:"), F.col("_filter"))
    fate = F.coalesce(filtered, F.when(F.col("_reasons").isNotNull(), QUARANTINED), F.col("_fate"), F.lit(LOADED))
    rows = frame.groupBy(fate.alias("fate")).agg(F.count("*"), money).orderBy("fate").collect()
    outcome: dict[str, tuple[int, Any]] = {row[0]: (row[1], row[2]) for row in rows}
    total = sum(Decimal(amount or 0) for _, amount in outcome.values())
    there = lake.read(entity.name, silver.version).agg(F.count("*"), money).first()
    assert there is not None
    outcome |= {LOADED: (there[0], there[1])} | {name: (count, 0) for name, count in merged.items() if count}
    outcome = {READ: (read, total), **outcome}
    subject = f"staging -> {entity.name}"
    return [
        Entry(subject, name, n, control_total(amount, is_counted=has_money)) for name, (n, amount) in outcome.items()
    ]
