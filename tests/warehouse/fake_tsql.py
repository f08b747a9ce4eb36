"""A server that understands what a load says in T-SQL, and loses its connection where a test wants it to.

It holds names, columns and what views show, and no rows: it checks that what is named is there, and that each
statement is one that its kind of server takes within a transaction.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

_COLUMN = re.compile(r"\[(\w+)\] (\w+)(?:\(([\d, max]+)\))?")


class OperationalError(Exception):
    __module__ = "mssql_python.exceptions"


@dataclass
class State:
    tables: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    filled: dict[str, str] = field(default_factory=dict)
    publication: tuple[Any, ...] | None = None


class FakeServer:
    """`figures`: table without its slot -> the row that counting it gives."""

    def __init__(self, figures: Callable[[str], tuple[Any, ...]], *, renames_in_transactions: bool) -> None:
        self.state, self.before = State(), None
        self.figures, self.renames_in_transactions = figures, renames_in_transactions
        self.said: list[str] = []
        self.fails_at = -1

    def module(self) -> ModuleType:
        """The driver."""
        found = ModuleType("mssql_python")
        found.connect = lambda *_, **__: self  # type: ignore[attr-defined]
        return found

    def cursor(self) -> FakeServer:
        return self

    def close(self) -> None:
        """What isn't committed is lost."""
        if self.before is not None:
            self.state, self.before = self.before, None

    def execute(self, sql: str) -> FakeServer:
        self.said.append(sql)
        if len(self.said) == self.fails_at:
            raise OperationalError("[08S01] Communication link failure")
        self.answer = self._answer(sql)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.answer

    def _answer(self, sql: str) -> list[tuple[Any, ...]]:
        state = self.state
        if sql.startswith("SELECT OBJECT_ID("):
            return [(1 if "shoplake.publication" in state.tables else None,)]
        if sql.startswith("SELECT number, run_id, layout"):
            return [state.publication[:3]] if state.publication else []
        if sql.startswith("SELECT slot"):
            return [state.publication[3:]] if state.publication else []
        if "INFORMATION_SCHEMA" in sql:
            schema = re.search(r"TABLE_SCHEMA = '(\w+)'", sql)[1]  # type: ignore[index]
            return [
                (name.partition(".")[2], column, kind, None, None, None)
                for name in sorted(state.tables)
                for column, kind in state.tables[name]
                if name.startswith(f"{schema}.")
            ]
        if sql.startswith("SELECT count(*)"):
            place = _name(sql.rpartition(" FROM ")[2])
            assert place in state.tables
            base = place.partition(".")[2].removesuffix("__next")
            assert state.filled[place].endswith(f"/gold/{base}/*.parquet")
            return [self.figures(base)]
        self._change(sql)
        return []

    def _change(self, sql: str) -> None:
        state = self.state
        if sql == "BEGIN TRANSACTION":
            self.before = copy.deepcopy(state)
        elif sql == "COMMIT TRANSACTION":
            self.before = None
        elif sql.startswith("DELETE FROM shoplake.publication"):
            state.publication = None
        elif found := re.match(
            r"INSERT INTO shoplake\.publication .* VALUES \((\d+), '(.*?)', '.*?', '.*?', '(.*)', '(\w*)'\)", sql
        ):
            state.publication = (int(found[1]), found[2], found[3], found[4])
        else:
            assert self.before is None or self.renames_in_transactions, "no DDL within a transaction"
            self._define(sql)

    def _define(self, sql: str) -> None:
        state = self.state
        if re.match(
            r"IF NOT EXISTS \(SELECT 1 FROM sys\.schemas|IF DATABASE_PRINCIPAL_ID|CREATE STATISTICS|GRANT", sql
        ):
            return
        if found := re.match(r"IF OBJECT_ID\('(\S+)', 'V'\) IS NOT NULL DROP VIEW", sql):
            state.views.pop(found[1], None)
        elif found := re.match(
            r"IF OBJECT_ID\('(\S+)', 'V'\) IS NULL EXEC\('CREATE VIEW \S+ AS SELECT (.*?) FROM (\S+)'\)", sql
        ):
            place = _name(found[3])
            assert re.findall(r"\w+", found[2]) == [column for column, _ in state.tables[place]]
            state.views[found[1]] = place
        elif found := re.match(r"IF OBJECT_ID\('(\S+)'\) IS NOT NULL DROP TABLE", sql):
            state.tables.pop(found[1], None)
        elif found := re.match(r"IF OBJECT_ID\('(\S+)'\) IS NULL CREATE TABLE", sql):
            state.tables.setdefault(found[1], [])
        elif found := re.match(r"DROP TABLE (IF EXISTS )?(\S+)$", sql):
            assert found[1] or _name(found[2]) in state.tables
            state.tables.pop(_name(found[2]), None)
        elif found := re.match(r"EXEC sp_rename 'gold\.(\w+)', '(\w+)'$", sql):
            assert f"gold.{found[2]}" not in state.tables
            for places in (state.tables, state.filled):
                places[f"gold.{found[2]}"] = places.pop(f"gold.{found[1]}")  # type: ignore[index, assignment]
        elif found := re.match(r"COPY INTO (\S+) \(.*\)\nFROM '(.*?)'", sql):
            assert _name(found[1]) in state.tables
            state.filled[_name(found[1])] = found[2]
        elif found := re.search(r"^CREATE TABLE (\S+)\nWITH .*AS SELECT (.*) FROM (\S+)$", sql, re.DOTALL):
            assert _name(found[1]) not in state.tables
            state.tables[_name(found[1])] = list(state.tables[_name(found[3])])
            state.filled[_name(found[1])] = state.filled[_name(found[3])]
        elif found := re.match(r"CREATE TABLE (\S+) \(\n(.*)\n\)", sql, re.DOTALL):
            assert _name(found[1]) not in state.tables
            state.tables[_name(found[1])] = [(each[1], each[2]) for each in _COLUMN.finditer(found[2])]
        else:
            assert re.match(r"ALTER TABLE \S+ ADD CONSTRAINT", sql), sql
            assert _name(sql.split()[2]) in state.tables


def _name(text: str) -> str:
    return text.replace("[", "").replace("]", "")
