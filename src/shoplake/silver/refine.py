"""Bronze to silver, for all sources at once: stage the feeds, build the entities, quarantine the rest."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame

from shoplake.bronze.load import Load
from shoplake.bronze.tell_drift import note_type_changes
from shoplake.contract import Table
from shoplake.lake import TableVersion
from shoplake.runs.account import LOADED, Account
from shoplake.runs.run import Due, Run, loads_of
from shoplake.silver.entity import build_entity
from shoplake.silver.feed import HISTORY, rows_that_hold, stage_feed
from shoplake.silver.limits import check_limit
from shoplake.silver.quarantine import quarantine_table, refused_rows, write_quarantine
from shoplake.silver.references import count_missing
from shoplake.sources.declaration import Source


def refine(run: Run, sources: list[Source], entities: tuple[Table, ...]) -> None:
    """Bring silver, staging and quarantine up to bronze: all of them, or none where nothing changed.

    `entities` have the sources' extra columns, and are in the order in which they can be built.
    """
    if not is_due(run, sources, entities):
        _keep_account(run)
        return
    run.lake.drop_layer("staging")  # what a run that was killed left behind
    kept = {entity.base for entity in entities if entity.keeps_history}
    for source in sources:
        dated = {source.map[base].feed for base in kept & source.map.keys()}
        for feed in source.parse:
            _stage(run, source, feed, keeps_history=feed in dated)
    for entity in entities:
        _build(run, entity, [source for source in sources if entity.base in source.map])
    for source in sources:
        for feed in source.parse:
            _quarantine(run, source, feed, entities)
    for entity in entities:
        for reference in entity.references:
            rows, others = run.read(entity.name), run.read(reference.table.name)
            missing = count_missing(rows, others, entity, reference)
            run.account.missing += [missing] if missing.rows else []


def is_due(run: Run, sources: list[Source], entities: tuple[Table, ...]) -> bool:
    """Whether any table of silver or quarantine isn't what it would be now."""
    inputs = [source.bronze(feed) for source in sources for feed in source.parse]
    due = [run.due(entity, declared(sources), inputs=inputs) for entity in entities]
    refused = [quarantine_table(source, feed) for source in sources for feed in source.parse]
    return any(each is not Due.NO for each in due) or not all(map(run.holds, refused))


def declared(sources: list[Source]) -> list[dict[str, Any]]:
    """What silver is defined by, beside code."""
    return [source.model_dump() for source in sources]


def _stage(run: Run, source: Source, feed: str, *, keeps_history: bool) -> None:
    loads = [Load.from_json(load) for load in loads_of(run.loads, source.source, feed)]
    bronze = run.version(source.bronze(feed))

    def make() -> TableVersion:
        staged, entries, types = stage_feed(
            run.lake, source, feed, bronze, loads, run.run_id, keeps_history=keeps_history
        )
        run.account.entries += entries
        note_type_changes(run, source, feed, loads, types)
        return staged

    run.build(source.staging(feed), make)


def _build(run: Run, entity: Table, sources: list[Source]) -> None:
    def rows(source: Source, feed: str, with_history: bool) -> DataFrame:
        return rows_that_hold(run.lake, source, feed, run.version(source.staging(feed)), with_history=with_history)

    reads = [run.read(table.name) for table in entity.reads]
    read = sum(_read_by(run, entity, source) for source in sources)

    def make() -> TableVersion:
        candidates, silver, entries = build_entity(run.lake, entity, sources, rows, read, reads, run.run_id)
        run.built[candidates.table] = candidates  # read by _quarantine below
        run.account.entries += entries
        return silver

    run.build(entity.name, make)


def _read_by(run: Run, entity: Table, source: Source) -> int:
    """How many rows of its driving feed an entity reads."""
    fates = (LOADED, *HISTORY) if entity.keeps_history else (LOADED,)
    return run.account.came_to(source.staging(source.map[entity.base].feed), *fates)


def _quarantine(run: Run, source: Source, feed: str, entities: tuple[Table, ...]) -> None:
    refused = [refused_rows(run.read(source.staging(feed)), "parse")]
    for base, mapping in source.map.items():
        if mapping.feed == feed:
            candidates = run.read(f"staging.{base}").where(f"source = '{source.source}'")
            refused.append(refused_rows(candidates, base))

    def make() -> TableVersion:
        bronze = run.read(source.bronze(feed))
        written, counts, rows = write_quarantine(run.lake, source, feed, bronze, refused, run.run_id)
        run.account.refused += counts
        read = {"parse": run.version(source.bronze(feed)).rows - run.account.filtered(source.staging(feed))}
        read |= {each.base: _read_by(run, each, source) for each in entities if each.base in source.map}
        for entity, count in rows.items():
            reasons = {item.reason: item.rows for item in counts if item.entity == entity}
            check_limit(source, feed, entity, count, read[entity], reasons)
        return written

    run.build(source.quarantine(feed), make)


def _keep_account(run: Run) -> None:
    """What was accounted for when the published silver was built."""
    assert run.previous is not None
    then = Account.from_json(run.previous.account)
    run.account.refused, run.account.missing = then.refused, then.missing
    run.keep_entries("staging.")
    run.keep_entries("silver.")
