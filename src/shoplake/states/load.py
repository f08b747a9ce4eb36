"""A published state goes to a warehouse, which is compared with it before anybody sees it."""

from __future__ import annotations

import os
from enum import StrEnum

from shoplake.config import Project
from shoplake.errors import DeclarationError
from shoplake.lake import Engine
from shoplake.lake.session import in_bytes
from shoplake.metrics.catalog import project_catalog, project_tables
from shoplake.metrics.views import views
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.states.publish import follow
from shoplake.warehouse import databricks, fabric, render, synapse
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


_EXAMPLES = {
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
    if kind is Kind.duckdb:
        _ = project.warehouse  # says what to ask where there is none
    if kind in {Kind.duckdb, Kind.databricks}:
        with only_one(project.lock), project.lake(engine) as lake:
            return manifest, follow(project, lake, manifest)
    files = project.files("Ask the views of Databricks SQL, or load from a lake whose tables lie below `data`")
    target = _target(project, kind)
    asked = views(project_catalog(project.folder, project.business), "postgres") if kind is Kind.postgres else ()
    most = in_bytes(project.engine.memory) // 2 if project.engine.memory else None
    with open_published(files, manifest, most) as published:
        return manifest, load_into(target, published, asked, progress)


def rendered(project: Project, kind: str) -> dict[str, str]:
    """The SQL of a warehouse for the project's tables as they are declared now: file name -> text."""
    tables = tuple(project_tables(project.folder, project.business).values())
    if kind == Kind.databricks:
        metrics = project_catalog(project.folder, project.business)
        return {"views.sql": databricks.rendered(project.catalog or "<catalog>", tables, project.unity, metrics)}
    asked = views(project_catalog(project.folder, project.business), "postgres") if kind == "postgres" else ()
    lake = str(project.data) if "://" in str(project.data) else render.LAKE
    return render.render(render.Kind(kind), tables, asked, lake)


def _target(project: Project, kind: Kind) -> Target:
    name = f"SHOPLAKE_{kind.value.upper()}"
    where = os.environ.get(name, "").strip()
    if not where:
        remedy = f"Set it in the environment, such as {name}={_EXAMPLES[kind]}"
        raise DeclarationError("no connection string is set", where=name, remedy=remedy)
    root, exports = str(project.data), project.data / "exports"
    if kind is Kind.synapse:
        return TSql("Synapse", name, where, synapse, root, exports)
    if kind is Kind.fabric:
        return TSql("Fabric", name, where, fabric, root, exports)
    return Postgres(where)
