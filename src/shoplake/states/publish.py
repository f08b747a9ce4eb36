"""A state becomes public: the warehouse is ready before the manifest, and swapped in after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from shoplake.config import Project
from shoplake.lake import CatalogLake, Files, Lake, TableStore
from shoplake.lake.durability import damages
from shoplake.lake.session import in_bytes
from shoplake.metrics.catalog import project_catalog
from shoplake.metrics.views import views
from shoplake.runs.ledger import Ledger, RunRecord, later, new_run_id
from shoplake.runs.lock import check_held
from shoplake.runs.manifest import Kind, Manifest, Manifests, PublishedTable
from shoplake.runs.progress import Progress
from shoplake.warehouse import databricks, duckdb_file


def publish(project: Project, lake: TableStore, manifest: Manifest) -> None:
    """Create the manifest and let the warehouse follow; raises MachineError if its number is taken.

    Whoever is killed in between has published: the next run finds the old warehouse and brings it up to it.
    """
    fresh = _built(project, lake, manifest) if isinstance(lake, Lake) else None
    check_held(project.lock)
    Manifests(project.manifests).publish(manifest)
    if fresh:
        duckdb_file.swap_in(fresh, project.duckdb_file)
    else:
        follow(project, lake, manifest)


def follow(project: Project, lake: TableStore, manifest: Manifest) -> bool:
    """Bring the warehouse, or the views of a catalog, up to what is published; whether there was anything to do."""
    if isinstance(lake, CatalogLake):
        return databricks.follow(lake, manifest, project.unity, project_catalog(project.folder, project.business))
    assert isinstance(lake, Lake)
    if duckdb_file.holds(project.duckdb_file, manifest):
        return False
    fill_duckdb(project, lake, manifest)
    return True


def fill_duckdb(project: Project, files: Files, manifest: Manifest) -> None:
    """Bring the embedded warehouse to a state."""
    duckdb_file.swap_in(_built(project, files, manifest), project.duckdb_file)


def verify(lake: TableStore, tables: Mapping[str, PublishedTable], progress: Progress) -> None:
    """Read every file of published tables; raises QualityError at the first that isn't as it was published."""
    for name, table in tables.items():
        progress.table(name)
        for damage in damages(lake, name, table.version, table.log, table.files):
            raise damage


def next_after(latest: Manifest, content: Manifest, kind: Kind) -> Manifest:
    """The next number, with the content of a manifest."""
    now = later(datetime.now(UTC), [latest.run_id])
    told = now.isoformat(timespec="seconds")
    return replace(content, number=latest.number + 1, run_id=new_run_id(now), published_at=told, kind=kind)


def record(project: Project, manifest: Manifest, kind: Kind | Literal["restore"], note: str) -> RunRecord:
    """Tell the ledger of a state that no run has made."""
    now = datetime.now(UTC)
    told = RunRecord(
        run_id=new_run_id(now) if kind == "restore" else manifest.run_id,
        started_at=manifest.published_at,
        outcome="published",
        kind=kind,
        finished_at=now.isoformat(timespec="seconds"),
        as_of=manifest.as_of.isoformat(),
        manifest=manifest.number,
        notes=[note],
        account=manifest.account,
    )
    Ledger(project.ledger).write(told)
    return told


def _built(project: Project, files: Files, manifest: Manifest) -> Path:
    # The engine keeps much of what it took, so there is half as much for the warehouse.
    most = in_bytes(project.engine.memory) // 2 if project.engine.memory else None
    metrics = views(project_catalog(project.folder, project.business))
    return duckdb_file.build(files, manifest, project.duckdb_file, most, metrics)
