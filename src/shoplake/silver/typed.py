"""Bronze to staging: the rows of a feed with their types. They are kept, and a run types new loads alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.drift import Drift, set_aside
from shoplake.bronze.load import Load
from shoplake.bronze.tell_drift import note_type_changes
from shoplake.contract import Reason
from shoplake.lake import TableStore, TableVersion
from shoplake.runs.run import Due, Run, loads_of
from shoplake.silver.parse import is_row, parse, staging_table
from shoplake.silver.type_change import with_type_changes
from shoplake.sources.declaration import Source

# Where more rows are new than so many times those that are there, everything is looked at.
_MOST_NEW = 0.5


@dataclass(frozen=True, slots=True)
class TypedFeed:
    """The typed rows of a feed: `now`, and what is `left` of those before a run (None: all are new, or others).

    `new` and `lost` are the loads that came and went in between.
    """

    source: Source
    feed: str
    now: TableVersion
    loads: tuple[Load, ...]
    left: TableVersion | None = None
    new: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()

    @property
    def loads_then(self) -> int:
        """How many loads there were."""
        return len(self.loads) - len(self.new) + len(self.lost)

    @property
    def is_changed(self) -> bool:
        return self.left is None or bool(self.new or self.lost)

    def rows(self, run: Run) -> DataFrame:
        return run.read(self.now.table)

    def rows_then(self, run: Run) -> DataFrame:
        return run.read_before(self.now.table)

    def came(self, run: Run) -> DataFrame | None:
        """The rows of new loads; None where these have none: Sail 0.7.2 can't filter a union with nothing."""
        if not self.new or self.left is None:
            return None
        if self.now.rows == self.left.rows:
            return None
        return rows_of_loads(run, self.now, self.left, self.new)

    def went(self, run: Run) -> DataFrame | None:
        """The rows of loads that count no longer."""
        return self.rows_then(run).where(F.col("_load_id").isin(*self.lost)) if self.lost else None


def rows_of_loads(run: Run, now: TableVersion, then: TableVersion, loads: Collection[str]) -> DataFrame:
    """The rows of loads that came since a version."""
    if run.is_anew(now.table):
        return run.read(now.table).where(F.col("_load_id").isin(*loads))
    return run.lake.added(now, then, loads)


def due_of(run: Run, source: Source, feed: str) -> Due:
    """What a feed's typed rows need."""
    declared = [source.parse[feed].model_dump(), source.change_of(feed).model_dump()]
    zone = [source.time_zone, source.clock_changes]
    return run.due(staging_table(source, feed), declared, zone, inputs=[source.bronze(feed)])


def type_feed(run: Run, source: Source, feed: str) -> TypedFeed:
    """Bring a feed's typed rows up to its bronze table."""
    table, due = staging_table(source, feed), due_of(run, source, feed)
    loads = tuple(Load.from_json(load) for load in loads_of(run.loads, source.source, feed))
    if due is Due.NO:
        kept = run.kept_version(table.name)
        return TypedFeed(source, feed, kept, loads, kept)
    before = {load.load_id: load for load in map(Load.from_json, run.kept_loads(source.source, feed))}
    new = [load for load in loads if load.load_id not in before]
    is_told_otherwise = any(_told(load) != _told(before[load.load_id]) for load in loads if load.load_id in before)
    there = run.kept_version(table.name).rows if before and due is Due.DATA else 0
    if due is Due.WHOLE or is_told_otherwise or sum(load.rows for load in new) > _MOST_NEW * there:
        made = run.build(table.name, partial(_write_all, run, source, feed, list(loads)))
        return TypedFeed(source, feed, made, loads)
    lost = frozenset(before.keys() - {load.load_id for load in loads})
    left = run.version_before(table.name)
    if lost:
        left = run.lake.remove(table.name, "_load_id", lost, run.run_id)
    made = run.build(table.name, partial(_add, run, source, feed, new, left, list(loads)), anew=False)
    return TypedFeed(source, feed, made, loads, left, frozenset(load.load_id for load in new), lost)


def _told(load: Load) -> tuple[object, ...]:
    """What the types of a load's rows hang on, beside the rows."""
    return load.holds_from, [each for each in load.drift if each.kind != Reason.TYPE_CHANGE]


def typed_rows(bronze: DataFrame, source: Source, feed: str, loads: list[Load]) -> DataFrame:
    """The rows of a feed's table with their types."""
    declared, holds_from = source.parse[feed], {load.load_id: load.holds_from for load in loads}
    return parse(bronze.where(is_row(declared)), source, feed, holds_from, set_aside(loads))


def write_typed(
    lake: TableStore, source: Source, feed: str, bronze: DataFrame, loads: list[Load], run_id: str
) -> tuple[TableVersion, dict[str, list[Drift]]]:
    """Write the whole `staging.<source>__<feed>`; gives the changes of type by load, too."""
    table = staging_table(source, feed)
    made = lake.overwrite(table, typed_rows(bronze, source, feed, loads), run_id)
    judged, types = with_type_changes(
        lake.read(table.name, made.version), source.parse[feed], source.change_of(feed), loads
    )
    return (lake.overwrite(table, judged, run_id) if types else made), types


def _write_all(run: Run, source: Source, feed: str, loads: list[Load]) -> TableVersion:
    bronze = run.read(source.bronze(feed))
    made, types = write_typed(run.lake, source, feed, bronze, loads, run.run_id)
    note_type_changes(run, source, feed, loads, types)
    return made


def _add(run: Run, source: Source, feed: str, new: list[Load], left: TableVersion, loads: list[Load]) -> TableVersion:
    """Add the rows of new loads to those that are left."""
    table, bronze = staging_table(source, feed), source.bronze(feed)
    if not new:
        return left
    came = rows_of_loads(run, run.version(bronze), run.kept_version(bronze), [load.load_id for load in new])
    made = run.lake.append(table, typed_rows(came, source, feed, new), run.run_id)
    added = run.lake.added(made, left, [load.load_id for load in new])
    judged, types = with_type_changes(added, source.parse[feed], source.change_of(feed), new)
    if types:
        kept = run.lake.read(table.name, left.version)
        made = run.lake.overwrite(table, kept.unionByName(judged), run.run_id)
    known = {load.load_id: [each for each in load.drift if each.kind == Reason.TYPE_CHANGE] for load in loads}
    note_type_changes(run, source, feed, loads, known | types)
    return made
