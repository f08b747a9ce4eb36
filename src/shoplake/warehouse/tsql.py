"""Synapse's dedicated pool and Fabric's warehouse, loaded from the exported files of a published state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from shoplake.contract import Table, View
from shoplake.errors import MachineError, ShoplakeError
from shoplake.lake.place import Place
from shoplake.warehouse import tsql_names as t
from shoplake.warehouse.parity import Figures
from shoplake.warehouse.portable import TSQL
from shoplake.warehouse.published import Published
from shoplake.warehouse.snapshot import address, export, forget
from shoplake.warehouse.target import Layout, Loaded, Sql, record
from shoplake.warehouse.tsql_errors import explained, is_passing


class Dialect(Protocol):
    """The SQL of one of them: modules `synapse` and `fabric`."""

    IS_ATOMIC: bool
    SCHEMAS: tuple[str, ...]
    HOME: tuple[str, ...]
    WORKLOAD: tuple[str, ...]

    def aside(self, slot: str) -> str: ...
    def seen(self, slot: str) -> str: ...
    def schema_of(self, slot: str) -> str: ...
    def base_of(self, name: str, slot: str) -> str: ...
    def place(self, base: str, slot: str) -> str: ...
    def fill(self, table: Table, slot: str, url: str, tag: str) -> list[str]: ...
    def switch(self, columns: Mapping[str, list[str]], slot: str, gone: Iterable[str]) -> list[str]: ...
    def drop(self, names: Iterable[str], slot: str) -> list[str]: ...


class TSql:
    """`exports`: where files go; `root`: the lake as Azure's services name it."""

    def __init__(self, title: str, variable: str, connection: str, dialect: Dialect, root: str, exports: Place) -> None:
        self.title, self._variable, self._connection = title, variable, connection
        self._dialect, self._root, self._exports = dialect, root, exports

    @contextmanager
    def connect(self) -> Iterator[TSqlWarehouse]:
        import mssql_python

        connection = mssql_python.connect(self._connection, autocommit=True)
        try:
            yield TSqlWarehouse(connection, self._dialect, self._root, self._exports)
        finally:
            connection.close()

    def explain(self, failure: Exception) -> ShoplakeError | None:
        if isinstance(failure, ModuleNotFoundError):
            remedy = "Install it with: pip install 'shoplake[tsql]'"
            return MachineError(f"{failure.name} is not installed", remedy=remedy)
        return explained(failure, self.title, self._variable)

    def is_passing(self, failure: Exception) -> bool:
        return is_passing(failure)


class TSqlWarehouse(Sql):
    """A connection that loads; who starts it sees to it that no other load is at work.

    A slot is where a set of tables lies: that which readers see, and the one that is filled.
    """

    speech = TSQL
    _published: Published

    def __init__(self, connection: Any, dialect: Dialect, root: str, exports: Place) -> None:
        super().__init__(connection)
        self._dialect, self._root, self._exports = dialect, root, exports
        self._slot, self._there = "", None
        if self.rows("SELECT OBJECT_ID('shoplake.publication')") != [(None,)]:
            self._there = self.loaded_from("shoplake.publication")
        if self._there:
            ((self._slot,),) = self.rows("SELECT slot FROM shoplake.publication")
        self._aside = dialect.aside(self._slot)

    def loaded(self) -> Loaded | None:
        return self._there

    def layout(self) -> Layout:
        return self._tables(self._slot)

    def begin(self, published: Published) -> None:
        for table in published.tables:
            address(self._root, published.manifest.number, table)  # before anything is written
        self._published = published
        self.run(*self._dialect.HOME, *t.roles())
        if not self._dialect.IS_ATOMIC:  # what a switch that was cut off has left
            columns = {name: [c.rsplit(" ", 1)[0] for c in each] for name, each in self._layout_then().items()}
            new = [table.base for table in published.tables if table.base not in columns]
            self.run(*self._dialect.switch(columns, self._slot, new))
        self.run(*self._dialect.drop(self._tables(self._aside), self._aside))
        export(published, self._exports)

    def fill(self, table: Table) -> None:
        manifest = self._published.manifest
        url, tag = address(self._root, manifest.number, table), re.sub(r"\W", "", manifest.run_id)
        self.run(*self._dialect.fill(table, self._aside, url, tag))

    def figures(self, table: Table) -> Figures:
        return self.count(table, self._dialect.place(table.base, self._aside))

    def swap(self, views: Iterable[View]) -> None:  # noqa: ARG002
        tables, manifest = self._published.tables, self._published.manifest
        columns = {table.base: list(table.column_names) for table in tables}
        values = f"{record(manifest, self._tables(self._aside))}, '{self._dialect.seen(self._aside)}'"
        told = (
            "DELETE FROM shoplake.publication",
            f"INSERT INTO shoplake.publication (number, run_id, published_at, as_of, layout, slot) VALUES ({values})",
        )
        changes = self._dialect.switch(columns, self._aside, sorted(self._layout_then().keys() - columns.keys()))
        if self._dialect.IS_ATOMIC:
            self.run("BEGIN TRANSACTION", *changes, *told, "COMMIT TRANSACTION")
        else:
            self.run(*changes, "BEGIN TRANSACTION", *told, "COMMIT TRANSACTION")
        self.run(*t.grants(tables))
        forget(self._exports, manifest.number)

    def _layout_then(self) -> Layout:
        return self._there.layout if self._there else {}

    def _tables(self, slot: str) -> Layout:
        """The tables of a slot, as they are."""
        every = self.layout_of(self._dialect.schema_of(slot))
        return {base: columns for name, columns in every.items() if (base := self._dialect.base_of(name, slot))}
