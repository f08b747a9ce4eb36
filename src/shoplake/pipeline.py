"""The order of everything: raw -> bronze -> silver -> gold -> published -> warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from shoplake import gold, silver
from shoplake.bronze.arrivals import look_at
from shoplake.bronze.land import land
from shoplake.bronze.seen import Seen
from shoplake.bronze.tell_drift import note_drift
from shoplake.config import Project
from shoplake.errors import DeclarationError, QualityError, ShoplakeError
from shoplake.gold.missing import report_missing
from shoplake.gold.model import model
from shoplake.gold.own.find import own_names, with_own
from shoplake.gold.unallocated import report_unallocated
from shoplake.gold.unconverted import report_unconverted
from shoplake.gold.unlinked import report_unlinked
from shoplake.lake import Engine, Lake, open_engine
from shoplake.lake.failures import explain, explained
from shoplake.runs.closings import Closings
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Progress, Silent
from shoplake.runs.publication import gone, prepare, restore_heads
from shoplake.runs.run import Run
from shoplake.silver.refine import refine
from shoplake.sources.catalog import load_sources
from shoplake.sources.declaration import Source
from shoplake.sources.extend import extras_of
from shoplake.states.publish import follow, publish
from shoplake.warehouse.bound import check_own


def run(
    project: Project,
    *,
    full: bool = False,
    reland: bool = False,
    verify: bool = False,
    as_of: date | None = None,
    select: frozenset[str] = frozenset(),
    rehearse: bool = False,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> RunRecord:
    """Bring the project's lake and warehouse up to its raw files; what can't be trusted isn't published.

    `full` builds everything anew from bronze, `reland` from the raw files that are there; `verify` reads the raw files
    to see whether they changed, where their size and time would do; `rehearse` builds all of it and publishes nothing.
    """
    sources = load_sources(project.folder, gold.contracts())
    check_selection(select, sources, own_names(project.folder))
    check_own(project.folder, project.business)
    with ExitStack() as stack:
        stack.enter_context(only_one(project.lock))
        opened = engine or (lambda: stack.enter_context(open_engine(project.engine)))
        lake = Lake(project.data, opened, cores=project.engine.cores_here)
        manifests, ledger = Manifests(project.manifests), Ledger(project.ledger)
        now, told = datetime.now(UTC), progress or Silent()
        this = Run(lake, manifests, ledger, told, now, full=full, reland=reland, select=select)
        with _recorded(this, (lambda _: None) if rehearse else ledger.write):
            with this.stage("raw"):
                restore_heads(lake, this.previous)
                seen = Seen(project.seen, verify=verify or reland)
                arrivals = look_at(project.raw, sources.values(), this.previous, seen, this.now)
                seen.save()
                this.held = arrivals.held
                this.record.notes += arrivals.notes
                note_drift(this, arrivals)
                extras = extras_of(arrivals.sources)
                business = project.business.reporting_in(source.currency for source in arrivals.sources)
                tables = with_own(
                    gold.tables(extras, business, Closings(project.closings).all()), project.folder, business
                )
            with this.stage("bronze"):
                land(this, arrivals, project.raw)
            with this.stage("silver"):
                entities = silver.entities(extras)
                refine(this, arrivals.sources, entities)
            with this.stage("gold"):
                day_after_last = _last_business_date(this) + timedelta(days=1)
                reference_date = as_of or day_after_last
                this.record.as_of = reference_date.isoformat()
                model(this, tables, reference_date)
                report_missing(this, entities, tables)
                report_unallocated(this)
                report_unconverted(this)
                report_unlinked(this, tables)
            with this.stage("publish"):
                this.account.check()
                _rehearsed(this) if rehearse else _publish(this, reference_date, project)
    return this.record


def check_selection(select: frozenset[str], sources: dict[str, Source], own: Iterable[str] = ()) -> None:
    """Refuse a name that nothing has; `own` are those of a project's own marts."""
    tables = [*own, *(table.name for table in gold.contracts().values())]
    tables += [source.bronze(feed) for source in sources.values() for feed in source.parse]
    known = {"bronze", "silver", "gold", *sources, *tables, *(name.partition(".")[2] for name in tables)}
    unknown = sorted(select - known)
    if unknown:
        near = get_close_matches(unknown[0], known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Name a source, a layer or a table"
        raise DeclarationError(f"nothing is called «{unknown[0]}»", where="--select", remedy=remedy)


def _publish(this: Run, reference_date: date, project: Project) -> None:
    is_new = bool(this.built or gone(this))
    manifest = prepare(this, reference_date) if is_new else this.previous
    assert manifest is not None
    this.progress.table("warehouse")
    if is_new:
        for name in manifest.tables:
            if name.startswith("gold."):
                this.version(name)  # looked through: the warehouse needs few of the files, other readers all
        publish(project, this.lake, manifest)
    else:
        follow(project, this.lake, manifest)
    this.lake.drop_layer("scratch")  # that of a run that was killed when it had published, too
    this.record.manifest = manifest.number
    this.record.outcome = "published" if is_new else "unchanged"


def _rehearsed(this: Run) -> None:
    restore_heads(this.lake, this.previous)
    this.lake.drop_layer("scratch")
    this.record.outcome = "rehearsed"


def _last_business_date(this: Run) -> date:
    """The last day with an order or a return; the reference date is by default the day after it."""
    dated = (("silver.order", "order_date"), ("silver.return_line", "return_date"))
    last = [this.lake.greatest(name, this.newest(name).version, column) for name, column in dated]
    if not (days := [day for day in last if day is not None]):
        raise QualityError(
            "no order and no return has a date; nothing was published",
            where="silver.order",
            remedy="Look at the quarantined rows and at the map of «order» in source.yml",
        )
    this.last_business_date = max(days)
    return this.last_business_date


@contextmanager
def _recorded(this: Run, write: Callable[[RunRecord], None]) -> Iterator[None]:
    """Write the run to the ledger however it ends; a failed one leaves the published state as it was."""
    try:
        write(this.record)  # a run that is killed stays «running»
        yield
    except BaseException as failure:
        shown = failure if isinstance(failure, ShoplakeError) else explain(failure, "shoplake run")
        this.record.outcome, this.record.error = "failed", str(shown)
        with suppress(Exception):  # a disk that is full for the tables is full for the ledger too
            write(_closed(this))
        if isinstance(failure, ShoplakeError) or not isinstance(failure, Exception):
            raise
        raise shown from failure
    else:
        with explained(f"run {this.run_id}, which is {this.record.outcome}"):
            write(_closed(this))


def _closed(this: Run) -> RunRecord:
    this.record.finished_at = datetime.now(UTC).isoformat(timespec="seconds")
    this.record.account = this.account.to_json()
    return this.record
