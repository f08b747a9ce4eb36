"""Gold tables, or the rows of them that have the keys which a run touches."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame

from shoplake.contract import Link, Table
from shoplake.gold.unique import check_key
from shoplake.lake import union_of
from shoplake.runs.increment import changed, keep_rows, replace_rows, scratch
from shoplake.runs.keys import Keys, keys_of
from shoplake.runs.run import Change, Run


def frame_of(table: Table, inputs: list[DataFrame], as_of: date) -> DataFrame:
    assert table.build is not None
    return table.build(table, *inputs, as_of=as_of) if table.needs_as_of else table.build(table, *inputs)


def touched_keys(run: Run, table: Table) -> Keys | None:
    """The keys of rows that changed in what a table reads, or that hang on such rows; None where all may be touched."""
    by, found = table.partitioned_by, list[DataFrame]()
    wanted = list(dict.fromkeys((*table.rebuild.keys, *([by] if by else []))))
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
        elif (linked := changed(change, link)) is not None:
            names = keys_of(run, f"{table.base}__{read.base}", read.pick(*link.on), linked)
            if names.count:
                found.append(names.among(run.read(_name_of(table, link.through))).select(*wanted))
    if not found:
        return Keys(run.lake.empty(table), table.rebuild.keys, 0, [])
    of_name = {column.name: column for read in table.reads for column in read.columns}
    return keys_of(run, f"{table.base}__keys", [of_name[name] for name in wanted], union_of(found), by)


def rebuild(run: Run, table: Table, touched: Keys) -> None:
    """Build the rows with the touched keys anew, in place of those that are there."""
    if not touched.count:
        keep_rows(run, table)
        return
    inputs = _inputs(run, table, touched)
    assert table.build is not None
    after, _ = scratch(run, f"{table.base}__after", table.columns, touched.among(table.build(table, *inputs)))
    before, at = scratch(run, f"{table.base}__before", table.columns, touched.among(run.read_before(table.name)))
    replace_rows(run, table, before if run.scratch[at.name].rows else None, after)
    check_key(after, table, run.read(table.name))


def _inputs(run: Run, table: Table, touched: Keys) -> list[DataFrame]:
    """What the table reads, as far as rows with the touched keys are made of it."""
    found: dict[str, DataFrame] = {}
    for read in table.reads:
        if read.base not in table.rebuild.along and read.base not in table.rebuild.named_in:
            found[read.base] = touched.among(run.read(read.name))
    if table.rebuild.named_in:  # what is known needs nobody to name it
        known = next(iter(found.values())).select(*touched.columns)
        unknown = touched.frame.join(known, on=list(touched.columns), how="left_anti")
        keys = keys_of(run, f"{table.base}__unknown", table.pick(*touched.columns), unknown)
        for base in table.rebuild.named_in:
            rows = run.read(_name_of(table, base))
            found[base] = keys.among(rows) if keys.count else rows.limit(0)
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
