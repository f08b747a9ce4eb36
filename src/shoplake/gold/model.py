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
from shoplake.runs.account import FILTERED, LOADED, READ, Entry
from shoplake.runs.run import Due, Run


def model(run: Run, tables: tuple[Table, ...], as_of: date) -> None:
    """Bring gold up to silver and the reference date."""
    for table in tables:
        if due_of(run, table, as_of) is not Due.NO:
            frame = frame_of(table, [run.read(read.name) for read in table.reads], as_of)
            run.build(table.name, partial(run.lake.overwrite, table, frame, run.run_id))
            check_key(run.read(table.name), table)
            for reconciliation in table.reconciles:
                run.account.entries += reconcile(run, table, reconciliation, as_of)
        else:
            run.keep_entries(table.name)


def due_of(run: Run, table: Table, as_of: date) -> Due:
    """What a table needs, given the reference date."""
    parts = [as_of.isoformat()] if table.needs_as_of else []
    is_dated_otherwise = table.needs_as_of and run.previous is not None and run.previous.as_of != as_of
    return run.due(table, *parts, inputs=[read.name for read in table.reads], force=is_dated_otherwise)


def frame_of(table: Table, inputs: list[DataFrame], as_of: date) -> DataFrame:
    assert table.build is not None
    return table.build(table, *inputs, as_of=as_of) if table.needs_as_of else table.build(table, *inputs)


def check_key(rows: DataFrame, table: Table) -> None:
    """Stop where a key occurs twice: a join fanned out, or two natural ids met on one computed key."""
    repeated = _repeated(rows, table.key)
    if table.durable_key:
        ids = rows.select(table.durable_key, *table.natural_key).distinct()
        repeated += _repeated(ids, (table.durable_key,))
    if repeated:
        raise QualityError(
            f"{repeated} keys ({', '.join(table.key)}) occur more than once; nothing was published",
            where=table.name,
            remedy="If the key is computed, two ids collided: rename one; else one of its joins isn't on a unique key",
        )


def _repeated(rows: DataFrame, key: tuple[str, ...]) -> int:
    found = rows.groupBy(*key).count().where("count > 1").agg(F.count("*")).first()
    return int(found[0]) if found else 0


def reconcile(run: Run, table: Table, wanted: Reconciliation, as_of: date) -> list[Entry]:
    """Compare each measure on both sides, to the last digit; the entries of the account say the same."""
    day = f"date'{as_of}'"
    pairs = [[sql.replace(":as_of", day) for sql in pair] for pair in wanted.measures.values()]
    here = _measures(run.read(table.name), [pair[0] for pair in pairs])
    there = _measures(run.read(wanted.source.name), [pair[1] for pair in pairs])
    for name, ours, theirs in zip(wanted.measures, here, there, strict=True):
        if (ours or 0) != (theirs or 0):
            raise QualityError(
                f"{name} is {ours}, but {theirs} in {wanted.source.name}; nothing was published",
                where=table.name,
                remedy="Its build loses or multiplies rows: look at its joins and filters",
            )
    at = list(wanted.measures).index(table.amount) if table.amount in wanted.measures else None
    subject = f"{wanted.source.name} -> {table.name}"
    read, *left_out = [(there[0], there[at] if at is not None else None)]
    if wanted.left_out:
        read, *left_out = _counted(run.read(wanted.source.name), ["true", *wanted.left_out.values()], table.amount, day)
    found = [(READ, read), (LOADED, (here[0], here[at] if at is not None else None))]
    found += [(f"{FILTERED}:{name}", counted) for name, counted in zip(wanted.left_out, left_out, strict=True)]
    return [
        Entry(subject, fate, int(rows or 0), Decimal(sum_ or 0) if at is not None else None)
        for fate, (rows, sum_) in found
    ]


def _counted(rows: DataFrame, predicates: list[str], amount: str | None, day: str) -> list[tuple[Any, Any]]:
    """Rows and money for which each predicate holds, counted apart from what was built."""
    each = [(f"count_if({sql})", f"sum(case when {sql} then {amount or 'null'} end)") for sql in predicates]
    found = _measures(rows, [sql.replace(":as_of", day) for pair in each for sql in pair])
    return list(zip(found[0::2], found[1::2], strict=True))


def _measures(rows: DataFrame, expressions: list[str]) -> list[Any]:
    found = rows.agg(*[F.expr(sql) for sql in expressions]).first()
    assert found is not None
    return list(found)
