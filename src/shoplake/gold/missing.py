"""Values that name a row which isn't there: reported, never dropped."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import functions as F

from shoplake.contract import Reference, Table
from shoplake.runs.account import Missing
from shoplake.runs.run import Run


def report_missing(run: Run, entities: Iterable[Table], tables: Iterable[Table]) -> None:
    """Say for each reference between entities how many rows name no row, by how many different values.

    An id that nothing but such rows know is an inferred member of its dimension.
    """
    dimensions = {table.reads[0].name: table for table in tables if table.durable_key}
    for entity in entities:
        for reference in entity.references:
            dimension = dimensions.get(reference.table.name)
            found = _missing(run, entity, reference, dimension)
            run.account.missing += [found] if found.rows else []


def _missing(run: Run, entity: Table, reference: Reference, dimension: Table | None) -> Missing:
    column, wanted = reference.column, reference.table.name
    changed = {entity.name, wanted, *([dimension.name] if dimension else [])} & run.built.keys()
    none = Missing(entity.name, column, wanted, 0, 0)
    if not changed:
        kept = run.kept_account.missing
        return next((each for each in kept if (each.table, each.column) == (entity.name, column)), none)
    rows = run.read(entity.name).where(F.col(column).isNotNull())
    if reference.shown_by:
        rows = rows.where(F.col(reference.shown_by).isNull())
    else:
        assert dimension is not None, f"{wanted} has no dimension"
        inferred = run.read(dimension.name).where("is_inferred").select("source", column)
        if not inferred.count():
            return none
        rows = rows.join(inferred, on=["source", column], how="left_semi")
    counted = rows.groupBy("source", column).count().agg(F.count("*"), F.sum("count")).first()
    values, count = (counted[0], counted[1] or 0) if counted else (0, 0)
    return Missing(entity.name, column, wanted, count, values)
