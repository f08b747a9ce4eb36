"""A warehouse that another program runs: what loading asks of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from shoplake.contract import Table, View
from shoplake.errors import ShoplakeError
from shoplake.runs.manifest import Manifest
from shoplake.warehouse.parity import Figures, named
from shoplake.warehouse.portable import Speech, figures_in
from shoplake.warehouse.published import Published
from shoplake.warehouse.views import literal

# Table -> its columns, as the warehouse's own catalog tells them.
Layout = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a warehouse holds: number and run of a published state, and how its tables were made."""

    number: int
    run_id: str
    layout: Layout


class Warehouse(Protocol):
    """One connection, for one load. Until `swap` readers see what they saw before; then all of what is new."""

    def loaded(self) -> Loaded | None:
        """What is there; None in a new warehouse."""

    def layout(self) -> Layout:
        """The tables that readers see, as they are."""

    def begin(self, published: Published) -> None:
        """Remove what a load that was cut off has left, and make room beside what is there."""

    def fill(self, table: Table) -> None:
        """Make the table aside, with its rows."""

    def figures(self, table: Table) -> Figures:
        """Count the table that was made aside."""

    def swap(self, views: Iterable[View]) -> None:
        """Let readers see what was made aside, and remove what they saw before."""


class Target(Protocol):
    """Where to load: a kind of warehouse, and how to come there."""

    title: str

    def connect(self) -> AbstractContextManager[Warehouse]:
        """Raises what the driver raises; `explain` makes a sentence of it."""

    def explain(self, failure: Exception) -> ShoplakeError | None:
        """What a driver's error means to a user; None where it isn't the warehouse's."""

    def is_passing(self, failure: Exception) -> bool:
        """Whether it may go away by itself within a minute."""


class Sql:
    """The part that is the same wherever SQL is asked over a connection of Python's database interface."""

    speech: Speech

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def run(self, *statements: str) -> None:
        for sql in statements:
            self.connection.cursor().execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.cursor().execute(sql).fetchall()]

    def count(self, table: Table, place: str) -> Figures:
        """The figures of a table, which lies at `place`."""
        wanted = figures_in(self.speech, table)
        (values,) = self.rows(f"SELECT {', '.join(wanted.values())} FROM {place}")
        return named(wanted, values)

    def layout_of(self, schema: str) -> Layout:
        found: dict[str, list[str]] = {}
        for table, column, kind, *sizes in self.rows(
            "SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE"
            f" FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = {literal(schema)} ORDER BY 1, ORDINAL_POSITION"
        ):
            size = ",".join(str(each) for each in sizes if each is not None)
            found.setdefault(table, []).append(f"{column} {kind}({size})" if size else f"{column} {kind}")
        return found

    def loaded_from(self, table: str) -> Loaded | None:
        """What the record of a publication says."""
        found = self.rows(f"SELECT number, run_id, layout FROM {table}")
        return Loaded(int(found[0][0]), str(found[0][1]), json.loads(found[0][2])) if found else None


def record(manifest: Manifest, layout: Layout) -> str:
    """The values of the record of a publication, for an INSERT."""
    texts = (manifest.run_id, manifest.published_at, manifest.as_of.isoformat(), json.dumps(layout))
    return f"{manifest.number}, {', '.join(map(literal, texts))}"
