"""The typed rows of a run's feeds with their fates: all of a feed, or those of the things that a run touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.lake import union_of
from shoplake.runs.account import LOADED, Entry, moved
from shoplake.runs.keys import Keys
from shoplake.runs.run import Run
from shoplake.runs.scratch import scratch
from shoplake.silver.feed import HISTORY, decided, entries_of_bronze, entries_of_fates
from shoplake.silver.parse import staging_table
from shoplake.silver.typed import TypedFeed, rows_of_loads
from shoplake.sources.declaration import Source


@dataclass(frozen=True, slots=True)
class Part:
    """Typed rows with their fates: all those of some things, as they are and as they were before the run.

    None where there are none; `entries` say what became of them.
    """

    now: DataFrame | None
    then: DataFrame | None
    entries_now: list[Entry]
    entries_then: list[Entry]

    def read(self, *, with_history: bool) -> tuple[int, int]:
        """How many rows a map reads, now and then."""
        fates = {LOADED, *HISTORY} if with_history else {LOADED}
        now, then = ((e.rows for e in each if e.fate in fates) for each in (self.entries_now, self.entries_then))
        return sum(now), sum(then)


class Staging:
    """`dated`: the feeds of which a history is kept, as (source, feed)."""

    def __init__(self, run: Run, feeds: Iterable[TypedFeed], dated: set[tuple[str, str]]) -> None:
        self._run, self._dated = run, dated
        self.feeds = {(each.source.source, each.feed): each for each in feeds}
        self._wholes: dict[tuple[str, str, bool], DataFrame] = {}
        self.parts: dict[tuple[str, str], Part] = {}

    def of(self, source: Source, feed: str) -> TypedFeed:
        return self.feeds[source.source, feed]

    def whole(self, source: Source, feed: str, *, then: bool = False) -> DataFrame:
        """All rows of a feed, as they are or as they were `then`, before the run."""
        typed = self.of(source, feed)
        then = then and typed.is_changed
        if (source.source, feed, then) not in self._wholes:
            rows = typed.rows_then(self._run) if then else typed.rows(self._run)
            self._wholes[source.source, feed, then] = self._decided(typed, rows, then=then)
            if not then:
                self._account(typed)
        return self._wholes[source.source, feed, then]

    def has_whole(self, source: Source, feed: str) -> bool:
        return (source.source, feed, False) in self._wholes

    def part(self, source: Source, feed: str, entity: str, ids: Keys, id_: Expression) -> Part:
        """The rows of a feed for which `id_` is one of `ids` (a column «_id»), and all that came in this run."""
        typed, name = self.of(source, feed), f"{source.source}__{feed}__{entity}"
        rows = typed.rows_then(self._run).withColumn("_id", id_)
        touched = ids.among(rows, self._run.kept_version(typed.now.table).rows).drop("_id")
        columns = staging_table(source, feed).columns
        there, table = scratch(self._run, f"{name}__there", columns, touched)
        count = self._run.scratch[table.name].rows
        left = there.where(~F.col("_load_id").isin(*typed.lost)) if typed.lost else there
        came = typed.came(self._run)
        frames = [*([left] if count else []), *([came] if came is not None else [])]
        now = self._decided(typed, union_of(frames), entity) if frames else None
        then = self._decided(typed, there, entity, then=True) if count else None
        said = [entries_of_fates(staged, source, feed) if staged is not None else [] for staged in (now, then)]
        part = Part(now, then, *said)
        if (source.source, feed) not in self.parts:
            self.parts[source.source, feed] = part
            self._account(typed)
        return part

    def account(self) -> None:
        """Account for the feeds of which no entity was built."""
        for typed in self.feeds.values():
            if not typed.is_changed:
                self._account(typed)
            elif not self._is_accounted(typed):
                self.whole(typed.source, typed.feed)

    def _decided(self, typed: TypedFeed, rows: DataFrame, entity: str = "", *, then: bool = False) -> DataFrame:
        key, loads = (typed.source.source, typed.feed), typed.loads_then if then else len(typed.loads)
        settled = decided(rows, typed.source, typed.feed, loads, keeps_history=key in self._dated)
        if settled is rows:
            return rows
        name = "__".join(filter(None, (*key, entity, "then" if then else "")))
        return scratch(self._run, name, staging_table(typed.source, typed.feed).columns, settled)[0]

    def _is_accounted(self, typed: TypedFeed) -> bool:
        return bool(self._run.account.entries_of(typed.source.staging(typed.feed)))

    def _account(self, typed: TypedFeed) -> None:
        """Say what became of a feed's rows, once: of all of them, or of what changed."""
        run, source, feed = self._run, typed.source, typed.feed
        name, bronze = source.staging(feed), source.bronze(feed)
        if self._is_accounted(typed):
            return
        if not typed.is_changed and (source.source, feed, False) not in self._wholes:
            run.account.entries += run.kept_account.entries_of(name)
            return
        part = self.parts.get((source.source, feed))
        if part is None:
            read, *none_of_it = entries_of_bronze(run.read(bronze), source, feed)
            fates = entries_of_fates(self._wholes[source.source, feed, False], source, feed)
            run.account.entries += [read, *fates, *none_of_it]
            return
        minus, plus = list(part.entries_then), list(part.entries_now)
        if typed.lost:
            gone = run.read_before(bronze).where(F.col("_load_id").isin(*typed.lost))
            minus += entries_of_bronze(gone, source, feed)
        if typed.new:
            came = rows_of_loads(run, run.version(bronze), run.kept_version(bronze), typed.new)
            plus += entries_of_bronze(came, source, feed)
        run.account.entries += moved(run.kept_account.entries_of(name), minus, plus)
