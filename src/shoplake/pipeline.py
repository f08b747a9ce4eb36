"""The order of everything: raw -> bronze -> silver -> gold -> published -> warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import Literal

from shoplake import gold, steps
from shoplake.config import Project
from shoplake.declared import declared
from shoplake.errors import DeclarationError, ShoplakeError
from shoplake.gold.own.find import own_names
from shoplake.lake import Engine, TableStore
from shoplake.lake.failures import explain, explained
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifests
from shoplake.runs.open_run import OpenRun
from shoplake.runs.options import Options
from shoplake.runs.progress import Progress, Silent
from shoplake.runs.publication import restore_heads
from shoplake.runs.run import Run
from shoplake.sources.catalog import load_sources
from shoplake.sources.declaration import Source
from shoplake.steps import Work
from shoplake.warehouse.bound import check_own

Step = Literal["bronze", "silver", "gold", "publish"]
# What comes after bronze, in this order.
LATER: dict[str, Callable[[Work], None]] = {
    "silver": steps.transform,
    "gold": steps.model,
    "publish": steps.publish,
}


def run(
    project: Project,
    *,
    until: Step = "publish",
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
    A run that goes only `until` an earlier step stays open for `proceed`; one that is open when another begins is given
    up.
    """
    sources = load_sources(project.folder, gold.contracts())
    check_selection(select, sources, own_names(project.folder))
    check_own(project.folder, project.business)
    with _at_work(project, engine) as lake:
        manifests, ledger, opened = _records(project)
        options = Options(full or reland, reland, select, as_of, rehearse)
        this = Run(lake, manifests, ledger, progress or Silent(), datetime.now(UTC), options)
        opened.check_closed() if rehearse else opened.give_up(manifests, ledger, f"run {this.run_id} began")
        with _recorded(this):
            work = steps.ingest(project, this, sources, verify=verify or reland)
            if until != "publish":
                _leave(work, "bronze")
            _go_on(work, "bronze", until, stays=until != "publish")
    return this.record


def proceed(
    project: Project,
    *,
    run_id: str = "",
    until: Step = "publish",
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> RunRecord:
    """Go on with the run that is open, which must be the one of `run_id` where that is given.

    A step that failed begins anew with what the step before it left; one that has ended isn't repeated. Raises
    DeclarationError where no such run is open, or where code, declarations or settings are others than when it began.
    """
    with _at_work(project, engine) as lake:
        manifests, ledger, opened = _records(project)
        left = opened.read()
        if left is None or run_id not in {"", left.run_id}:
            return _ended(run_id, ledger)
        sources = load_sources(project.folder, gold.contracts())
        made_by = declared(project, [source for name, source in sources.items() if name in left.sources])
        left.check(manifests, made_by.digest)
        work = Work(project, left.run(lake, manifests, ledger, progress or Silent()), made_by)
        with _recorded(work.run):
            restore_heads(lake, work.run.previous, work.run.built)
            _go_on(work, left.done, until, stays=True)
        if work.run.record.finished_at:
            opened.close()
    return work.run.record


def _go_on(work: Work, done: str, until: Step, *, stays: bool) -> None:
    """The steps after the one that is done; of a run that `stays`, what each leaves is written down."""
    order = ["bronze", *LATER]
    for step in order[order.index(done) + 1 : order.index(until) + 1]:
        LATER[step](work)
        if stays and step != "publish":
            _leave(work, step)


def _leave(work: Work, done: str) -> None:
    OpenRun(work.project.open_run).leave(work.run, done, work.made_by.names, work.made_by.digest)


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


@contextmanager
def _at_work(project: Project, engine: Engine | None) -> Iterator[TableStore]:
    """The lake, for one process at a time; the engine is opened at its first use."""
    with only_one(project.lock), project.lake(engine) as lake:
        yield lake


def _records(project: Project) -> tuple[Manifests, Ledger, OpenRun]:
    return Manifests(project.manifests), Ledger(project.ledger), OpenRun(project.open_run)


def _ended(run_id: str, ledger: Ledger) -> RunRecord:
    """The record of a run that has ended well: who asks for its last step once more finds it done."""
    record = ledger.find(run_id)
    if record and record.outcome in {"published", "unchanged"}:
        return record
    what = f"run {run_id} isn't open" if run_id else "no run is open"
    why = f": {record.error}" if record and record.error else ""
    raise DeclarationError(what + why, remedy="`shoplake run --until bronze` begins one that stays open")


@contextmanager
def _recorded(this: Run) -> Iterator[None]:
    """Write the run to the ledger however it ends; a failed one leaves the published state as it was."""
    write = (lambda _: None) if this.options.rehearse else this.ledger.write
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
    """Finished, unless it stays open."""
    if this.record.outcome != "running":
        this.record.finished_at = datetime.now(UTC).isoformat(timespec="seconds")
    this.record.account = this.account.to_json()
    return this.record
