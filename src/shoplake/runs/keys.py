"""Sets of keys, and the rows that have one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from pyspark.sql import functions as F

from shoplake.contract import Column, Table
from shoplake.lake import in_values
from shoplake.runs.run import Run
from shoplake.runs.scratch import scratch

if TYPE_CHECKING:
    from pyspark.sql import Column as Expression
    from pyspark.sql import DataFrame

# So many are named in the query at most. To name one costs as much as to sort so many rows, which is how a join is
# done where memory is limited.
_FEW = 150_000
_ROWS_PER_KEY = 150
_FEW_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Keys:
    """Values of some columns, none of them null; `few` are they all, where they are not too many.

    `count` may be a little more, as where one has rows in several partitions. `partitions`: the values that rows with
    these keys have in the column `partitioned_by`.
    """

    frame: DataFrame
    columns: tuple[str, ...]
    count: int
    few: list[tuple[Any, ...]] | None
    partitioned_by: str = ""
    partitions: frozenset[str | None] = frozenset()

    def among(self, rows: DataFrame, there: int) -> DataFrame:
        """The rows that have one of the keys; `there` are about so many rows."""
        named = self._named(there)
        return rows.join(self.frame, on=list(self.columns), how="left_semi") if named is None else rows.where(named)

    def without(self, rows: DataFrame, there: int) -> DataFrame:
        """The rows that have none of the keys; `there` are about so many rows."""
        named = self._named(there)
        if named is None:
            return rows.join(self.frame, on=list(self.columns), how="left_anti")
        return rows.where(~F.coalesce(named, F.lit(False)))

    def of_table(self, run: Run, table: Table, *, before: bool = False) -> DataFrame:
        """The rows of a table that have one of the keys, as it is or as it was `before` the run."""
        version = run.version_before(table.name) if before else run.version(table.name)
        rows, there = run.lake.read(table.name, version.version), version.rows
        if self.partitioned_by and table.partitioned_by == self.partitioned_by:
            rows = rows.where(in_values(self.partitioned_by, self.partitions))
            counted = run.lake.partitions(table, version.version)
            there = sum(counted.get(value, 0) for value in self.partitions)
        return self.among(rows, there)

    def set_down(self, run: Run, name: str, table: Table, *, before: bool = False) -> DataFrame:
        """As `of_table`, written down under a name: for what reads them twice, or has much else to plan."""
        there = run.lake.contract(table.name, run.newest(table.name).version)  # with the columns of a user's own
        return scratch(run, name, there.columns, self.of_table(run, table, before=before))[0]

    def _named(self, there: int) -> Expression | None:
        """Whether a row has one of the keys, where it costs less to name them than to sort so many rows."""
        if self.few is None or _ROWS_PER_KEY * self.count > there:
            return None
        groups: dict[tuple[Any, ...], list[Any]] = {}
        for *leading, last in self.few:
            groups.setdefault(tuple(leading), []).append(last)
        if len(groups) > _FEW_GROUPS:
            return None
        named = [self._is_one_of(leading, values) for leading, values in groups.items()]
        return reduce(lambda some, others: some | others, named, F.lit(False))

    def _is_one_of(self, leading: tuple[Any, ...], values: list[Any]) -> Expression:
        *before, last = self.columns
        of_group = [F.col(name) == value for name, value in zip(before, leading, strict=True)]
        return reduce(lambda some, others: some & others, of_group, F.col(last).isin(values))


def keys_of(run: Run, name: str, columns: Sequence[Column], rows: DataFrame, partitioned_by: str = "") -> Keys:
    """The keys of rows, written down under a name. `rows` have `columns`; all are keys but for `partitioned_by`."""
    names = tuple(column.name for column in columns if column.name != partitioned_by)
    by = [column.name for column in columns if column.name == partitioned_by]
    rows = rows.select(*names, *by).dropna(subset=list(names)).distinct()
    written, table = scratch(run, name, columns, rows)
    frame, count = written.select(*names), run.scratch[table.name].rows
    if count > _FEW:
        partitions = frozenset(row[0] for row in written.select(*by).distinct().collect()) if by else frozenset()
        return Keys(frame, names, count, None, partitioned_by, partitions)
    found = [tuple(row) for row in written.select(*names, *by).collect()] if count else []
    few = sorted({row[: len(names)] for row in found})
    return Keys(frame, names, len(few), few, partitioned_by, frozenset(row[-1] for row in found if by))
