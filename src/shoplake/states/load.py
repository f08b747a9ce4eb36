"""A published state goes to a warehouse, which is compared with it before anybody sees it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from enum import StrEnum

from shoplake.config import Project
from shoplake.contract import View
from shoplake.errors import DeclarationError
from shoplake.lake import CatalogLake, Engine, Files, Lake, TableStore
from shoplake.lake.session import in_bytes
from shoplake.metrics.catalog import project_catalog, project_tables
from shoplake.metrics.views import views
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.states.publish import fill_duckdb, follow
from shoplake.warehouse import databricks, duckdb_file, fabric, render, synapse
from shoplake.warehouse.copies import Copies
from shoplake.warehouse.load import load as load_into
from shoplake.warehouse.postgres import Postgres
from shoplake.warehouse.published import open_published
from shoplake.warehouse.target import Target
from shoplake.warehouse.tsql import TSql


class Kind(StrEnum):
    """Where to."""

    duckdb = "duckdb"
    databricks = "databricks"
    postgres = "postgres"
    synapse = "synapse"
    fabric = "fabric"


# Those that are reached by a connection string, SHOPLAKE_<KIND> in the environment -> an example of it.
CONNECTED = {
    Kind.postgres: "postgresql://user@host:5432/database",
    Kind.synapse: "Server=<workspace>.sql.azuresynapse.net;Database=<pool>;Authentication=ActiveDirectoryDefault",
    Kind.fabric: "Server=<id>.datawarehouse.fabric.microsoft.com;Database=<name>;Authentication=ActiveDirectoryDefault",
}


def load(project: Project, kind: Kind, progress: Progress, engine: Engine | None = None) -> tuple[Manifest, bool]:
    """Bring a warehouse up to what is published: the state, and whether there was anything to do.

    Raises DeclarationError where nothing is published or no connection is named, else what `warehouse.load` raises.
    """
    if kind is Kind.databricks and not project.catalog:
        raise DeclarationError("its views need tables in a catalog", where="databricks", remedy="Set `catalog`")
    manifest = Manifests(project.manifests).chosen(None)
    target = _target(project, kind) if kind in CONNECTED else None
    with ExitStack() as stack:
        lake = stack.enter_context(project.lake(engine))
        if kind is not Kind.postgres or isinstance(lake, CatalogLake):  # else nothing is written to the lake
            stack.enter_context(only_one(project.lock))
            manifest = Manifests(project.manifests).chosen(None)  # a run may have published before it let go
        if kind is Kind.databricks:
            return manifest, follow(project, lake, manifest)
        if target is None and duckdb_file.holds(project.duckdb_file, manifest):
            return manifest, False
        files, theirs = _files(project, lake, manifest, progress)
        if target is None:
            fill_duckdb(project, files, theirs)
            return manifest, True
        most = in_bytes(project.engine.memory) // 2 if project.engine.memory else None
        published = stack.enter_context(open_published(files, theirs, most))
        return manifest, load_into(target, published, _views(project, kind), progress)


def _files(project: Project, lake: TableStore, manifest: Manifest, progress: Progress) -> tuple[Files, Manifest]:
    """The files of what is published, and the manifest that names them."""
    if isinstance(lake, CatalogLake):
        copies = Copies(lake, manifest, project.data / "copies")
        copies.make(progress)
        return copies, copies.manifest
    assert isinstance(lake, Lake)
    return lake, manifest


def _views(project: Project, kind: str) -> tuple[View, ...]:
    """The questions that a warehouse answers beside its tables."""
    if kind != Kind.postgres:
        return ()
    return tuple(views(project_catalog(project.folder, project.business), "postgres"))


def rendered(project: Project, kind: str) -> dict[str, str]:
    """The SQL of a warehouse for the project's tables as they are declared now: file name -> text."""
    tables = tuple(project_tables(project.folder, project.business).values())
    if kind == Kind.databricks:
        metrics = project_catalog(project.folder, project.business)
        return {"views.sql": databricks.rendered(project.catalog or "<catalog>", tables, project.unity, metrics)}
    lake = project.address if "://" in project.address else render.LAKE
    return render.render(render.Kind(kind), tables, _views(project, kind), lake)


def _target(project: Project, kind: Kind) -> Target:
    name = f"SHOPLAKE_{kind.value.upper()}"
    where = os.environ.get(name, "").strip()
    if not where:
        remedy = f"Set it in the environment, such as {name}={CONNECTED[kind]}; on Databricks name its `secret_scope`"
        raise DeclarationError("no connection string is set", where=name, remedy=remedy)
    root, exports = project.address, project.data / "exports"
    if kind is Kind.synapse:
        return TSql("Synapse", name, where, synapse, root, exports)
    if kind is Kind.fabric:
        return TSql("Fabric", name, where, fabric, root, exports)
    return Postgres(where)
