"""Writes Delta tables by name; a write isn't published until a manifest names its version."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from shoplake.contract import Table
from shoplake.lake.base import Mode, TableVersion, in_values, metadata, strays, without_value
from shoplake.lake.failures import explained
from shoplake.lake.log import cut_off, put_aside
from shoplake.lake.nulls import nulls_in
from shoplake.lake.place import remove_tree
from shoplake.lake.schema import create, is_declared_so
from shoplake.lake.tables import Tables, counted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Lake(Tables):
    """The tables under one root, in a folder or a store, to be written."""

    def replace(self, table: Table, frame: DataFrame, values: Collection[str | None], run_id: str) -> TableVersion:
        before = self.head(table.name)
        made = self._write(table, frame, run_id, "overwrite", in_values(table.partitioned_by, values))
        there, kept = (self._by_file(table, each.version) for each in (made, before))
        others = {there[file][0] for file in there.keys() - kept.keys()} - set(values)
        if others:  # the engine takes them, and what its partition held stays too
            raise strays(table, others)
        return made

    def remove(self, name: str, column: str, values: Collection[str], run_id: str) -> TableVersion:
        from deltalake import CommitProperties

        with explained(name):
            before = self.head(name)
            named = CommitProperties(custom_metadata={"userMetadata": metadata(run_id)})
            try:
                self._open(name).delete(in_values(column, values), commit_properties=named)
            except Exception:
                if self._committed(run_id, before) is None:
                    raise  # else only the answer was lost
            return self._written_by(run_id, before)

    def restore(self, name: str, version: int) -> bool:
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
        remove_tree(self.root / layer)
        for name in {name for name, _ in self._opened if name.startswith(f"{layer}.")}:
            self._forget(name)

    def _save(self, table: Table, frame: DataFrame, mode: Mode, replaced: str | None, told: str) -> None:
        writer = frame.write.format("delta").mode(mode).option("userMetadata", told)
        if replaced:
            writer = writer.option("replaceWhere", replaced)
        writer.save(self._location(table.name))

    def _committed(self, run_id: str, before: TableVersion) -> TableVersion | None:
        head = self.head(before.table)
        for commit in self._open(before.table, head.version).history(20):
            if commit["version"] > before.version and run_id in str(commit.get("userMetadata", "")):
                return counted(before.table, self._open(before.table, commit["version"]))
        return None

    def _is_still(self, before: TableVersion) -> bool:
        return self.head(before.table) == before

    def _check_required(self, table: Table, before: TableVersion, written: TableVersion) -> None:
        """Refuse rows without a required value, as the files that were added count them."""
        required = [c.name for c in table.columns if c.required and c.name != table.partitioned_by]
        for name, missing in nulls_in(self.new_files(written, before), required).items():
            if missing:
                raise without_value(table, name, missing)

    def _prepare(self, table: Table, *, keeps_rows: bool) -> TableVersion:
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
