"""Gold tables, or the rows of them that have the keys which a run touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame

from shoplake.contract import Link, Table
from shoplake.gold.unique import check_key
from shoplake.lake import in_values, union_of
from shoplake.runs.increment import changed, keep_rows, replace_rows, scratch
from shoplake.runs.run import Change, Run


@dataclass(frozen=True, slots=True)
class Touched:
    """The keys that a run touches, and the partitions in which rows with them are or were."""

    keys: DataFrame
    count: int
    partitions: frozenset[str | None] = frozenset()

    def among(self, rows: DataFrame, table: Table) -> DataFrame:
        """The rows that have one of the keys."""
        if table.partitioned_by in rows.columns:
            rows = rows.where(in_values(table.partitioned_by, self.partitions))
        return rows.join(self.keys, on=list(table.rebuild.keys), how="left_semi")


def frame_of(table: Table, inputs: list[DataFrame], as_of: date) -> DataFrame:
    assert table.build is not None
    return table.build(table, *inputs, as_of=as_of) if table.needs_as_of else table.build(table, *inputs)


def touched_keys(run: Run, table: Table) -> Touched | None:
    """The keys of rows that changed in what a table reads, or that hang on such rows; None where all may be touched."""
    keys, found = list(table.rebuild.keys), list[DataFrame]()
    wanted = [*keys, *([table.partitioned_by] if table.partitioned_by and table.partitioned_by not in keys else [])]
    for read in table.reads:
        if read.name not in run.built:
            continue
        if read.name not in run.changes:
            return None
        change, link = run.changes[read.name], table.rebuild.along.get(read.base)
        if read.base in table.rebuild.named_in:
            found += _named(run, table, change)
        elif link is None:
            found += [rows.select(*wanted) for rows in change.frames]
        elif (names := changed(change, link)) is not None and names.count():
            through = run.read(_name_of(table, link.through))
            found.append(through.join(names, on=list(link.on), how="left_semi").select(*wanted))
    if not found:
        return Touched(run.lake.empty(table).select(*keys), 0)
    together = union_of(found).dropna(subset=keys).distinct()
    columns = [column for read in table.reads for column in read.columns if column.name in wanted]
    of_name = {column.name: column for column in columns}
    rows, at = scratch(run, f"{table.base}__keys", [of_name[name] for name in wanted], together.select(*wanted))
    partitions: frozenset[str | None] = frozenset()
    if table.partitioned_by:
        partitions = frozenset(row[0] for row in rows.select(table.partitioned_by).distinct().collect())
    return Touched(rows.select(*keys), run.scratch[at.name].rows, partitions)


def rebuild(run: Run, table: Table, touched: Touched) -> None:
    """Build the rows with the touched keys anew, in place of those that are there."""
    if not touched.count:
        keep_rows(run, table)
        return
    inputs = _inputs(run, table, touched)
    assert table.build is not None
    built = table.build(table, *inputs).join(touched.keys, on=list(table.rebuild.keys), how="left_semi")
    after, _ = scratch(run, f"{table.base}__after", table.columns, built)
    before, at = scratch(run, f"{table.base}__before", table.columns, touched.among(run.read_before(table.name), table))
    replace_rows(run, table, before if run.scratch[at.name].rows else None, after)
    check_key(after, table, run.read(table.name))


def _inputs(run: Run, table: Table, touched: Touched) -> list[DataFrame]:
    """What the table reads, as far as rows with the touched keys are made of it."""
    found: dict[str, DataFrame] = {}
    for read in table.reads:
        if read.base not in table.rebuild.along and read.base not in table.rebuild.named_in:
            found[read.base] = touched.among(run.read(read.name), table)
    for base in table.rebuild.named_in:  # what is known needs nobody to name it
        known = next(iter(found.values()))
        keys, _ = scratch(
            run,
            f"{table.base}__unknown",
            table.pick(*table.rebuild.keys),
            touched.keys.join(known.select(*table.rebuild.keys), on=list(table.rebuild.keys), how="left_anti"),
        )
        rows = run.read(_name_of(table, base))
        is_any = run.scratch[f"scratch.{table.base}__unknown"].rows
        found[base] = Touched(keys, 1).among(rows, table) if is_any else rows.limit(0)
    for base, link in table.rebuild.along.items():
        names = found[link.through].select(*link.on).distinct()
        found[base] = run.read(_name_of(table, base)).join(names, on=list(link.on), how="left_semi")
    return [found[read.base] for read in table.reads]


def _named(run: Run, table: Table, change: Change) -> list[DataFrame]:
    """The keys that are named for the first time, or by fewer rows than before."""
    keys = list(table.rebuild.keys)
    found = changed(change, Link(tuple(keys), ()))
    if found is None:
        return []
    if change.removed is not None:
        return [found]
    known = run.read_before(table.name).select(*keys)
    return [found.join(known, on=keys, how="left_anti")]


def _name_of(table: Table, base: str) -> str:
    return next(read.name for read in table.reads if read.base == base)
