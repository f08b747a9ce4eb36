"""A published state goes to a warehouse, which is compared with it before anybody sees it."""

from __future__ import annotations

import os
from enum import StrEnum

from shoplake.config import Project
from shoplake.errors import DeclarationError
from shoplake.lake.session import in_bytes
from shoplake.metrics.catalog import project_catalog, project_tables
from shoplake.metrics.views import views
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.states.publish import follow
from shoplake.warehouse import duckdb_file, fabric, render, synapse
from shoplake.warehouse.load import load as load_into
from shoplake.warehouse.postgres import Postgres
from shoplake.warehouse.published import open_published
from shoplake.warehouse.target import Target
from shoplake.warehouse.tsql import TSql


class Kind(StrEnum):
    """Where to."""

    duckdb = "duckdb"
    postgres = "postgres"
    synapse = "synapse"
    fabric = "fabric"


_EXAMPLES = {
    Kind.postgres: "postgresql://user@host:5432/database",
    Kind.synapse: "Server=<workspace>.sql.azuresynapse.net;Database=<pool>;Authentication=ActiveDirectoryDefault",
    Kind.fabric: "Server=<id>.datawarehouse.fabric.microsoft.com;Database=<name>;Authentication=ActiveDirectoryDefault",
}


def load(project: Project, kind: Kind, progress: Progress) -> tuple[Manifest, bool]:
    """Bring a warehouse up to what is published: the state, and whether there was anything to do.

    Raises DeclarationError where nothing is published or no connection is named, else what `warehouse.load` raises.
    """
    manifest = Manifests(project.manifests).chosen(None)
    if project.catalog and kind is Kind.duckdb:
        _ = project.warehouse  # says what to ask instead
    lake = project.files("Ask the views of Databricks SQL, or load from a lake whose tables lie below `data`")
    if kind is Kind.duckdb:
        with only_one(project.lock):
            is_new = duckdb_file.published_number(project.warehouse) != manifest.number
            follow(project, lake, manifest)
        return manifest, is_new
    target = _target(project, kind)
    asked = views(project_catalog(project.folder, project.business), "postgres") if kind is Kind.postgres else ()
    most = in_bytes(project.engine.memory) // 2 if project.engine.memory else None
    with open_published(lake, manifest, most) as published:
        return manifest, load_into(target, published, asked, progress)


def rendered(project: Project, kind: str) -> dict[str, str]:
    """The SQL of a warehouse for the project's tables as they are declared now: file name -> text."""
    tables = tuple(project_tables(project.folder, project.business).values())
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
