"""The steps of a run: each begins with what the one before it left, in the same process or in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shoplake.bronze.arrivals import look_at
from shoplake.bronze.land import land
from shoplake.bronze.seen import Seen
from shoplake.bronze.tell_drift import note_drift
from shoplake.config import Project
from shoplake.declared import Declared, declared
from shoplake.errors import QualityError
from shoplake.gold import model as gold_model
from shoplake.gold.missing import report_missing
from shoplake.gold.unallocated import report_unallocated
from shoplake.gold.unconverted import report_unconverted
from shoplake.gold.unlinked import report_unlinked
from shoplake.runs.publication import gone, prepare, restore_heads
from shoplake.runs.run import Run
from shoplake.silver.refine import refine
from shoplake.sources.declaration import Source
from shoplake.states import publish as states


@dataclass(frozen=True, slots=True)
class Work:
    """What every step after the first works with."""

    project: Project
    run: Run
    made_by: Declared


def ingest(project: Project, this: Run, sources: Mapping[str, Source], *, verify: bool) -> Work:
    """Raw to bronze."""
    with this.stage("raw"):
        restore_heads(this.lake, this.previous)
        seen = Seen(project.seen, verify=verify)
        arrivals = look_at(project.raw, sources.values(), this.previous, seen, this.now)
        seen.save()
        this.held = arrivals.held
        this.record.notes += arrivals.notes
        note_drift(this, arrivals)
        made_by = declared(project, arrivals.sources)
    with this.stage("bronze"):
        land(this, arrivals, project.raw)
    return Work(project, this, made_by)


def transform(work: Work) -> None:
    """Bronze to silver."""
    with work.run.stage("silver"):
        refine(work.run, list(work.made_by.sources), work.made_by.entities)


def model(work: Work) -> None:
    """Silver to gold."""
    this, made_by = work.run, work.made_by
    with this.stage("gold"):
        day_after_last = _last_business_date(this) + timedelta(days=1)
        reference_date = this.options.as_of or day_after_last
        this.record.as_of = reference_date.isoformat()
        gold_model.model(this, made_by.tables, reference_date)
        report_missing(this, made_by.entities, made_by.tables)
        report_unallocated(this)
        report_unconverted(this)
        report_unlinked(this, made_by.tables)
        this.changes.clear()  # nobody asks any more what differs


def publish(work: Work) -> None:
    """The account is checked, and what was built becomes what readers see."""
    with work.run.stage("publish"):
        work.run.account.check()
        _rehearsed(work.run) if work.run.options.rehearse else _publish(work.run, work.project)


def _publish(this: Run, project: Project) -> None:
    is_new = bool(this.built or gone(this))
    manifest = this.manifests.latest()
    if is_new and (manifest is None or manifest.run_id != this.run_id):  # else it was killed when it had published
        manifest = prepare(this, date.fromisoformat(this.record.as_of))
    assert manifest is not None
    this.progress.table("warehouse")
    if is_new:
        for name in manifest.tables:
            if name.startswith("gold."):
                this.version(name)  # looked through: the warehouse needs few of the files, other readers all
        states.publish(project, this.lake, manifest)
    else:
        states.follow(project, this.lake, manifest)
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
