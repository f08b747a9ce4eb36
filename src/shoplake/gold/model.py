"""Silver to gold: build each table, check its key, and reconcile it with what it came from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Reconciliation, Table
from shoplake.errors import QualityError
from shoplake.gold.rebuild import frame_of, is_untouched, other_date, rebuild, touched_keys
from shoplake.gold.unique import check_key
from shoplake.runs.account import FILTERED, LOADED, READ, Entry, moved
from shoplake.runs.increment import difference, keep_rows
from shoplake.runs.run import Due, Run

# Rows that count (1) and that count no longer (-1).
Signed = list[tuple[int, DataFrame]]


def model(run: Run, tables: tuple[Table, ...], as_of: date) -> None:
    """Bring gold up to silver and the reference date."""
    for table in tables:
        due = due_of(run, table, as_of)
        if due is Due.NO:
            run.keep(table.name)
            continue
        touched = touched_keys(run, table, as_of) if due is Due.DATA and table.rebuild.keys else None
        if due is Due.DATA and is_untouched(run, table, as_of):
            keep_rows(run, table)
        elif touched is None:
            frame = frame_of(table, [run.read(read.name) for read in table.reads], as_of)
            run.build(table.name, partial(run.lake.overwrite, table, frame, run.run_id))
            check_key(run.read(table.name), table)
            if due is Due.DATA and _is_followed(table, tables):
                difference(run, table, run.read_before(table.name), run.read(table.name))
        else:
            run.touch(table.name, keys=touched.count)
            rebuild(run, table, touched, as_of)
        for reconciliation in table.reconciles:
            run.account.entries += reconcile(run, table, reconciliation, as_of)


def _is_followed(table: Table, tables: tuple[Table, ...]) -> bool:
    """Whether parts of other tables are built anew by what differs in this one."""
    return any(table.name == read.name for each in tables if each.rebuild.keys for read in each.reads)


def due_of(run: Run, table: Table, as_of: date) -> Due:
    """What a table needs, given the reference date."""
    inputs, parts = [read.name for read in table.reads], [part for part in (table.settings, table.declared_in) if part]
    if not table.needs_as_of:
        return run.due(table, *parts, inputs=inputs)
    then = other_date(run, table, as_of)
    is_forced = then is not None and bool(run.options.select)  # whatever is selected
    return run.due(table, *parts, inputs=inputs, data=as_of, data_then=then, force=is_forced)


def reconcile(run: Run, table: Table, wanted: Reconciliation, as_of: date) -> list[Entry]:
    """Compare each measure on both sides, to the last digit; the entries of the account say the same.

    Where a part of the table is built anew, what changed is compared on both sides: all measures add up.
    """
    # Where the date is another, rows are counted no longer, or for the first time, though none of them changed.
    is_of_other_date = other_date(run, table, as_of) is not None
    is_whole = is_of_other_date or table.name not in run.changes or wanted.source.name not in run.changes
    day = f"date'{as_of}'"
    ours, theirs = (_signed(run, name, is_whole=is_whole) for name in (table.name, wanted.source.name))
    pairs = [[sql.replace(":as_of", day) for sql in pair] for pair in wanted.measures.values()]
    here = _measures(ours, [pair[0] for pair in pairs])
    there = _measures(theirs, [pair[1] for pair in pairs])
    for name, our, their in zip(wanted.measures, here, there, strict=True):
        if our != their:
            raise QualityError(
                f"{name} is {our}, but {their} in {wanted.source.name}; nothing was published",
                where=table.name,
                remedy="Its build loses or multiplies rows: look at its joins and filters",
            )
    if not wanted.is_counted:
        return []
    at = list(wanted.measures).index(table.amount) if table.amount in wanted.measures else None
    subject = f"{wanted.source.name} -> {table.name}"
    read, *left_out = [(there[0], there[at] if at is not None else None)]
    if wanted.left_out:
        read, *left_out = _counted(theirs, ["true", *wanted.left_out.values()], table.amount, day)
    found = [(READ, read), (LOADED, (here[0], here[at] if at is not None else None))]
    found += [(f"{FILTERED}:{name}", counted) for name, counted in zip(wanted.left_out, left_out, strict=True)]
    entries = [
        Entry(subject, fate, int(rows), Decimal(sum_ or 0) if at is not None else None) for fate, (rows, sum_) in found
    ]
    kept = [] if is_whole else [e for e in run.kept_account.entries_of(table.name) if e.subject == subject]
    return moved(kept, [], entries) if kept else entries


def _signed(run: Run, name: str, *, is_whole: bool) -> Signed:
    """The rows that count and those that count no longer."""
    if is_whole:
        return [(1, run.read(name))]
    change = run.changes[name]
    return [(sign, rows) for sign, rows in ((1, change.added), (-1, change.removed)) if rows is not None]


def _counted(rows: Signed, predicates: list[str], amount: str | None, day: str) -> list[tuple[Any, Any]]:
    """Rows and money for which each predicate holds, counted apart from what was built."""
    money = amount or "0"  # a table without money has an account of its rows alone
    each = [(f"count_if({sql})", f"sum(case when {sql} then {money} end)") for sql in predicates]
    found = _measures(rows, [sql.replace(":as_of", day) for pair in each for sql in pair])
    return list(zip(found[0::2], found[1::2], strict=True))


def _measures(signed: Signed, expressions: list[str]) -> list[Any]:
    """Sums and counts over rows with their sign; what is null is nothing."""
    total: list[Any] = [0] * len(expressions)
    for sign, rows in signed:
        found = rows.agg(*[F.expr(sql).alias(f"m{at}") for at, sql in enumerate(expressions)]).first()
        assert found is not None
        total = [known + sign * (value or 0) for known, value in zip(total, found, strict=True)]
    return total
