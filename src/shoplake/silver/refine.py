"""Bronze to silver: type the feeds, build the entities that have to be, quarantine what is refused."""

from __future__ import annotations

from functools import partial
from typing import Any

from shoplake.contract import Table
from shoplake.lake import TableVersion, in_values, union_of
from shoplake.runs.account import QUARANTINED
from shoplake.runs.run import Due, Run
from shoplake.silver.build import Refusals, build_entity, read_by
from shoplake.silver.limits import check_limit
from shoplake.silver.quarantine import as_quarantined, count_refused, quarantine_table, refused_rows
from shoplake.silver.staging import Staging
from shoplake.silver.typed import type_feed
from shoplake.sources.declaration import Source


def refine(run: Run, sources: list[Source], entities: tuple[Table, ...]) -> None:
    """Bring staging, silver and quarantine up to bronze.

    `entities` have the sources' extra columns, and are in the order in which they can be built.
    """
    run.lake.drop_layer("scratch")  # what a run that was killed left behind
    feeds = [type_feed(run, source, feed) for source in sources for feed in source.parse]
    histories = {entity.base for entity in entities if entity.keeps_history}
    dated = {(source.source, source.map[base].feed) for source in sources for base in histories & source.map.keys()}
    staging, refusals = Staging(run, feeds, dated), dict[tuple[str, str], list[Refusals]]()
    is_whole = lacks_quarantine(run, sources)
    for entity in entities:
        due = due_of(run, entity, sources, force=is_whole)
        if due is Due.NO:
            run.keep(entity.name)
            continue
        mine = [source for source in sources if entity.base in source.map]
        if not mine:  # most shops tell of a few entities only
            run.build(entity.name, partial(run.lake.clear, entity, run.run_id))
            continue
        found = build_entity(run, entity, mine, staging, due)
        for source in mine:
            if source.source in found:
                refusals.setdefault((source.source, source.map[entity.base].feed), []).append(found[source.source])
    staging.account()
    for source in sources:
        for feed in source.parse:
            refused = [*_by_parsing(staging, source, feed, is_whole=is_whole), *refusals.get((source.source, feed), [])]
            _quarantine(run, source, feed, entities, refused)


def due_of(run: Run, entity: Table, sources: list[Source], *, force: bool) -> Due:
    """What an entity needs."""
    feeds: list[str] = []
    for source in sources:
        if entity.base in source.map:
            mapping = source.map[entity.base]
            feeds += [
                source.staging(name) for name in (mapping.feed, *(each.feed for each in mapping.lookups.values()))
            ]
    inputs = [*dict.fromkeys(feeds), *(read.name for read in entity.reads)]
    return run.due(entity, declared(sources), inputs=inputs, force=force)


def feed_of(source: Source, entity: Table) -> str | None:
    """The feed that drives an entity."""
    return source.map[entity.base].feed if entity.base in source.map else None


def lacks_quarantine(run: Run, sources: list[Source]) -> bool:
    """Whether a table of refused rows isn't there as it was left."""
    return not all(run.holds(quarantine_table(source, feed)) for source in sources for feed in source.parse)


def declared(sources: list[Source]) -> list[dict[str, Any]]:
    """What silver is defined by, beside code."""
    return [source.model_dump() for source in sources]


def _by_parsing(staging: Staging, source: Source, feed: str, *, is_whole: bool) -> list[Refusals]:
    """What is refused before any entity sees it."""
    part = staging.parts.get((source.source, feed))
    if is_whole or staging.has_whole(source, feed):
        return [Refusals("parse", refused_rows(staging.whole(source, feed), "parse"), is_whole=True)]
    if part is None or not staging.of(source, feed).is_changed:
        return []
    sides = ((part.now, part.entries_now), (part.then, part.entries_then))
    now, then = (
        refused_rows(rows, "parse") if rows is not None and any(e.fate == QUARANTINED for e in said) else None
        for rows, said in sides
    )
    return [Refusals("parse", now, then)]


def _quarantine(run: Run, source: Source, feed: str, entities: tuple[Table, ...], refusals: list[Refusals]) -> None:
    """Write the feed's quarantine table, where what it refuses changes."""
    table = quarantine_table(source, feed)
    if not any(each.is_whole or each.now is not None or each.then is not None for each in refusals):
        run.keep(table.name)
        return
    fresh = [each.now for each in refusals if each.now is not None]
    rows = run.lake.empty(table)
    if fresh:
        rows = as_quarantined(union_of(fresh), source, feed, run.read(source.bronze(feed)))
    known = {"parse", *(entity.base for entity in entities if feed_of(source, entity) == feed)}
    left = known - {each.by for each in refusals if each.is_whole}
    if left and run.kept(table.name):
        kept = run.read_before(table.name).where(in_values("entity", left))
        gone = [each.then for each in refusals if each.then is not None]
        if gone:
            on = list(table.key)
            kept = kept.join(union_of(gone).select(*on), on=on, how="left_anti").select(*table.column_names)
        rows = rows.unionByName(kept)

    def make() -> TableVersion:
        written = run.lake.overwrite(table, rows, run.run_id)
        counts, by_entity = count_refused(run.lake.read(table.name, written.version), table.name)
        run.account.refused += counts
        read = {"parse": run.version(source.bronze(feed)).rows - run.account.filtered(source.staging(feed))}
        read |= {each.base: read_by(run, each, source) for each in entities if each.base in source.map}
        for entity, count in by_entity.items():
            reasons = {item.reason: item.rows for item in counts if item.entity == entity}
            check_limit(source, feed, entity, count, read[entity], reasons)
        return written

    run.build(table.name, make)
