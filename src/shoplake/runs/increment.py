"""The one way in which a part of a table is replaced: rows that differ, in the partitions that hold them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from shoplake.contract import Link, Table, Text
from shoplake.lake import TableStore, TableVersion, in_values, union_of
from shoplake.runs.keys import keys_of
from shoplake.runs.run import Change, Run
from shoplake.runs.scratch import scratch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_SIDE = Text("_side", "whether the row was removed or added")
_REMOVED, _ADDED = "removed", "added"
# Past this share of a table's rows its partitions cost as much as the whole.
_MOST = 0.8


def difference(run: Run, table: Table, before: DataFrame, after: DataFrame) -> Change:
    """What distinguishes two sets of rows of a table, written down and remembered as its change."""
    change = run.changes[table.name] = set_down(run, table, Change(before.subtract(after), after.subtract(before)))
    assert change.written is not None
    there = _sides(run.lake, change.written)
    run.touch(table.name, removed=there.get(_REMOVED, 0), added=there.get(_ADDED, 0))
    return change


def set_down(run: Run, table: Table, change: Change) -> Change:
    """The same change, written down where there is one and it isn't."""
    if change.written or not change.frames:
        return change
    sides = {_REMOVED: change.removed, _ADDED: change.added}
    frames = [rows.withColumn(_SIDE.name, F.lit(side)) for side, rows in sides.items() if rows is not None]
    _, of = scratch(run, f"{table.base}__change", (*table.columns, _SIDE), union_of(frames), _SIDE.name)
    return change_at(run.lake, run.scratch[of.name])


def change_at(lake: TableStore, written: TableVersion) -> Change:
    """The change that was written down."""
    rows = lake.read(written.table, written.version)
    parts = {side: rows.where(f"{_SIDE.name} = '{side}'").drop(_SIDE.name) for side in _sides(lake, written)}
    return Change(parts.get(_REMOVED), parts.get(_ADDED), written)


def _sides(lake: TableStore, written: TableVersion) -> dict[str | None, int]:
    """How many rows came or went."""
    of = Table(written.table, "rows that differ", "one row per row", (), (_SIDE,), partitioned_by=_SIDE.name)
    return lake.partitions(of, written.version)


def replace_rows(run: Run, table: Table, before: DataFrame | None, after: DataFrame) -> None:
    """Make the rows `before`, all that a table has of some keys that it is rebuilt by, those `after`.

    `run.changes` says what differs. `before` is None where the table has none of these keys. Both are read more than
    once.
    """
    change = Change(added=after) if before is None else difference(run, table, before, after)

    def make() -> TableVersion:
        if change.removed is not None:
            return _replace(run, table, change, after)
        if change.added is not None:
            return run.lake.append(table, change.added, run.run_id)
        return run.kept_version(table.name)

    made = run.build(table.name, make, anew=False)
    if before is None:
        run.touch(table.name, removed=0, added=made.rows - run.kept_version(table.name).rows)
    is_same = made == run.kept_version(table.name) or not change.frames
    run.changes[table.name] = Change() if is_same else change


def keep_rows(run: Run, table: Table) -> None:
    """Leave a table as it is: nothing that it is made of touches its rows."""
    run.build(table.name, partial(run.kept_version, table.name), anew=False)
    run.changes[table.name] = Change()


def _replace(run: Run, table: Table, change: Change, after: DataFrame) -> TableVersion:
    """Write what is there of other keys, and what is `after` of those under which something differs."""
    by, there = table.partitioned_by, run.kept_version(table.name)
    names = (*table.rebuild.keys, *([by] if by else []))
    differ = union_of(each.select(*names) for each in change.frames)
    keys = keys_of(run, f"{table.base}__differ", table.pick(*names), differ, by)
    held = run.lake.partitions(table, there.version) if by else {}
    is_whole = not by or sum(held.get(value, 0) for value in keys.partitions) > _MOST * there.rows
    left, new = run.read_before(table.name), keys.among(after, there.rows)
    if not is_whole:
        left, new = (rows.where(in_values(by, keys.partitions)) for rows in (left, new))
    rows = keys.without(left, there.rows).select(*table.column_names).unionByName(new)
    run.touch(table.name, partitions=None if is_whole else sorted(map(str, keys.partitions)))
    if is_whole:
        return run.lake.overwrite(table, rows, run.run_id)
    return run.lake.replace(table, rows, keys.partitions, run.run_id)


def changed(change: Change, link: Link) -> DataFrame | None:
    """The values of `link.on` in rows that changed in these columns or in those that are used; None where none did."""
    columns = list(dict.fromkeys((*link.on, *link.uses)))
    before, after = (
        None if rows is None else rows.where(link.where).select(*columns) for rows in (change.removed, change.added)
    )
    if before is None or after is None:
        differ = before if after is None or link.is_key else after
    else:
        differ = before.subtract(after)
        differ = differ if link.is_key else differ.unionByName(after.subtract(before))
    return None if differ is None else differ.select(*link.on).distinct()
