"""Gold tables, or the rows of them that have the keys which a run touches."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from pyspark.sql import DataFrame

from shoplake.contract import Link, Table
from shoplake.gold.unique import check_key
from shoplake.lake import union_of
from shoplake.runs.increment import changed, keep_rows, replace_rows
from shoplake.runs.keys import Keys, keys_of
from shoplake.runs.run import Change, Run
from shoplake.runs.scratch import scratch


def frame_of(table: Table, inputs: list[DataFrame], as_of: date) -> DataFrame:
    """All rows of a table."""
    built = _built(table, inputs, as_of)
    return _finished(table, built, as_of) if table.finish else built


def other_date(run: Run, table: Table, as_of: date) -> date | None:
    """The reference date that a table was published for, where it needs one and that was another."""
    then = run.previous.as_of if table.needs_as_of and run.previous else as_of
    return then if then != as_of else None


def _built(table: Table, inputs: list[DataFrame], as_of: date) -> DataFrame:
    assert table.build is not None
    return table.build(table, *inputs, **_given(table, as_of))


def _finished(table: Table, rows: DataFrame, as_of: date) -> DataFrame:
    assert table.finish is not None
    return table.finish(table, rows, **_given(table, as_of))


def _given(table: Table, as_of: date) -> dict[str, Any]:
    return {**table.settings, **({"as_of": as_of} if table.needs_as_of else {})}


def is_untouched(run: Run, table: Table, as_of: date) -> bool:
    """Whether no row of what a table reads changed, though a run looked at it, nor the date that it needs."""
    changes = [run.changes.get(read.name) for read in table.reads if read.name in run.built]
    return other_date(run, table, as_of) is None and all(each is not None and not each.frames for each in changes)


def touched_keys(run: Run, table: Table, as_of: date) -> Keys | None:
    """The keys of rows that changed in what a table reads, or that hang on such rows; None where all may be touched."""
    by, found = table.partitioned_by, _between(run, table, as_of)
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
                found.append(names.of_table(run, _read(table, link.through)).select(*wanted))
    if not found:
        return Keys(run.lake.empty(table), table.rebuild.keys, 0, [])
    of_name = {column.name: column for read in table.reads for column in read.columns}
    return keys_of(run, f"{table.base}__keys", [of_name[name] for name in wanted], union_of(found), by)


def rebuild(run: Run, table: Table, touched: Keys, as_of: date) -> None:
    """Build the rows with the touched keys anew, in place of those that are there."""
    if table.finish and (touched.count or other_date(run, table, as_of)):
        _finish(run, table, touched, as_of)
    elif not touched.count:
        keep_rows(run, table)
    else:
        built = touched.among(_built(table, _inputs(run, table, touched), as_of), 0)
        after, _ = scratch(run, f"{table.base}__after", table.columns, built)
        before, at = scratch(run, f"{table.base}__before", table.columns, touched.of_table(run, table, before=True))
        replace_rows(run, table, before if run.scratch[at.name].rows else None, after)
        check_key(after, table, run.read(table.name))


def _finish(run: Run, table: Table, touched: Keys, as_of: date) -> None:
    """Build the rows with the touched keys anew, and work out for all what hangs on every other row."""
    built = _built(table, _inputs(run, table, touched), as_of)
    after, _ = scratch(run, f"{table.base}__after", table.pick(*built.columns), built)
    left = touched.without(run.read_before(table.name), run.kept_version(table.name).rows)
    frame = _finished(table, left.select(*built.columns).unionByName(after), as_of)
    run.build(table.name, partial(run.lake.overwrite, table, frame, run.run_id))
    check_key(run.read(table.name), table)


def _inputs(run: Run, table: Table, touched: Keys) -> list[DataFrame]:
    """What the table reads, as far as rows with the touched keys are made of it; what is read twice is written down."""
    found: dict[str, DataFrame] = {}
    is_read_twice = bool(table.rebuild.along or table.rebuild.named_in)
    for read in table.reads:
        if read.base not in table.rebuild.along and read.base not in table.rebuild.named_in:
            name = f"{table.base}__{read.base}__rows"
            found[read.base] = touched.set_down(run, name, read) if is_read_twice else touched.of_table(run, read)
    if table.rebuild.named_in:  # what is known needs nobody to name it
        known = next(iter(found.values())).select(*touched.columns)
        unknown = touched.frame.join(known, on=list(touched.columns), how="left_anti")
        keys = keys_of(run, f"{table.base}__unknown", table.pick(*touched.columns), unknown)
        for base in table.rebuild.named_in:
            read = _read(table, base)
            found[base] = keys.of_table(run, read) if keys.count else run.read(read.name).limit(0)
    for base, link in table.rebuild.along.items():
        read = _read(table, base)
        names = keys_of(run, f"{table.base}__{base}__keys", read.pick(*link.on), found[link.through])
        found[base] = names.of_table(run, read)
    return [found[read.base] for read in table.reads]


def _between(run: Run, table: Table, as_of: date) -> list[DataFrame]:
    """The keys of rows that another reference date counts or no longer does."""
    then = other_date(run, table, as_of)
    if then is None:
        return []
    first, last = sorted((then, as_of))
    return [
        run.read(_read(table, base).name)
        .where(f"{day} >= date'{first}' and {day} < date'{last}'")
        .select(*table.rebuild.keys)
        for base, day in table.dated_by.items()
    ]


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


def _read(table: Table, base: str) -> Table:
    return next(read for read in table.reads if read.base == base)
