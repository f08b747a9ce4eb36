"""PostgreSQL as a warehouse: rows by COPY into a schema aside, which a transaction puts in the place of the old one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from shoplake.contract import Table, View
from shoplake.errors import MachineError, QualityError, ShoplakeError
from shoplake.warehouse import postgres_keep as keep
from shoplake.warehouse import postgres_sql as sql
from shoplake.warehouse.access import ANALYST, LOADER, SHARED
from shoplake.warehouse.parity import Figures
from shoplake.warehouse.portable import POSTGRES
from shoplake.warehouse.postgres_errors import explained, is_passing
from shoplake.warehouse.published import Published
from shoplake.warehouse.target import Layout, Loaded, Sql, record
from shoplake.warehouse.views import SCHEMA, ddl, literal, quoted, views_of

_ASIDE, _OLD = "gold_next", "replaced_"
_LOCK = 0x73686F706C616B65  # «shoplake»
_SESSION = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET client_encoding = 'UTF8'; SET search_path = pg_catalog"
_PATIENCE = "60s"  # with who holds a lock


class Postgres:
    """`conninfo`: an address or a list of settings, as libpq takes it."""

    title = "PostgreSQL"

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    @contextmanager
    def connect(self) -> Iterator[PostgresWarehouse]:
        import psycopg

        with psycopg.connect(
            self._conninfo, autocommit=True, application_name="shoplake", connect_timeout=30
        ) as connection:
            connection.execute(_SESSION)
            yield PostgresWarehouse(connection)

    def explain(self, failure: Exception) -> ShoplakeError | None:
        return explained(failure)

    def is_passing(self, failure: Exception) -> bool:
        return is_passing(failure)


class PostgresWarehouse(Sql):
    """A connection that loads; other loads are kept out until it ends."""

    speech = POSTGRES
    _published: Published

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        ((version, encoding),) = self.rows(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
        )
        if version < 150000 or encoding != "UTF8":
            what = f"version {version // 10000} with {encoding}"
            remedy = "Load into a database of PostgreSQL 15 or newer whose encoding is UTF8"
            raise MachineError(f"this is {what}", where="PostgreSQL", remedy=remedy)
        ((is_free,),) = self.rows(f"SELECT pg_try_advisory_lock({_LOCK})")
        if not is_free:
            raise MachineError("another load is at work in it", where="PostgreSQL", remedy="Wait until it has ended")
        self._roles = {
            name
            for (name,) in self.rows(
                f"SELECT rolname FROM pg_roles WHERE rolname IN ('{LOADER}', '{ANALYST}', '{SHARED}')"
            )
        }
        # Roles are those of all databases of a server; this one may have been prepared for them or not.
        can = f"has_database_privilege('{LOADER}', current_database(), 'CREATE') AND pg_has_role('{LOADER}', 'member')"
        if LOADER in self._roles and self.rows(f"SELECT 1 WHERE {can}"):
            self.run(f"SET ROLE {LOADER}")

    def loaded(self) -> Loaded | None:
        if self.rows("SELECT to_regclass('shoplake.publication')") == [(None,)]:
            return None
        return self.loaded_from("shoplake.publication")

    def layout(self) -> Layout:
        return self.layout_of("gold")

    def begin(self, published: Published) -> None:
        self._published = published
        self._check_dependants()
        self._check_strangers()
        self.run(f"SET lock_timeout = '{_PATIENCE}'")
        self._drop_leftovers()
        self.run(*sql.HOME, f"CREATE SCHEMA {_ASIDE}")

    def fill(self, table: Table) -> None:
        from pyarrow import csv

        self.run(sql.create(table, _ASIDE))
        columns = ", ".join(map(quoted, table.column_names))
        options = csv.WriteOptions(include_header=False, quoting_style="all_valid")  # null is what has no quotes
        with self.connection.cursor().copy(
            f"COPY {_ASIDE}.{quoted(table.base)} ({columns}) FROM STDIN (FORMAT csv)"
        ) as copy:
            for batch in self._published.batches(table, as_text=True):
                text = io.BytesIO()
                csv.write_csv(batch, text, options)
                copy.write(text.getbuffer())
        self.run(*sql.finish(table, _ASIDE))

    def figures(self, table: Table) -> Figures:
        return self.count(table, f"{_ASIDE}.{quoted(table.base)}")

    def swap(self, views: Iterable[View]) -> None:
        from psycopg.errors import LockNotAvailable

        tables, manifest = self._published.tables, self._published.manifest
        self.run(*sql.foreign_keys(tables, _ASIDE))
        with self.connection.transaction():
            self._check_dependants()  # what came since the load began
            self._check_strangers()
            policies = keep.policies(self, _ASIDE)
            for schema in ("gold", SCHEMA):
                if self._has(schema):
                    self.run(f"ALTER SCHEMA {schema} RENAME TO {_OLD}{schema}")
            self.run(f"ALTER SCHEMA {_ASIDE} RENAME TO gold", f"CREATE SCHEMA {SCHEMA}")
            for view in views_of(tables):
                self._create(view)
            for view in views:
                self._create_if_it_can_be(view)
            self.run(*sql.grants(tables, self._roles))
            self.run(*keep.grants(self, _OLD), *policies)
            ours: Layout = {f"{SCHEMA}.{name}": [] for name in self._in_bi("v")}
            values = record(manifest, {**self.layout_of("gold"), **ours})
            columns = "number, run_id, published_at, as_of, layout"
            self.run(
                "DELETE FROM shoplake.publication", f"INSERT INTO shoplake.publication ({columns}) VALUES ({values})"
            )
        with suppress(LockNotAvailable):  # who still reads them is waited for by the next load
            self._drop_leftovers()

    def _check_dependants(self) -> None:
        if found := keep.dependants(self):
            raise QualityError(
                f"{found[0]} reads its tables, and would go with them; nothing was loaded",
                where="PostgreSQL",
                remedy="Drop it and make it anew after the load, or declare what it shows as a mart or a metric",
            )

    def _check_strangers(self) -> None:
        """Refuse to drop what no load has made: tables in the schema of the views, and views that aren't ours."""
        there = self.loaded()
        ours = there.layout if there else {}
        if found := self._in_bi("rpmf") + [name for name in self._in_bi("v") if f"{SCHEMA}.{name}" not in ours]:
            raise QualityError(
                f"it isn't one of those that were loaded, and the schema «{SCHEMA}» is made anew; nothing was loaded",
                where=f"{SCHEMA}.{found[0]} in PostgreSQL",
                remedy="Move it to another schema, or load into a database of its own",
            )

    def _in_bi(self, kinds: str) -> list[str]:
        """What is in the schema of the views, whoever made it."""
        found = self.rows(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
            f" WHERE s.nspname = '{SCHEMA}' AND c.relkind IN ({', '.join(map(literal, kinds))}) ORDER BY 1"
        )
        return [name for (name,) in found]

    def _create(self, view: View) -> None:
        self.run(ddl(view, sql.AS_READER))

    def _create_if_it_can_be(self, view: View) -> None:
        """`views` are declared now, and the tables are those of a state that may be an older one."""
        from psycopg.errors import UndefinedColumn, UndefinedTable

        with suppress(UndefinedColumn, UndefinedTable), self.connection.transaction():
            self._create(view)

    def _has(self, schema: str) -> bool:
        return bool(self.rows(f"SELECT 1 FROM pg_namespace WHERE nspname = {literal(schema)}"))

    def _drop_leftovers(self) -> None:
        for schema in (_ASIDE, f"{_OLD}{SCHEMA}", f"{_OLD}gold"):
            self.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
