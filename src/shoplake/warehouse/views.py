"""The schema `bi`: tables and questions under the names that people use, for BI tools."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import duckdb

from shoplake.contract import Table, View, told_apart
from shoplake.lake.schema import described

SCHEMA = "bi"
# What tells the pipeline something and a reader nothing; a leading underscore says the same of a column.
_TECHNICAL = {"is_inferred"}


def view_of(table: Table) -> View:
    """A table without what is personal or technical. Keys stay: they join the views."""
    shown = [c for c in table.columns if not (c.personal or c.name in _TECHNICAL or c.name.startswith("_"))]
    names = told_apart({column.name: column.business_name for column in shown})
    columns = tuple(replace(column, title=names[column.name]) for column in shown)
    sql = f"SELECT {', '.join(quoted(column.name) for column in columns)} FROM {table.name}"  # noqa: S608
    return View(table.business_name, described(table), columns, sql)


def create_views(db: duckdb.DuckDBPyConnection, tables: Iterable[Table], more: Iterable[View]) -> None:
    """Make the schema anew: a view of each table, and `more`, of which one that asks for what isn't there is left out.

    `more` is declared now, and the tables are those of a state that may be an older one.
    """
    db.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
    for view in views_of(tables):
        db.execute(ddl(view))
    for view in more:
        with suppress(duckdb.CatalogException, duckdb.BinderException):
            db.execute(ddl(view))


def views_of(tables: Iterable[Table]) -> list[View]:
    """A view of each table, no two of one name."""
    own = {table.base: view_of(table) for table in tables}
    names = told_apart({name: view.title for name, view in own.items()})
    return [replace(view, title=names[name]) for name, view in own.items()]


def ddl(view: View, options: str = "") -> str:
    """The view's CREATE statement with its comments."""
    name = f"{SCHEMA}.{quoted(view.title)}"
    columns = ", ".join(quoted(column.business_name) for column in view.columns)
    comments = [f"COMMENT ON VIEW {name} IS {literal(view.meaning)}"]
    comments += [f"COMMENT ON COLUMN {name}.{quoted(c.business_name)} IS {literal(c.told)}" for c in view.columns]
    return "; ".join([f"CREATE VIEW {name} ({columns}){options} AS {view.sql}", *comments])


def quoted(name: str) -> str:
    """A name in SQL.

    >>> quoted('a "big" one')
    '"a ""big"" one"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"
