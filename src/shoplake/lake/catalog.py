"""Reads and writes tables of a catalog by name; nothing of them goes through files."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from shoplake.contract import Table
from shoplake.errors import QualityError
from shoplake.lake import catalog_sql as sql
from shoplake.lake.base import ANEW, Mode, TableVersion, in_values, strays, without_value
from shoplake.lake.catalog_sql import has_rows_of, quoted
from shoplake.lake.catalog_tables import CatalogTables
from shoplake.lake.failures import explained

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NOT_NULL = re.compile(r"DELTA_NOT_NULL_CONSTRAINT_VIOLATED\].*?column: `?(\w+)", re.DOTALL)
_MISMATCH = "DELTA_REPLACE_WHERE_MISMATCH"


class CatalogLake(CatalogTables):
    """The tables of a catalog, to be read by version and to be written."""

    def read(self, name: str, version: int) -> DataFrame:
        return self.sql(f"SELECT * FROM {self.at(name, version)}")  # noqa: S608

    def added(self, after: TableVersion, before: TableVersion, loads: Collection[str]) -> DataFrame:  # noqa: ARG002
        """By the loads alone: which files came nobody can tell, as the catalog rewrites them when it likes."""
        rows = self.read(after.table, after.version)
        return rows.where(rows["_load_id"].isin(*loads))

    def head(self, name: str) -> TableVersion:
        if not (history := self.history(name)):
            raise QualityError("the table isn't in the catalog", where=name, remedy=ANEW)
        return self._counted(name, history[0].version)

    def exists(self, name: str, version: int | None = None) -> bool:
        return bool(self.history(name)) if version is None else self._commit(name, version) is not None

    def holds(self, table: Table, version: int, log: str) -> bool:
        if self._commit(table.name, version) is None:
            return False
        is_so = sql.columns_of(table) == self._columns(table.name, version)
        return is_so and self.log_digest(table.name, version) == log

    def log_digest(self, name: str, version: int) -> str:
        commit = self._commit(name, version)
        if commit is None:
            raise QualityError(f"its history knows version {version} no longer", where=name, remedy=ANEW)
        return sql.log_digest(commit, self._columns(name, version))

    def contract(self, name: str, version: int) -> Table:
        """As `contract_of`; what isn't about columns is that of the newest version."""
        detail = self.sql(f"DESCRIBE DETAIL {self.full_name(name)}").collect()[0].asDict()
        by = next(iter(detail["partitionColumns"]), "")
        return sql.contract_of(
            name, self._fields(name, version), detail["description"] or "", by, detail["properties"] or {}
        )

    def partitions(self, table: Table, version: int) -> dict[str | None, int]:
        return dict(self.read(table.name, version).groupBy(table.partitioned_by).count().collect())

    def greatest(self, name: str, version: int, column: str) -> Any:
        statement = f"SELECT max({quoted(column)}) FROM {self.at(name, version)}"  # noqa: S608
        return self.sql(statement).collect()[0][0]

    def replace(self, table: Table, frame: DataFrame, values: Collection[str | None], run_id: str) -> TableVersion:
        return self._write(table, frame, run_id, "overwrite", in_values(table.partitioned_by, values))

    def remove(self, name: str, column: str, values: Collection[str], run_id: str) -> TableVersion:
        with explained(name):
            before = self.head(name)
            self.sql(f"DELETE FROM {self.full_name(name)} WHERE {in_values(column, values)}").collect()  # noqa: S608
            for commit in self.history(name):  # a statement has no place for the run's id
                if commit.version > before.version and commit.operation == "DELETE":
                    return self._counted(name, commit.version)
            return self._written_by(run_id, before)

    def restore(self, name: str, version: int) -> bool:
        with explained(name):
            history = self.history(name)
            if not history or has_rows_of(history, version) or self._commit(name, version) is None:
                return False
            self.sql(f"RESTORE TABLE {self.full_name(name)} TO VERSION AS OF {version}").collect()
            return True

    def drop_layer(self, layer: str) -> None:
        for name in self.tables(layer):
            self.drop(name)

    def _prepare(self, table: Table, *, keeps_rows: bool) -> TableVersion:
        name = self.full_name(table.name)
        history = self.history(table.name, 1)
        if history and (keeps_rows or self._says(name, sql.CONTRACT) == sql.digest(table)):
            return self._counted(table.name, history[0].version)
        if not history:
            self.make_schema(table.name.partition(".")[0])
        self.sql(sql.create(name, table, self.days))
        for statement in sql.tags(name, table) if self.has_tags else ():
            self.sql(statement)
        return TableVersion(table.name, self.history(table.name, 1)[0].version, 0)

    def _save(self, table: Table, frame: DataFrame, mode: Mode, replaced: str | None, told: str) -> None:
        """Delta itself refuses rows outside the predicate, and those without a value where one is required."""
        from pyspark.sql import functions as F

        writer = frame.writeTo(self.full_name(table.name)).option("userMetadata", told)
        try:
            writer.append() if mode == "append" else writer.overwrite(F.expr(replaced or "true"))
        except Exception as failure:
            if found := _NOT_NULL.search(str(failure)):
                raise without_value(table, found[1]) from failure
            if _MISMATCH in str(failure):
                raise strays(table) from failure
            raise

    def _check_required(self, table: Table, before: TableVersion, written: TableVersion) -> None:
        """The table refused them."""

    def _committed(self, run_id: str, before: TableVersion) -> TableVersion | None:
        for commit in self.history(before.table, 20):
            if commit.version > before.version and run_id in commit.metadata:
                return self._counted(before.table, commit.version)
        return None

    def _is_still(self, before: TableVersion) -> bool:
        return has_rows_of(self.history(before.table), before.version)
