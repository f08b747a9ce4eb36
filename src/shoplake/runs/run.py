"""One run: what it builds, what it keeps of the last one, and what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shoplake.contract import Table
from shoplake.lake import TableStore, TableVersion
from shoplake.lake.durability import damages
from shoplake.runs.account import Account
from shoplake.runs.fingerprint import fingerprint, of_code
from shoplake.runs.ledger import Ledger, RunRecord, later, new_run_id
from shoplake.runs.manifest import Held, Manifest, Manifests, PublishedTable
from shoplake.runs.options import Options
from shoplake.runs.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Due(Enum):
    """What a table needs: nothing; its data changed; its definition did, or it isn't there as it was left."""

    NO = auto()
    DATA = auto()
    WHOLE = auto()


# Why a table is built.
ABSENT = "it isn't there yet"
ASKED_FOR = "it was asked for"
DAMAGED = "it isn't there as it was left"
REDEFINED = "code, contract or declaration are others"
OTHER_DATA = "what it is made of changes"


@dataclass(frozen=True, slots=True)
class Change:
    """What a run does to the rows of a table: None where it is none of them; `written`: where that can be read."""

    removed: DataFrame | None = None
    added: DataFrame | None = None
    written: TableVersion | None = None

    @property
    def frames(self) -> list[DataFrame]:
        return [frame for frame in (self.removed, self.added) if frame is not None]


class Run:
    """The state of a run. A table is built at most once, then read at the version that was built or kept."""

    def __init__(
        self,
        lake: TableStore,
        manifests: Manifests,
        ledger: Ledger,
        progress: Progress,
        now: datetime,
        options: Options,
    ) -> None:
        self.lake, self.manifests, self.ledger, self.progress = lake, manifests, ledger, progress
        self.options = options
        self.previous: Manifest | None = manifests.latest()
        # Files are ordered by when they were first seen, runs by when they began.
        self.now = later(now, [*ledger.run_ids()[:1], *([self.previous.run_id] if self.previous else [])])
        self.record = RunRecord(run_id=new_run_id(self.now), started_at=self.now.isoformat(timespec="seconds"))
        if self.now - now > timedelta(minutes=1):
            begun = self.record.started_at
            self.record.notes.append(f"the clock stands before the last run; this one counts as begun at {begun}")
        self.account = Account()
        self.loads: list[dict[str, Any]] = []
        self.held: tuple[Held, ...] = self.previous.held if self.previous else ()
        self.last_business_date: date | None = None
        self.built: dict[str, TableVersion] = {}
        self.definitions: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.reasons: dict[str, str] = {}
        self.changes: dict[str, Change] = {}
        self.scratch: dict[str, TableVersion] = {}
        self.grown: set[str] = set()  # built, and with files of the version before
        self.files: dict[str, dict[str, str]] = {}  # SHA-256 of those that are on disk, by table
        self._intact: set[str] = set()

    @property
    def run_id(self) -> str:
        return self.record.run_id

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage under its name."""
        self.progress.stage(name)
        start = time.perf_counter()
        yield
        self.record.stages[name] = self.record.stages.get(name, 0.0) + time.perf_counter() - start

    def due(
        self,
        table: Table,
        *parts: Any,
        inputs: Iterable[str] = (),
        data: object = None,
        data_then: object = None,
        force: bool = False,
    ) -> Due:
        """Whether a table isn't what it would be now, and in `reasons` why; remembers what it is made from.

        Its definition is code, contract and `parts`; its data are its inputs and `data`, which may have been
        `data_then`. A selection builds what it names and what hangs on that, and keeps the rest as it is published.
        What somebody removed from the lake, and what has other columns now, is built whatever is selected.
        """
        name, known = table.name, self.kept(table.name)
        layer = name.partition(".")[0]
        definition = definition_of(name, *parts)
        state = fingerprint(definition, data, [self.states.get(i, "") for i in inputs])
        is_changed = any(i in self.built for i in inputs)
        is_anew = force or (self.options.full and layer != "bronze")
        if known is None or is_anew or not self.holds(table):
            found, why = Due.WHOLE, ABSENT if known is None else ASKED_FOR if is_anew else DAMAGED
        elif self.options.select and not self._is_selected(name) and not is_changed:
            found, why = Due.NO, ""
        elif known.definition != definition:
            found, why = Due.WHOLE, REDEFINED
        elif known.state != state or (self.options.select and is_changed):
            is_in_step = layer == "bronze" or self._was_made_of(name, definition, data_then or data, inputs)
            found, why = Due.DATA if is_in_step else Due.WHOLE, OTHER_DATA
        else:  # who names a table wants it built; what has landed is another matter
            found, why = Due.WHOLE if self.options.select and layer != "bronze" else Due.NO, ASKED_FOR
        self.reasons[name] = "" if found is Due.NO else why
        is_kept = found is Due.NO and known is not None
        self.definitions[name] = known.definition if is_kept else definition  # type: ignore[union-attr]
        self.states[name] = known.state if is_kept else state  # type: ignore[union-attr]
        return found

    def _was_made_of(self, name: str, definition: str, data: object, inputs: Iterable[str]) -> bool:
        """Whether a kept table was made of the kept versions of its inputs: then their change is all that matters."""
        known, then = self.kept(name), [self.kept(each) for each in inputs]
        return known is not None and known.state == fingerprint(
            definition, data, [each.state if each else "" for each in then]
        )

    def holds(self, table: Table) -> bool:
        """Whether a table is there as it was left, as far as its log and the sizes of its files tell."""
        known = self.kept(table.name)
        return known is not None and self.lake.holds(table, known.version, known.log)

    def build(self, name: str, make: Callable[[], TableVersion], *, anew: bool = True) -> TableVersion:
        """Build a table and remember its version; one that isn't made `anew` may have files of the version before."""
        self.progress.table(name)
        start = time.perf_counter()
        made = make()
        self.built[name] = made
        self.grown |= set() if anew else {name}
        self.record.built[name] = made.rows
        self.progress.done(name, made.rows, time.perf_counter() - start)
        return made

    def touch(self, name: str, **what: Any) -> None:
        """Record what is touched of a table of which a part is built."""
        self.record.touched.setdefault(name, {}).update(what)

    def kept(self, name: str) -> PublishedTable | None:
        """The table as it is published."""
        return self.previous.tables.get(name) if self.previous else None

    def kept_loads(self, source: str, feed: str) -> list[dict[str, Any]]:
        """The published loads of a feed."""
        return loads_of(self.previous.loads if self.previous else (), source, feed)

    def keep(self, table: str) -> None:
        """Carry on the account of a table that isn't built anew."""
        then = self.kept_account
        self.account.entries += then.entries_of(table)
        self.account.refused += [each for each in then.refused if each.table == table]

    @cached_property
    def kept_account(self) -> Account:
        """What was accounted for when the published tables were built."""
        return Account.from_json(self.previous.account) if self.previous else Account()

    def version(self, name: str) -> TableVersion:
        """The table to read in this run: built now, or kept and then looked through once.

        A kept one that isn't as it was published raises: what it holds would get into others.
        """
        if self.is_anew(name):
            return self.built[name]
        self.version_before(name)
        return self.newest(name)

    def is_anew(self, name: str) -> bool:
        """Whether all of a table was written in this run."""
        return name in self.built and name not in self.grown

    def newest(self, name: str) -> TableVersion:
        """The table's version for what its log tells: nobody reads its rows by it."""
        return self.built.get(name) or self.kept_version(name)

    def version_before(self, name: str) -> TableVersion:
        """The table as it was before this run, looked through."""
        if name not in self._intact:
            published = self._published(name)
            for damage in damages(self.lake, name, published.version, published.log, published.files):
                raise damage
            self._intact.add(name)
        return self.kept_version(name)

    def kept_version(self, name: str) -> TableVersion:
        """The table as it was before this run, whatever has become of its files."""
        published = self._published(name)
        return TableVersion(name, published.version, published.rows)

    def _published(self, name: str) -> PublishedTable:
        kept = self.kept(name)
        assert kept is not None, f"{name} is neither built nor published"
        return kept

    def landed_in(self, name: str, load_id: str) -> int:
        """The version of a bronze table that has the rows of a load whose file may have gone."""
        held = next((held for held in self.held if held.load_id == load_id), None)
        return held.version if held else self.kept_version(name).version

    def read(self, name: str) -> DataFrame:
        return self.lake.read(name, self.version(name).version)

    def read_before(self, name: str) -> DataFrame:
        return self.lake.read(name, self.version_before(name).version)

    def _is_selected(self, name: str) -> bool:
        layer, _, base = name.partition(".")
        return not self.options.select.isdisjoint({name, layer, base, base.partition("__")[0]})


def definition_of(name: str, *parts: Any) -> str:
    """A digest of what a table is made by: the code of its layer, and declarations."""
    return fingerprint(of_code(name.partition(".")[0]), parts)


def loads_of(loads: Iterable[dict[str, Any]], source: str, feed: str) -> list[dict[str, Any]]:
    """The loads of one feed."""
    return [load for load in loads if (load["source"], load["feed"]) == (source, feed)]
