"""Reads and writes Delta tables by name, always by version."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError
from shoplake.lake.failures import explained
from shoplake.lake.location import plain
from shoplake.lake.log import cut_off, drop_later_hint, has_files, log_digest, put_aside
from shoplake.lake.nulls import nulls_in
from shoplake.lake.schema import check_schema, contract_of, create, has_columns, is_declared_so, spark_schema

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyspark.sql import DataFrame

    from shoplake.lake.session import Engine

ANEW = "Run `shoplake run --full` to build it anew (`--reland` from the raw files), or restore it from a backup"
_TRIES = 4
_BYTES_PER_TASK = 128 << 20
_CONFLICT = (
    "ConcurrentModification",
    "concurrent",
    "version already exists",
    "Transaction failed",
    "Failed to commit transaction",
)


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One committed state of a table: `rows` as its log counts them."""

    table: str
    version: int
    rows: int


class Lake:
    """The tables under one root: `<layer>.<base>` lives in `<root>/<layer>/<base>`."""

    def __init__(
        self, root: Path, engine: Engine | Callable[[], Engine] | None = None, *, cores: int | None = None
    ) -> None:
        self.root = plain(root, self)
        self._engine, self._cores = engine, cores

    @property
    def engine(self) -> Engine:
        """The session; where the lake was given a way to open one, it is opened at the first use."""
        if callable(self._engine):
            self._engine = self._engine()
        assert self._engine is not None, "this lake was opened without an engine"
        return self._engine

    def tasks(self, size: int) -> int:
        """In how many tasks to read `size` bytes: on one machine one for each core, as each holds a writer's rows."""
        return self._cores or 1 + size // _BYTES_PER_TASK

    def path(self, name: str) -> Path:
        layer, _, base = name.partition(".")
        return self.root / layer / base

    def read(self, name: str, version: int) -> DataFrame:
        """The table as it was at a version."""
        drop_later_hint(self.path(name), version)
        reader = self.engine.read.format("delta").option("versionAsOf", version)
        return reader.load(self._location(name))

    def added(self, after: TableVersion, before: TableVersion) -> DataFrame:
        """The rows in files that came since a version of an unpartitioned table; not those that were there."""
        new = set(self.files(after.table, after.version)) - set(self.files(before.table, before.version))
        if not new:
            return self.read(after.table, after.version).limit(0)
        return self.engine.read.parquet(*[file.as_posix() for file in sorted(new)])

    def empty(self, table: Table) -> DataFrame:
        """No rows, with the table's columns."""
        return self.engine.createDataFrame([], spark_schema(table))

    def overwrite(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit `frame` as the whole table. It isn't published until a manifest names its version."""
        return self._write(table, frame, run_id, "overwrite")

    def append(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit `frame` beside the rows that are there."""
        return self._write(table, frame, run_id, "append")

    def remove(self, name: str, column: str, values: Collection[str], run_id: str) -> TableVersion:
        """Commit the table without the rows of which a text column holds one of the values."""
        from deltalake import CommitProperties

        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(values))
        with explained(name):
            before = self.head(name)
            named = CommitProperties(custom_metadata={"userMetadata": _metadata(run_id)})
            try:
                self._open(name).delete(f"{column} in ({listed})", commit_properties=named)
            except Exception:
                if not self._committed(run_id, before):
                    raise  # else only the answer was lost
            return self._written_by(run_id, before)

    def _write(self, table: Table, frame: DataFrame, run_id: str, mode: Literal["overwrite", "append"]) -> TableVersion:
        with explained(table.name):
            check_schema(frame, table)
            self._prepare(table)
            before = self.head(table.name)
            writer = frame.write.format("delta").mode(mode).option("userMetadata", _metadata(run_id))
            for attempt in range(1, _TRIES + 1):
                try:
                    writer.save(self._location(table.name))
                    break
                except Exception as failure:
                    if self._committed(run_id, before):
                        break  # only the answer was lost, and a second append would double the rows
                    lost = any(sign in str(failure) for sign in _CONFLICT)
                    if not lost or attempt == _TRIES:
                        raise
                    time.sleep(0.1 * 2**attempt)
            written = self._written_by(run_id, before)
            self._check_required(table, before, written)
            return written

    def head(self, name: str) -> TableVersion:
        """The newest version, published or not."""
        return self._counted(name, self._open(name).version())

    def exists(self, name: str, version: int | None = None) -> bool:
        """Whether its log can be read; the rest of a creation or removal that was cut off is no table."""
        try:
            self._open(name, version)
        except (QualityError, MachineError):
            return False
        return True

    def holds(self, table: Table, version: int, log: str) -> bool:
        """Whether a version can be read, has the contract's columns, a log of that digest and all its files."""
        with suppress(QualityError, MachineError, OSError):
            delta = self._open(table.name, version)
            return has_columns(delta, table) and log_digest(delta) == log and has_files(delta, self.path(table.name))
        return False

    def log_digest(self, name: str, version: int) -> str:
        """A digest of what the log says at a version."""
        return log_digest(self._open(name, version))

    def contract(self, name: str, version: int) -> Table:
        """What the log says of a table at a version: its columns with their meaning."""
        return contract_of(self._open(name, version), name)

    def files(self, name: str, version: int | None = None) -> list[Path]:
        """The data files of a version (the newest by default), for a reader that takes Parquet."""
        paths = self._open(name, version).get_add_actions(flatten=True)["path"].to_pylist()
        return sorted(self.path(name) / unquote(path) for path in paths)

    def restore(self, name: str, version: int) -> bool:
        """Put the head back on a version; false where it is there already."""
        with explained(name):
            if not self.exists(name):
                cut_off(self.path(name), version)
            head = self._open(name)
            if head.version() == version or self.files(name, version) == self.files(name):
                return False
            head.restore(version)
            return True

    def drop_layer(self, layer: str) -> None:
        """Remove a whole layer's tables with their history."""
        shutil.rmtree(self.root / layer, ignore_errors=True)

    def _counted(self, name: str, version: int) -> TableVersion:
        actions = self._open(name, version).get_add_actions(flatten=True)
        return TableVersion(name, version, sum(actions["num_records"].to_pylist()))

    def _committed(self, run_id: str, before: TableVersion) -> int | None:
        """The newest version since `before` that a run committed."""
        commits = [commit for commit in self._open(before.table).history(20) if commit["version"] > before.version]
        return next((commit["version"] for commit in commits if run_id in str(commit.get("userMetadata", ""))), None)

    def _written_by(self, run_id: str, before: TableVersion) -> TableVersion:
        """The newest version that this run committed: another writer's may have come after it."""
        committed = self._committed(run_id, before)
        if committed is not None:
            return self._counted(before.table, committed)
        if self.head(before.table) == before:
            return before  # no rows to add, or over no rows: the engine commits nothing
        raise MachineError(
            "another process writes to this table", where=before.table, remedy="Run one process at a time"
        )

    def _check_required(self, table: Table, before: TableVersion, written: TableVersion) -> None:
        """Refuse rows without a required value, as the files that were added count them."""
        required = [column.name for column in table.columns if column.required]
        added = set(self.files(table.name, written.version)) - set(self.files(table.name, before.version))
        for name, missing in nulls_in(added, required).items():
            if missing:
                raise QualityError(
                    f"{missing} rows have no {name}; nothing was published",
                    where=table.name,
                    remedy="Its build must fill the column, or its contract must not require it",
                )

    def _prepare(self, table: Table) -> None:
        """Create the table, or put a changed contract in its log, before rows are written to it."""
        if not self.exists(table.name):
            put_aside(self.path(table.name))
        elif is_declared_so(self._open(table.name), table):
            return
        create(self.path(table.name), table)

    def _open(self, name: str, version: int | None = None) -> DeltaTable:
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError

        try:
            return DeltaTable(self._location(name), version=version)
        except (DeltaError, OSError) as failure:
            if not self.path(name).exists():
                raise MachineError("the table's folder is gone", where=name, remedy=ANEW) from failure
            raise QualityError(
                f"the table can't be read at version {version}: {failure}",
                where=name,
                remedy=ANEW,
            ) from failure

    def _location(self, name: str) -> str:
        return self.path(name).as_posix()


def _metadata(run_id: str) -> str:
    return json.dumps({"run_id": run_id})
