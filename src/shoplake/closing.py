"""A month is closed: its figures are kept as they are published, whatever comes later."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from shoplake.config import Project
from shoplake.errors import DeclarationError
from shoplake.gold.marts.restatement import TABLE, figures
from shoplake.lake import Engine
from shoplake.runs.closings import Closing, Closings, already_closed
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress, Silent
from shoplake.states.publish import verify


def close(project: Project, month: str, progress: Progress | None = None, engine: Engine | None = None) -> Closing:
    """Write down what is published of a month. Runs show from then on what they change in it.

    Raises DeclarationError where it is closed, isn't over at the reference date, or nothing was sold in it;
    QualityError where a table that it is read from isn't as it was published.
    """
    with only_one(project.lock), project.lake(engine) as lake:
        manifest = Manifests(project.manifests).chosen(None)
        closings = Closings(project.closings)
        _check(month, manifest, closings)
        names = [read.name for read in TABLE.reads]
        verify(lake, {name: manifest.tables[name] for name in names}, progress or Silent())
        sold, back, products = (lake.read(name, manifest.tables[name].version) for name in names)
        rows = [row.asDict() for row in figures(sold, back, products, [month]).collect()]
        if not rows:
            remedy = '`shoplake query "select distinct order_month from fact_sales"` shows the months'
            raise DeclarationError("nothing was sold in it and nothing came back", where=month, remedy=remedy)
        found = [{name: str(value) for name, value in row.items() if name != "closed_month"} for row in rows]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        closing = Closing(month, now, manifest.number, manifest.as_of, tuple(sorted(found, key=repr)))
        closings.publish(closing)
    return closing


def reopen(project: Project, month: str) -> None:
    """Open a month again: what is published of it is no longer compared. Raises DeclarationError where it is open."""
    with only_one(project.lock):
        Closings(project.closings).reopen(month)


def _check(month: str, manifest: Manifest, closings: Closings) -> None:
    last = last_day(month)
    if last >= manifest.as_of:
        raise DeclarationError(
            f"it isn't over: what is published is as of {manifest.as_of}",
            where=month,
            remedy="Close it when a run has published a later day",
        )
    if closings.closed(month):
        raise already_closed(month)


def last_day(month: str) -> date:
    """The last day of a month.

    >>> last_day("2024-02")
    datetime.date(2024, 2, 29)
    """
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", month):
        raise DeclarationError("it is no month", where=month, remedy="Such as: 2017-11")
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
