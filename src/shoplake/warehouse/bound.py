"""Own metrics tried on empty tables: a formula that the warehouse can't work out is found before a run."""

from __future__ import annotations

from pathlib import Path

import duckdb

from shoplake.contract.business import Business
from shoplake.errors import DeclarationError
from shoplake.metrics.catalog import Catalog, load_catalog, own_files, project_tables
from shoplake.metrics.dialects import render
from shoplake.metrics.question import question
from shoplake.metrics.sql import select
from shoplake.warehouse.duckdb_table import ddl

_NUMBERS = ("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "BIGINT", "INTEGER", "UBIGINT")


def check_own(project: Path, business: Business) -> None:
    """Raise DeclarationError where a project's own metrics are declared wrongly, or give no number."""
    files = own_files(project)
    if not files:
        return
    tables = project_tables(project, business)
    catalog, package = (load_catalog(folder, tables) for folder in (project, Path("no project")))
    with duckdb.connect() as db:
        db.execute("CREATE SCHEMA gold")
        for table in tables.values():
            db.execute(ddl(table))
        for name in catalog.measures.keys() - package.measures.keys():
            _check(db, catalog, name, files[0].parent)


def _check(db: duckdb.DuckDBPyConnection, catalog: Catalog, name: str, folder: Path) -> None:
    try:
        kind = str(db.sql(render(select(question(catalog, [name])), "duckdb")).types[0])
    except duckdb.Error as failure:
        what = str(failure).splitlines()[0]
        raise DeclarationError(f"«{name}»: {what}", where=str(folder), remedy="Correct its formula") from failure
    if not kind.startswith(_NUMBERS):
        raise DeclarationError(f"«{name}» gives no number but {kind}", where=str(folder), remedy="Sum or count")
