"""Maintenance of tables in a catalog: its own statements, and a state that names what they made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shoplake.config import Project
from shoplake.errors import QualityError
from shoplake.lake import CatalogLake, TableVersion
from shoplake.lake.base import ANEW
from shoplake.lake.catalog_sql import is_outdated
from shoplake.lake.failures import explained
from shoplake.lake.upkeep import LAYERS
from shoplake.runs.ledger import Ledger
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.open_run import OpenRun
from shoplake.runs.progress import Progress
from shoplake.runs.publication import restore_heads
from shoplake.states.publish import next_after, publish, record
from shoplake.states.upkeep import Upkeep, first_kept
from shoplake.warehouse.copies import Copies


def maintain(project: Project, lake: CatalogLake, progress: Progress, *, dry_run: bool) -> Upkeep:
    """Compact tables, publish the versions that have the same rows in fewer files, forget old states, and vacuum.

    Versions that the catalog's own upkeep replaced would go with their retention, and views pinned to them fail: so
    this must run twice in that time. A `dry_run` tells of states only.
    """
    done, manifests = Upkeep(), Manifests(project.manifests)
    latest = manifests.chosen(None)
    if not dry_run:
        progress.stage("compact")
        OpenRun(project.open_run).give_up(manifests, Ledger(project.ledger), "maintenance began")
        restore_heads(lake, latest)
        _compact(project, lake, latest, progress, done)
    progress.stage("clean")
    states = [manifests.read(number) for number in manifests.numbers()]
    published = [datetime.fromisoformat(each.published_at) for each in states]
    first = first_kept(published, datetime.now(UTC), project.retention)
    done.forgotten, done.kept = ([each.number for each in part] for part in (states[:first], states[first:]))
    unneeded = list(_unneeded(lake, states[first:]))
    done.removed = len(unneeded)
    if not dry_run:
        manifests.remove(done.forgotten)
        for name in unneeded:
            lake.drop(name)
        for name in latest.tables:
            progress.table(name)
            with explained(name):
                lake.vacuum(name)
        Copies(lake, manifests.chosen(None), project.data / "copies").forget()
    return done


def _compact(project: Project, lake: CatalogLake, latest: Manifest, progress: Progress, done: Upkeep) -> None:
    half_way = datetime.now() - timedelta(days=project.retention / 2)  # noqa: DTZ005 - as Spark gives times
    manifest, tables = next_after(latest, latest, "maintain"), dict(latest.tables)
    for name, table in latest.tables.items():
        progress.table(name)
        with explained(name):
            files = lake.optimize(name)
            if any(files):
                done.compacted[name] = files
            if is_outdated(lake.history(name), table.version, half_way):
                made = _same_rows(lake.head(name), table.rows)
                tables[name] = replace(table, version=made.version, log=lake.log_digest(name, made.version))
    if tables != latest.tables:
        publish(project, lake, replace(manifest, tables=tables))
        record(project, manifest, "maintain", f"{len(done.compacted)} tables have fewer files, and the same rows")
        done.number = manifest.number


def _same_rows(made: TableVersion, rows: int) -> TableVersion:
    if made.rows != rows:
        what = f"{made.rows} rows in fewer files were {rows}; nothing was published"
        raise QualityError(what, where=made.table, remedy=ANEW)
    return made


def _unneeded(lake: CatalogLake, states: Iterable[Manifest]) -> Iterable[str]:
    """Tables that no state names, of those that a run has made: other people's stay."""
    named = {name for state in states for name in state.tables}
    for layer in LAYERS:
        for name in lake.tables(layer):
            if name not in named and lake.is_own(name):
                yield name
