"""Maintenance: small files are made large, and states that nobody goes back to any more are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from shoplake.config import Project
from shoplake.lake import CatalogLake, Lake, TableVersion
from shoplake.lake.durability import make_durable
from shoplake.lake.place import below
from shoplake.lake.upkeep import Needed, begin_at, compact, is_scattered, remove, size_of, unneeded
from shoplake.runs.ledger import Ledger
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.open_run import OpenRun
from shoplake.runs.progress import Progress
from shoplake.runs.publication import restore_heads
from shoplake.states.maintain_catalog import maintain as maintain_catalog
from shoplake.states.publish import next_after, publish, record, verify
from shoplake.states.upkeep import Upkeep, first_kept


def maintain(project: Project, progress: Progress, *, dry_run: bool = False) -> Upkeep:
    """Compact tables, forget states after the declared retention, remove what no other state needs.

    A `dry_run` only looks: it compacts nothing, and tells what is to be removed as the files are now.
    """
    now, done = datetime.now(UTC), Upkeep()
    with only_one(project.lock), project.lake() as lake:
        if isinstance(lake, CatalogLake):
            return maintain_catalog(project, lake, progress, dry_run=dry_run)
        assert isinstance(lake, Lake)
        manifests = Manifests(project.manifests)
        latest = manifests.chosen(None)
        progress.stage("compact")
        scattered = [name for name in latest.tables if is_scattered(_sizes(lake, latest, name))]
        done.compacted = {name: (len(latest.tables[name].files), 1) for name in scattered}
        if not dry_run:
            OpenRun(project.open_run).give_up(manifests, Ledger(project.ledger), "maintenance began")
            restore_heads(lake, latest)
            if scattered:
                _compact(project, lake, latest, scattered, progress, done)
        progress.stage("clean")
        states = [manifests.read(number) for number in manifests.numbers()]
        first = first_kept([datetime.fromisoformat(each.published_at) for each in states], now, project.retention)
        done.forgotten, done.kept = ([each.number for each in part] for part in (states[:first], states[first:]))
        needed = _needed(lake, states[first:])
        rest = list(unneeded(lake, needed))
        if not dry_run:  # first the states: whoever is killed here leaves files that nobody needs, not the reverse
            manifests.remove(done.forgotten)
            rest += [path for name, versions in needed.items() for path in begin_at(lake.path(name), min(versions))]
        for path in rest:
            done.removed, done.freed = done.removed + 1, done.freed + size_of(path)
            if not dry_run:
                remove(path)
    return done


def _needed(lake: Lake, states: Sequence[Manifest]) -> Needed:
    found: dict[str, dict[int, set[str]]] = {}
    for state in states:
        for name, table in state.tables.items():
            found.setdefault(name, {}).setdefault(table.version, set()).update(table.files)
    for held in {(each.table, each.version): each for state in states for each in state.held}.values():
        root = lake.path(held.table)
        files = {below(file, root) for file in lake.files(held.table, held.version)}
        found.setdefault(held.table, {}).setdefault(held.version, set()).update(files)
    return found


def _sizes(lake: Lake, state: Manifest, name: str) -> dict[str, int]:
    return lake.sizes(name, state.tables[name].version)


def _compact(
    project: Project, lake: Lake, latest: Manifest, names: list[str], progress: Progress, done: Upkeep
) -> None:
    """Publish the same rows in fewer files; from a damaged file other rows would be made, with good digests."""
    verify(lake, {name: latest.tables[name] for name in names}, progress)
    manifest = next_after(latest, latest, "maintain")
    tables = dict(latest.tables)
    for name in names:
        progress.table(name)
        table = tables[name]
        made = compact(lake, TableVersion(name, table.version, table.rows), manifest.run_id)
        files = make_durable(lake, name, made.version, table.version, table.files)
        log = lake.log_digest(name, made.version)
        tables[name] = replace(table, version=made.version, log=log, files=files)
        done.compacted[name] = (len(table.files), len(files))
    publish(project, lake, replace(manifest, tables=tables))
    record(project, manifest, "maintain", f"{len(names)} tables have fewer files, and the same rows")
    done.number = manifest.number
