"""The SQL of a warehouse as files for people to read and run: file name -> text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from shoplake.contract import Table, View
from shoplake.warehouse import fabric, postgres_sql, serverless, synapse, tsql, tsql_names
from shoplake.warehouse.access import ANALYST, SHARED
from shoplake.warehouse.snapshot import address
from shoplake.warehouse.views import SCHEMA, ddl, views_of

LAKE = "abfss://lake@$(account).dfs.core.windows.net/shop"
_NUMBER = "$(number)"


class Kind(StrEnum):
    """Whose SQL."""

    postgres = "postgres"
    synapse = "synapse"
    serverless = "synapse-serverless"
    fabric = "fabric"


def render(kind: Kind, tables: Sequence[Table], views: Iterable[View] = (), lake: str = LAKE) -> dict[str, str]:
    """`views`: in the warehouse's SQL; `lake`: its root as Azure's services name it."""
    by_name = sorted(tables, key=lambda table: table.name)
    if kind is Kind.postgres:
        return _postgres(by_name, views)
    if kind is Kind.serverless:
        return _serverless(by_name, lake)
    return _loaded(synapse if kind is Kind.synapse else fabric, by_name, lake)


def _postgres(tables: Sequence[Table], views: Iterable[View]) -> dict[str, str]:
    made = ["CREATE SCHEMA IF NOT EXISTS gold"]
    for table in tables:
        made += [postgres_sql.create(table, "gold"), *postgres_sql.finish(table, "gold")]
    shown = [ddl(view, postgres_sql.AS_READER) for view in (*views_of(tables), *views)]
    files = {
        "01_roles.sql": ("Roles, by whoever may create them, in the warehouse's database.", [postgres_sql.ROLES]),
        "02_home.sql": ("What stays from load to load.", postgres_sql.HOME),
        "03_tables.sql": ("What a load makes aside.", [*made, *postgres_sql.foreign_keys(tables, "gold")]),
        "04_views.sql": ("Views under the names that people use.", [f"CREATE SCHEMA {SCHEMA}", *shown]),
        "05_access.sql": ("Who reads what.", list(postgres_sql.grants(tables, (ANALYST, SHARED)))),
    }
    return {name: _file(about, statements, ";\n") for name, (about, statements) in files.items()}


def _serverless(tables: Sequence[Table], lake: str) -> dict[str, str]:
    master, *inside = serverless.database(lake)
    files = {
        "01_database.sql": ("The database and the way to the lake.", [master, f"USE {serverless.DATABASE}", *inside]),
        "02_views.sql": ("A view of each table, over its Delta folder.", [serverless.view(table) for table in tables]),
        "03_access.sql": ("Who reads what.", serverless.grants(tables)),
    }
    return {name: _file(about, statements, "\nGO\n") for name, (about, statements) in files.items()}


def _loaded(dialect: tsql.Dialect, tables: Sequence[Table], lake: str) -> dict[str, str]:
    slot = dialect.aside("")
    filled: list[str] = []
    for table in tables:
        filled += dialect.fill(table, slot, address(lake, _NUMBER, table), _NUMBER)
    switched = dialect.switch({table.base: list(table.column_names) for table in tables}, slot, ())
    if dialect.IS_ATOMIC:
        switched = ["BEGIN TRANSACTION", *switched, "COMMIT TRANSACTION"]
    rights = [*tsql_names.roles(), *tsql_names.loads(dialect.SCHEMAS), *dialect.WORKLOAD]
    files = {
        "01_home.sql": ("What stays from load to load, by an administrator, once.", [*dialect.HOME, *rights]),
        "02_tables.sql": ("What a load makes aside, from the exported files of a state.", filled),
        "03_switch.sql": ("Readers see what was made.", switched),
        "04_access.sql": ("Who reads what.", tsql_names.grants(tables)),
    }
    return {name: _file(about, statements, "\nGO\n") for name, (about, statements) in files.items()}


def _file(about: str, statements: Iterable[str], end: str) -> str:
    head = f"-- {about} Made from the contracts by `shoplake warehouse render`; don't edit.\n"
    return head + "".join(f"\n{statement}{end}" for statement in statements)
