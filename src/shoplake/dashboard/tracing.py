"""From a tile to the rows behind it: the commands that trace its figures to the raw files."""

from __future__ import annotations

import shlex
from functools import cache

from sqlglot import exp

from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.state import State
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.declaration import SOURCE, Dimension, MetricSet
from shoplake.metrics.dialects import render
from shoplake.metrics.formula import aliases_in, kinds_of, qualified
from shoplake.metrics.question import asked_of
from shoplake.warehouse.views import literal

# The facts that can be traced, their days, and which of their rows are movements of a kind.
_FACTS = {
    "sale": ("fact_sales", "order_date", "counts_as = 'sale'"),
    "cancelled": ("fact_sales", "order_date", "counts_as = 'cancelled'"),
    "return": ("fact_returns", "return_date", "is_test IS DISTINCT FROM true"),
}
_ROWS = 5


def traces_of(tile: Tile, state: State, catalog: Catalog) -> list[str]:
    """The commands that show the rows behind a tile's figures; none where a filter can't be said of a fact's rows."""
    measures = [asked_of(catalog, name).measure.name for name in tile.metrics]
    kinds = {kind for name in measures for kind in kinds_of(catalog.sets[catalog.set_of(name)], name)}
    declared = catalog.sets[catalog.set_of(measures[0])] if measures else None
    known = {dimension.name: dimension for dimension in declared.dimensions} if declared else {}
    if declared is None or not {*state.chosen} <= {*known}:
        return []
    filters = [_of_row(declared, known[name], values) for name, values in sorted(state.chosen.items())]
    found = []
    for fact, day, is_counted in (_FACTS[kind] for kind in _FACTS if kind in kinds):
        conditions = [f"{day} BETWEEN '{state.period.first}' AND '{state.period.last}'", is_counted, *filters]
        words = ["shoplake", "trace", fact, "--where", shlex.quote(" AND ".join(conditions)), "--rows", str(_ROWS)]
        found.append(" ".join(words))
    return found


def _of_row(declared: MetricSet, dimension: Dimension, values: tuple[str, ...]) -> str:
    """A filter as a condition on the columns of a fact, or on the row of the dimension that it points to."""
    alias, formula = _formula(dimension.expr)
    told = f"{formula} IN ({', '.join(map(literal, values))})"
    if alias == SOURCE:
        return told
    join = next(each for each in declared.joins if each.name == alias)
    keys = {column.table: column.name for column in qualified(join.on).find_all(exp.Column)}
    return f"{keys[SOURCE]} IN (SELECT {keys[alias]} FROM {join.source.removeprefix('gold.')} WHERE {told})"


@cache
def _formula(expr: str) -> tuple[str, str]:
    """The table that a dimension's formula reads, and the formula over its bare columns in DuckDB's SQL."""
    formula = qualified(expr)
    alias = next((alias for alias in aliases_in([formula]) if alias != SOURCE), SOURCE)
    for column in formula.find_all(exp.Column):
        column.set("table", None)
    return alias, render(formula, "duckdb", pretty=False)
