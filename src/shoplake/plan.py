"""What a run would do, and why: the same questions as a run asks, and nothing is built."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shoplake import gold
from shoplake.bronze import land
from shoplake.bronze.arrivals import Arrivals, look_at
from shoplake.bronze.seen import Seen
from shoplake.config import Project
from shoplake.declared import declared
from shoplake.gold import model
from shoplake.gold.own.find import own_names
from shoplake.lake import TableVersion
from shoplake.pipeline import check_selection
from shoplake.runs.ledger import Ledger
from shoplake.runs.manifest import Manifests
from shoplake.runs.options import Options
from shoplake.runs.progress import Silent
from shoplake.runs.publication import gone
from shoplake.runs.run import Due, Run
from shoplake.silver import refine, typed
from shoplake.sources.catalog import load_sources


@dataclass
class Plan:
    """`files` by feed that a run would land, `tables` it would build with the reason, `notes` it would tell.

    `touched`: as a run records it, where it was rehearsed.
    """

    files: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    touched: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def listed(self) -> tuple[list[str], list[tuple[object, ...]]]:
        """Columns and rows to show; without a number where a table is built whole."""
        columns: list[str] = ["table", "is built because"]
        rows: list[tuple[object, ...]] = list(self.tables.items())
        if self.touched:
            columns += ["touched keys", "rows out", "rows in", "partitions replaced"]
            rows = [(*row, *self._touched(str(row[0]))) for row in rows]
        return columns, rows

    def _touched(self, table: str) -> tuple[object, ...]:
        of_table = self.touched.get(table, {})
        partitions = of_table.get("partitions", [])
        shown = "all" if not of_table or partitions is None else " ".join(partitions)
        return of_table.get("keys"), of_table.get("removed"), of_table.get("added"), shown


def plan(
    project: Project,
    *,
    full: bool = False,
    reland: bool = False,
    verify: bool = False,
    as_of: date | None = None,
    select: frozenset[str] = frozenset(),
) -> Plan:
    """What `run` would do with the same options. Writes nothing, and starts no engine but for a catalog."""
    sources = load_sources(project.folder, gold.contracts())
    check_selection(select, sources, own_names(project.folder))
    manifests, ledger, now = Manifests(project.manifests), Ledger(project.ledger), datetime.now(UTC)
    with project.lake() as lake:
        run = Run(lake, manifests, ledger, Silent(), now, Options(full or reland, reland, select))
        seen = Seen(project.seen, verify=verify or reland)
        arrivals = look_at(project.raw, sources.values(), run.previous, seen, run.now)
        return _plan(project, run, arrivals, as_of)


def _plan(project: Project, run: Run, arrivals: Arrivals, as_of: date | None) -> Plan:
    made_by, found = declared(project, arrivals.sources), Plan(notes=arrivals.notes)
    _bronze(run, arrivals, found)
    for source in arrivals.sources:
        for feed in source.parse:
            if typed.due_of(run, source, feed) is not Due.NO:
                _add(run, source.staging(feed), found)
    is_whole = refine.lacks_quarantine(run, arrivals.sources)
    for entity in made_by.entities:
        if refine.due_of(run, entity, arrivals.sources, force=is_whole) is not Due.NO:
            _add(run, entity.name, found)
    # Where new rows come, tables that need the date are built for them, whatever it is.
    last = run.previous.last_business_date if run.previous else run.now.date()
    reference_date = as_of or last + timedelta(days=1)
    for table in made_by.tables:
        if model.due_of(run, table, reference_date) is not Due.NO:
            _add(run, table.name, found)
    found.notes += [f"{name} is declared no longer, and is left out" for name in gone(run)]
    return found


def _bronze(run: Run, arrivals: Arrivals, found: Plan) -> None:
    for source in arrivals.sources:
        for feed in source.parse:
            loads, name = arrivals.loads[source.source, feed], source.bronze(feed)
            known = {load["load_id"] for load in run.kept_loads(source.source, feed)}
            due = land.due_of(run, source, feed, loads)
            if due is Due.NO:
                continue
            landed = [load for load in loads if not load.has_gone and (due is Due.WHOLE or load.load_id not in known)]
            found.files[f"{source.source}.{feed}"] = [load.file for load in landed]
            _add(run, name, found)


def _add(run: Run, name: str, found: Plan) -> None:
    """Count a table as built, so that what hangs on it is due too."""
    found.tables[name] = run.reasons[name]
    run.built[name] = TableVersion(name, -1, 0)
