"""Reads Delta tables by name, always by version."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError
from shoplake.lake.base import ANEW, TableStore, TableVersion
from shoplake.lake.location import plain
from shoplake.lake.log import drop_later_hint, has_files, log_digest
from shoplake.lake.place import Place, at_hand
from shoplake.lake.refusals import is_of_storage
from shoplake.lake.schema import contract_of, has_columns

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame

    from shoplake.lake.session import Engine


class Tables(TableStore):
    """The tables under one root: `<layer>.<base>` lives in `<root>/<layer>/<base>`."""

    def __init__(
        self, root: Place, engine: Engine | Callable[[], Engine] | None = None, *, cores: int | None = None
    ) -> None:
        super().__init__(engine, cores=cores)
        self.root = plain(root, self)
        self._opened: dict[tuple[str, int], DeltaTable] = {}

    def path(self, name: str) -> Place:
        layer, _, base = name.partition(".")
        return self.root / layer / base

    def read(self, name: str, version: int) -> DataFrame:
        drop_later_hint(self.path(name), version)
        reader = self.engine.read.format("delta").option("versionAsOf", version)
        return reader.load(self._location(name))

    def added(self, after: TableVersion, before: TableVersion, loads: Collection[str]) -> DataFrame:
        """Read from the files that came alone; one that was written anew also holds rows of other loads.

        One engine must have written them: Sail 0.7.2 can't merge the array columns of its own files and delta-rs'.
        """
        new = self.new_files(after, before)
        if not new:
            return self.read(after.table, after.version).limit(0)
        rows = self.engine.read.parquet(*[file.as_posix() for file in sorted(new)])
        return rows.where(rows["_load_id"].isin(*loads))

    def head(self, name: str) -> TableVersion:
        delta = self._open(name)
        self._opened[name, delta.version()] = delta
        return counted(name, delta)

    def exists(self, name: str, version: int | None = None) -> bool:
        """Whether its log can be read; the rest of a creation or removal that was cut off is no table."""
        try:
            self._open(name, version)
        except (QualityError, MachineError):
            return False
        return True

    def holds(self, table: Table, version: int, log: str) -> bool:
        """Whether a version can be read, has the contract's columns, a log of that digest and all its files."""
        try:
            delta = self._open(table.name, version)
            return has_columns(delta, table) and log_digest(delta) == log and has_files(delta, self.path(table.name))
        except (QualityError, MachineError, OSError) as failure:
            if is_of_storage(failure):
                raise
            return False

    def log_digest(self, name: str, version: int) -> str:
        return log_digest(self._open(name, version))

    def contract(self, name: str, version: int) -> Table:
        return contract_of(self._open(name, version), name)

    def files(self, name: str, version: int | None = None) -> list[Place]:
        """The data files of a version (the newest by default), for a reader that takes Parquet."""
        paths = self._open(name, version).get_add_actions(flatten=True)["path"].to_pylist()
        return sorted(self.path(name) / unquote(path) for path in paths)

    def at_hand(self, name: str, files: Iterable[str]) -> AbstractContextManager[Path]:
        """A folder of this machine with data files of a table, for a reader that can't enter a store."""
        return at_hand(self.path(name), files)

    def sizes(self, name: str, version: int) -> dict[str, int]:
        """The bytes of each data file of a version, as the log tells."""
        actions = self._open(name, version).get_add_actions(flatten=True)
        return dict(zip(map(unquote, actions["path"].to_pylist()), actions["size_bytes"].to_pylist(), strict=True))

    def new_files(self, after: TableVersion, before: TableVersion) -> set[Place]:
        """The data files that came since a version."""
        return set(self.files(after.table, after.version)) - set(self.files(before.table, before.version))

    def partitions(self, table: Table, version: int) -> dict[str | None, int]:
        found: dict[str | None, int] = {}
        for value, rows in self._by_file(table, version).values():
            found[value] = found.get(value, 0) + rows
        return found

    def _by_file(self, table: Table, version: int) -> dict[str, tuple[str | None, int]]:
        """The partition and the number of rows of each file."""
        actions = self._open(table.name, version).get_add_actions(flatten=True)
        files = actions["path"].to_pylist()
        values = actions[f"partition.{table.partitioned_by}"].to_pylist() if files else []
        return dict(zip(files, zip(values, actions["num_records"].to_pylist(), strict=True), strict=True))

    def greatest(self, name: str, version: int, column: str) -> Any:
        """By the statistics of its files."""
        actions = self._open(name, version).get_add_actions(flatten=True)
        found = [value for value in actions[f"max.{column}"].to_pylist() if value is not None]
        return max(found, default=None)

    def _open(self, name: str, version: int | None = None) -> DeltaTable:
        """The table at a version, whose log is read once; else its head as it is now."""
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            if version is None:
                return DeltaTable(self._location(name))
            if (name, version) not in self._opened:
                self._opened[name, version] = DeltaTable(self._location(name), version=version)
            return self._opened[name, version]
        except (DeltaError, OSError) as failure:
            if is_of_storage(failure):
                raise  # it says nothing of the table: who took it for broken would put it aside
            if not self.path(name).exists():
                raise MachineError("the table's folder is gone", where=name, remedy=ANEW) from failure
            raise QualityError(
                f"the table can't be read at version {version}: {failure}",
                where=name,
                remedy=ANEW,
            ) from failure

    def _location(self, name: str) -> str:
        return self.path(name).as_posix()

    def _forget(self, name: str) -> None:
        """Versions of this number will be others."""
        self._opened = {key: delta for key, delta in self._opened.items() if key[0] != name}


def counted(name: str, delta: DeltaTable) -> TableVersion:
    return TableVersion(name, delta.version(), sum(delta.get_add_actions(flatten=True)["num_records"].to_pylist()))
