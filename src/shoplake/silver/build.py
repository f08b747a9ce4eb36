"""Staging to silver, for one entity: all of it, or the rows of the things that a run touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Table
from shoplake.runs.account import LOADED, QUARANTINED, Entry, moved
from shoplake.runs.increment import keep_rows, replace_rows
from shoplake.runs.keys import keys_of
from shoplake.runs.run import Due, Run
from shoplake.runs.scratch import scratch
from shoplake.silver.entity import Settled, candidate_table, entries, judge, settle
from shoplake.silver.feed import HISTORY, holding
from shoplake.silver.quarantine import refused_rows
from shoplake.silver.staging import Part, Staging
from shoplake.silver.touched import id_of, touched_ids
from shoplake.sources.declaration import Source

Rows = list[tuple[Source, DataFrame]]


@dataclass(frozen=True, slots=True)
class Refusals:
    """What an entity, or the parsing of a feed (`parse`), refuses: `now`, and of the same things before (`then`).

    `is_whole`: everything is judged anew, whatever was refused before.
    """

    by: str
    now: DataFrame | None
    then: DataFrame | None = None
    is_whole: bool = False


def build_entity(run: Run, entity: Table, sources: list[Source], staging: Staging, due: Due) -> dict[str, Refusals]:
    """Write `silver.<entity>` and account for it; gives what is refused, by source."""
    parts = _parts(run, entity, sources, staging) if due is Due.DATA else None
    if parts is None:
        return _build_whole(run, entity, sources, staging, due)
    return _build_parts(run, entity, parts, staging)


def read_by(run: Run, entity: Table, source: Source) -> int:
    """How many rows of its driving feed an entity reads."""
    fates = (LOADED, *HISTORY) if entity.keeps_history else (LOADED,)
    return run.account.came_to(source.staging(source.map[entity.base].feed), *fates)


def _parts(run: Run, entity: Table, sources: list[Source], staging: Staging) -> list[tuple[Source, Part]] | None:
    """The rows of the things that the run touches, of the sources that have some; None where all may be touched."""
    touched = [(source, ids) for source in sources if (ids := touched_ids(run, entity, source, staging)) is not None]
    if len(touched) < len(sources):
        return None
    run.touch(entity.name, keys=sum(ids.count for _, ids in touched))
    return [
        (source, staging.part(source, source.map[entity.base].feed, entity.base, ids, id_of(source, entity)))
        for source, ids in touched
        if ids.count
    ]


def _build_whole(run: Run, entity: Table, sources: list[Source], staging: Staging, due: Due) -> dict[str, Refusals]:
    rows = [(each, _holding(staging.whole(each, each.map[entity.base].feed), entity)) for each in sources]
    settled = _settled(run, entity, rows, staging)
    if due is Due.DATA:  # what hangs on it follows what differs
        replace_rows(run, entity, run.read_before(entity.name), settled.rows)
    else:
        run.build(entity.name, partial(run.lake.overwrite, entity, settled.rows, run.run_id))
    read = sum(read_by(run, entity, source) for source in sources)
    run.account.entries += entries(entity, settled, run.read(entity.name), read)
    return {each.source: Refusals(entity.base, _refused(settled, each, entity), is_whole=True) for each in sources}


def _build_parts(run: Run, entity: Table, parts: list[tuple[Source, Part]], staging: Staging) -> dict[str, Refusals]:
    """Judge the touched things as they are and as they were: what differs is what changes."""
    if not parts:
        keep_rows(run, entity)
        run.keep(entity.name)
        return {}
    read = [part.read(with_history=entity.keeps_history) for _, part in parts]
    frames_now = [(source, _holding(part.now, entity)) for source, part in parts if part.now is not None]
    frames_then = [(source, _holding(part.then, entity)) for source, part in parts if part.then is not None]
    now = _settled(run, entity, frames_now, staging, is_part=True)
    plus = entries(entity, now, now.rows, sum(each[0] for each in read))
    then, minus = None, list[Entry]()
    if frames_then:
        then = _settled(run, entity, frames_then, staging, is_then=True, is_part=True)
        minus = entries(entity, then, then.rows, sum(each[1] for each in read))
    replace_rows(run, entity, then.rows if then else None, now.rows)
    run.account.entries += moved(run.kept_account.entries_of(entity.name), minus, plus)
    were, are = (any(each.fate == QUARANTINED for each in said) for said in (minus, plus))
    return {
        source.source: Refusals(
            entity.base,
            _refused(now, source, entity) if are else None,
            _refused(then, source, entity) if then and were else None,
        )
        for source, _ in parts
    }


def _settled(
    run: Run, entity: Table, rows: Rows, staging: Staging, *, is_then: bool = False, is_part: bool = False
) -> Settled:
    """What becomes of rows now, or became of them before the run."""

    def lookup(source: Source, feed: str) -> DataFrame:
        return holding(staging.whole(source, feed, then=is_then), with_history=False)

    read, suffix = (run.read_before, "__then") if is_then else (run.read, "")

    def reads(of: DataFrame) -> list[DataFrame]:
        found = []
        for table in entity.reads:
            link, name = entity.rebuild.along.get(table.base), f"{entity.base}__{table.base}"
            if is_part and link and link.through:  # else what names it isn't known before the build
                named = keys_of(run, f"{name}__keys{suffix}", table.pick(*link.on), of)
                found.append(named.set_down(run, f"{name}__rows{suffix}", table, before=is_then))
            else:
                found.append(read(table.name))
        return found

    judged = judge(entity, rows, lookup, reads) if rows else run.lake.empty(candidate_table(entity))
    settled = settle(run, entity, judged, suffix)
    if settled.merged:  # read more than once
        settled = replace(settled, rows=scratch(run, f"{entity.base}{suffix}__rows", entity.columns, settled.rows)[0])
    return settled


def _holding(staged: DataFrame, entity: Table) -> DataFrame:
    return holding(staged, with_history=entity.keeps_history)


def _refused(settled: Settled, source: Source, entity: Table) -> DataFrame:
    return refused_rows(settled.candidates.where(F.col("source") == source.source), entity.base)
