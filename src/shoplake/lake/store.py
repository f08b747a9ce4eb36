"""Writes Delta tables by name; a write isn't published until a manifest names its version."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Literal

from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError
from shoplake.lake.failures import explained
from shoplake.lake.log import cut_off, put_aside
from shoplake.lake.nulls import nulls_in
from shoplake.lake.place import remove_tree
from shoplake.lake.schema import check_schema, create, is_declared_so
from shoplake.lake.tables import ANEW, Tables, TableVersion, counted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_TRIES = 4
_CONFLICT = (
    "ConcurrentModification",
    "concurrent",
    "version already exists",
    "Transaction failed",
    "Failed to commit transaction",
)


class Lake(Tables):
    """The tables under one root, to be written."""

    def overwrite(self, table: Table, frame: DataFrame, run_id: str) -> TableVersion:
        """Commit `frame` as the whole table. It isn't published until a manifest names its version."""
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

    def replace(self, table: Table, frame: DataFrame, values: Collection[str | None], run_id: str) -> TableVersion:
        """Commit `frame` in place of the partitions with these values; none of its rows may belong to another."""
        before = self.head(table.name)
        made = self._write(table, frame, run_id, "overwrite", in_values(table.partitioned_by, values))
        there, kept = (self._by_file(table, each.version) for each in (made, before))
        strays = {there[file][0] for file in there.keys() - kept.keys()} - set(values)
        if strays:  # the engine takes them, and what its partition held stays too
            raise QualityError(
                f"rows of {table.partitioned_by} {', '.join(map(str, strays))} were written in place of others'",
                where=table.name,
                remedy=ANEW,
            )
        return made

    def remove(self, name: str, column: str, values: Collection[str], run_id: str) -> TableVersion:
        """Commit the table without the rows of which a text column holds one of the values."""
        from deltalake import CommitProperties

        with explained(name):
            before = self.head(name)
            named = CommitProperties(custom_metadata={"userMetadata": _metadata(run_id)})
            try:
                self._open(name).delete(in_values(column, values), commit_properties=named)
            except Exception:
                if self._committed(run_id, before) is None:
                    raise  # else only the answer was lost
            return self._written_by(run_id, before)

    def restore(self, name: str, version: int) -> bool:
        """Put the head back on a version; false where it is there already, or where the version isn't."""
        with explained(name):
            head = self.head_of(name)
            if (head and head.version == version) or not self.exists(name, version):
                return False
            if not head:
                cut_off(self.path(name), version)
                head = self.head(name)
            if self.files(name, version) == self.files(name, head.version):
                return False
            self._open(name).restore(version)
            return True

    def drop_layer(self, layer: str) -> None:
        """Remove a whole layer's tables with their history."""
        remove_tree(self.root / layer)
        for name in {name for name, _ in self._opened if name.startswith(f"{layer}.")}:
            self._forget(name)

    def _write(
        self,
        table: Table,
        frame: DataFrame,
        run_id: str,
        mode: Literal["overwrite", "append"],
        replaced: str | None = None,
        *,
        is_known: bool = False,
    ) -> TableVersion:
        with explained(table.name):
            if not is_known:
                check_schema(frame, table)
            before = self._prepare(table, keeps_rows=mode == "append" or replaced is not None)
            writer = frame.write.format("delta").mode(mode).option("userMetadata", _metadata(run_id))
            if replaced:
                writer = writer.option("replaceWhere", replaced)
            for attempt in range(1, _TRIES + 1):
                try:
                    writer.save(self._location(table.name))
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

    def _committed(self, run_id: str, before: TableVersion) -> TableVersion | None:
        """The newest version since `before` that a run committed."""
        head = self.head(before.table)
        for commit in self._open(before.table, head.version).history(20):
            if commit["version"] > before.version and run_id in str(commit.get("userMetadata", "")):
                return counted(before.table, self._open(before.table, commit["version"]))
        return None

    def _written_by(self, run_id: str, before: TableVersion) -> TableVersion:
        """The newest version that this run committed: another writer's may have come after it."""
        committed = self._committed(run_id, before)
        if committed is not None:
            return committed
        if self.head(before.table) == before:
            return before  # no rows to add, or over no rows: the engine commits nothing
        raise MachineError(
            "another process writes to this table", where=before.table, remedy="Run one process at a time"
        )

    def _check_required(self, table: Table, before: TableVersion, written: TableVersion) -> None:
        """Refuse rows without a required value, as the files that were added count them."""
        required = [c.name for c in table.columns if c.required and c.name != table.partitioned_by]
        for name, missing in nulls_in(self.new_files(written, before), required).items():
            if missing:
                raise QualityError(
                    f"{missing} rows have no {name}; nothing was published",
                    where=table.name,
                    remedy="Its build must fill the column, or its contract must not require it",
                )

    def _prepare(self, table: Table, *, keeps_rows: bool) -> TableVersion:
        """Create the table before rows are written to it, and give its head.

        A changed contract is put in its log where no rows are kept: this takes them away.
        """
        head = self.head_of(table.name)
        if head and keeps_rows:
            return head
        if head and is_declared_so(self._open(table.name, head.version), table):
            return head
        if not head:
            put_aside(self.path(table.name))
            self._forget(table.name)
        create(self.path(table.name), table)
        return self.head(table.name)


def _metadata(run_id: str) -> str:
    return json.dumps({"run_id": run_id})


def in_values(column: str, values: Collection[str | None]) -> str:
    """A predicate: whether a text column has one of the values, null among them."""
    named = ", ".join("'" + value.replace("'", "''") + "'" for value in sorted(v for v in values if v is not None))
    each = [f"{column} in ({named})"] if named else []
    return " or ".join([*each, f"{column} is null"] if None in values else each) or "false"
