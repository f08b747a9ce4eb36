"""What a run and its readers need of a lake, whether its tables lie in a folder, in a store or in a catalog."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError
from shoplake.lake.failures import explained
from shoplake.lake.schema import check_schema, spark_schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from shoplake.lake.session import Engine

Mode = Literal["overwrite", "append"]
ANEW = "Run `shoplake run --full` to build it anew (`--reland` from the raw files), or restore it from a backup"
_BYTES_PER_TASK = 128 << 20
_TRIES = 4
_CONFLICT = (
    "ConcurrentModification",
    "concurrent",
    "version already exists",
    "Transaction failed",
    "Failed to commit transaction",
)


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One committed state of a table, and how many `rows` it holds."""

    table: str
    version: int
    rows: int


class TableStore(ABC):
    """Tables `<layer>.<base>` with their versions. A write isn't published until a manifest names its version."""

    anew = ANEW

    def __init__(self, engine: Engine | Callable[[], Engine] | None = None, *, cores: int | None = None) -> None:
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

    def empty(self, table: Table) -> DataFrame:
        """No rows, with the table's columns."""
        return self.engine.createDataFrame([], spark_schema(table))

    @abstractmethod
    def read(self, name: str, version: int) -> DataFrame:
        """The table as it was at a version."""

    @abstractmethod
    def added(self, after: TableVersion, before: TableVersion, loads: Collection[str]) -> DataFrame:
        """The rows of some loads that came to an unpartitioned table since a version."""

    @abstractmethod
    def head(self, name: str) -> TableVersion:
        """The newest version, published or not."""

    def head_of(self, name: str) -> TableVersion | None:
        """The newest version; None where the log can't be read, as of a creation or removal that was cut off."""
        with suppress(QualityError, MachineError):
            return self.head(name)
        return None

    @abstractmethod
    def exists(self, name: str, version: int | None = None) -> bool:
        """Whether a table or a version of it can be read."""

    @abstractmethod
    def holds(self, table: Table, version: int, log: str) -> bool:
        """Whether a version can be read, has the contract's columns and a log of that digest."""

    @abstractmethod
    def log_digest(self, name: str, version: int) -> str:
        """A digest of what the log says at a version."""

    @abstractmethod
    def contract(self, name: str, version: int) -> Table:
        """What is written down of a table at a version: its columns with their meaning."""

    @abstractmethod
    def partitions(self, table: Table, version: int) -> dict[str | None, int]:
        """How many rows each partition of a version holds."""

    @abstractmethod
    def greatest(self, name: str, version: int, column: str) -> Any:
        """The greatest value of a column that isn't personal; None where it has none."""

    def overwrite(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit `frame` as the whole table."""
        return self._write(table, frame, run_id, "overwrite")

    def clear(self, table: Table, run_id: str) -> TableVersion:
        """The table without rows; where it has none, nothing is committed."""
        with explained(table.name):
            head = self._prepare(table, keeps_rows=False)
        return self.overwrite(table, self.empty(table), run_id) if head.rows else head

    def set_down(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit rows that have the columns of the table, as the whole of it."""
        return self._write(table, frame, run_id, "overwrite", is_known=True)

    def append(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit `frame` beside the rows that are there."""
        return self._write(table, frame, run_id, "append")

    @abstractmethod
    def replace(self, table: Table, frame: DataFrame, values: Collection[str | None], run_id: str) -> TableVersion:
        """Commit `frame` in place of the partitions with these values; none of its rows may belong to another."""

    @abstractmethod
    def remove(self, name: str, column: str, values: Collection[str], run_id: str) -> TableVersion:
        """Commit the table without the rows of which a text column holds one of the values."""

    @abstractmethod
    def restore(self, name: str, version: int) -> bool:
        """Put the head back on a version; false where it has its rows already, or where the version isn't there."""

    @abstractmethod
    def drop_layer(self, layer: str) -> None:
        """Remove a whole layer's tables with their history."""

    def _write(
        self,
        table: Table,
        frame: DataFrame,
        run_id: str,
        mode: Mode,
        replaced: str | None = None,
        *,
        is_known: bool = False,
    ) -> TableVersion:
        with explained(table.name):
            if not is_known:
                check_schema(frame, table)
            before = self._prepare(table, keeps_rows=mode == "append" or replaced is not None)
            for attempt in range(1, _TRIES + 1):
                try:
                    self._save(table, frame, mode, replaced, metadata(run_id))
                    break
                except Exception as failure:
                    if self._committed(run_id, before) is not None:
                        break  # only the answer was lost, and a second append would double the rows
                    lost = any(sign in str(failure) for sign in _CONFLICT)
                    if not lost or attempt == _TRIES:
                        raise
                    time.sleep(0.1 * 2**attempt)
            written = self._written_by(run_id, before)
            self._check_required(table, before, written)
            return written

    @abstractmethod
    def _prepare(self, table: Table, *, keeps_rows: bool) -> TableVersion:
        """Create the table before rows are written to it, and give its head.

        A changed contract is put in its log where no rows are kept: this takes them away.
        """

    @abstractmethod
    def _save(self, table: Table, frame: DataFrame, mode: Mode, replaced: str | None, told: str) -> None:
        """Write rows, those that a predicate is true of in place of such ones; `told` goes along with the commit."""

    @abstractmethod
    def _committed(self, run_id: str, before: TableVersion) -> TableVersion | None:
        """The newest version since `before` that a run committed."""

    @abstractmethod
    def _is_still(self, before: TableVersion) -> bool:
        """Whether nobody has changed its rows since."""

    @abstractmethod
    def _check_required(self, table: Table, before: TableVersion, written: TableVersion) -> None:
        """Refuse rows without a required value."""

    def _written_by(self, run_id: str, before: TableVersion) -> TableVersion:
        """The newest version that this run committed: another writer's may have come after it."""
        committed = self._committed(run_id, before)
        if committed is not None:
            return committed
        if self._is_still(before):
            return before  # no rows to add, or over no rows: the engine commits nothing
        raise MachineError(
            "another process writes to this table", where=before.table, remedy="Run one process at a time"
        )


def metadata(run_id: str) -> str:
    """What a commit tells of its run."""
    return json.dumps({"run_id": run_id})


def strays(table: Table, values: Collection[str | None] = ()) -> QualityError:
    """Rows came to partitions, those of `values`, that they were to leave alone."""
    named = f" {', '.join(map(str, values))}" if values else ""
    what = f"rows of {table.partitioned_by or 'another partition'}{named} were written in place of others'"
    return QualityError(what, where=table.name, remedy=ANEW)


def without_value(table: Table, column: str, rows: int | str = "some") -> QualityError:
    """Rows lack a value that the contract requires."""
    return QualityError(
        f"{rows} rows have no {column}; nothing was published",
        where=table.name,
        remedy="Its build must fill the column, or its contract must not require it",
    )


def in_values(column: str, values: Collection[str | None]) -> str:
    """A predicate: whether a text column has one of the values, null among them."""
    named = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(v for v in values if v is not None))
    each = [f"{column} in ({named})"] if named else []
    return " or ".join([*each, f"{column} is null"] if None in values else each) or "false"
