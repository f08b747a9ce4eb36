"""The published rows of gold, as whoever fills another warehouse reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from shoplake.contract import Table
from shoplake.lake import Files
from shoplake.lake.durability import damages
from shoplake.runs.manifest import Manifest, PublishedTable
from shoplake.warehouse.duckdb_table import duckdb_type
from shoplake.warehouse.parity import Figures, named, parquet
from shoplake.warehouse.portable import DUCKDB, figures_in
from shoplake.warehouse.views import literal

if TYPE_CHECKING:
    from pyarrow import RecordBatch

_ROWS = 50_000  # at a time, whatever the table's size


class Published:
    """The tables of one published state; `open_published` gives it. No row is held longer than it is handed on."""

    def __init__(self, db: duckdb.DuckDBPyConnection, lake: Files, manifest: Manifest) -> None:
        self.manifest = manifest
        self._db, self._lake = db, lake
        self._at_hand, self._root = ExitStack(), ("", Path())
        gold = {name: each for name, each in manifest.tables.items() if name.startswith("gold.")}
        self.tables = tuple(lake.contract(name, each.version) for name, each in gold.items())

    def of(self, table: Table) -> PublishedTable:
        return self.manifest.tables[table.name]

    def verify(self, table: Table) -> None:
        """Raise QualityError where a file isn't as it was published."""
        published = self.of(table)
        for damage in damages(self._lake, table.name, published.version, published.log, published.files):
            raise damage

    def batches(self, table: Table, *, as_text: bool = False) -> Iterator[RecordBatch]:
        """All columns in the contract's order, that of the partition too; `as_text`: as DuckDB writes them."""
        cells = [f'"{name}"::VARCHAR AS "{name}"' if as_text else f'"{name}"' for name in table.column_names]
        yield from self._ask(table, ", ".join(cells)).to_arrow_reader(_ROWS)

    def figures(self, table: Table) -> Figures:
        """What every engine works out alike of the rows."""
        return figures_of(self._db, table, self._files_of(table), self.of(table).files)

    def close(self) -> None:
        """Forget copies of files."""
        self._at_hand.close()

    def _files_of(self, table: Table) -> Path:
        """Where the files of a table are on this machine: those of one table at a time."""
        if self._root[0] != table.name:
            self.close()
            self._root = table.name, self._at_hand.enter_context(self._lake.at_hand(table.name, self.of(table).files))
        return self._root[1]

    def _ask(self, table: Table, cells: str) -> duckdb.DuckDBPyRelation:
        return self._db.sql(f"SELECT {cells} FROM {_rows(table, self._files_of(table), self.of(table).files)}")  # noqa: S608


def figures_of(db: duckdb.DuckDBPyConnection, table: Table, root: Path, files: Iterable[str]) -> Figures:
    """What every engine works out alike of a table's rows, from its files below `root`."""
    wanted = figures_in(DUCKDB, table)
    (values,) = db.sql(f"SELECT {', '.join(wanted.values())} FROM {_rows(table, root, files)}").fetchall()  # noqa: S608
    return named(wanted, values)


def _rows(table: Table, root: Path, files: Iterable[str]) -> str:
    listed = ", ".join(literal(str(root / file)) for file in sorted(files))
    nothing = ", ".join(f'NULL::{duckdb_type(column.type)} AS "{column.name}"' for column in table.columns)
    return parquet(table, files=f"[{listed}]") if listed else f"(SELECT {nothing}) WHERE false"


@contextmanager
def open_published(lake: Files, manifest: Manifest, most_bytes: int | None = None) -> Iterator[Published]:
    """`most_bytes`: of memory that reading may take."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        if most_bytes:
            db.execute(f"SET memory_limit = '{most_bytes}B'")
        with closing(Published(db, lake, manifest)) as published:
            yield published
