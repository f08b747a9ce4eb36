"""What a lake holds, read past the engine: by DuckDB from the files that the manifest names."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb

from shoplake.config import Project
from shoplake.gold import contracts
from shoplake.lake import Lake
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.warehouse.duckdb_table import duckdb_type
from shoplake.warehouse.query import ask
from tests.conftest import in_common

_DIGEST = "(select (count(*), bit_xor(hash(t)), sum(hash(t)::hugeint)) from {} as t)"


@cache
def _gold() -> list[str]:
    return sorted(table.name for table in contracts().values() if table.name.startswith("gold."))


def seen_by_a_query(project: Project) -> tuple[int, Any]:
    """The number of what is published, and a digest of each gold table, as one query of a user has them."""
    if not project.warehouse.exists():
        return 0, None
    digests = ", ".join(_DIGEST.format(name) for name in _gold())
    (row,) = ask(project.warehouse, f"select (select number from shoplake.publication), {digests}").rows
    return row[0], row[1:]


def seen_by_the_manifest(project: Project) -> tuple[int, Any]:
    """The same, from the files that the newest manifest names."""
    manifest = Manifests(project.manifests).latest()
    if manifest is None:
        return 0, None
    with duckdb.connect() as db:
        db.execute("set TimeZone = 'UTC'")
        digests = ", ".join(_DIGEST.format(_files(project, manifest, name)) for name in _gold())
        return manifest.number, db.execute(f"select {digests}").fetchone()


def tables(project: Project) -> dict[str, list[Any]]:
    """All rows of all published tables, sorted."""
    manifest = Manifests(project.manifests).latest()
    assert manifest is not None
    return {name: _rows(project, manifest, name) for name in manifest.tables}


def _rows(project: Project, manifest: Manifest, name: str) -> list[Any]:
    if not manifest.tables[name].rows:
        return []
    return sorted(
        duckdb.execute(f"select {in_common(name)} from {_files(project, manifest, name)}").fetchall(), key=repr
    )


def _files(project: Project, manifest: Manifest, name: str) -> str:
    lake, version = Lake(project.data), manifest.tables[name].version
    files = [str(file) for file in lake.files(name, version)]
    contract = lake.contract(name, version)
    if not files:
        empty = ", ".join(f'null::{duckdb_type(column.type)} as "{column.name}"' for column in contract.columns)
        return f"(select {empty} where false)"
    columns = ", ".join(contract.column_names)  # that of the partitions comes last in the files
    return f"(select {columns} from read_parquet({files}, hive_partitioning = true))"
