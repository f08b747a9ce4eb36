"""Metric sets as views: metric views of Databricks and Apache Spark, and plain ones that a warehouse can hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

import yaml
from sqlglot import exp

from shoplake.contract import Column, View
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.declaration import CALENDAR, PERIOD, SOURCE, Dimension, Join, Measure, MetricSet
from shoplake.metrics.dialects import Dialect, render
from shoplake.metrics.figures import aggregate, composed
from shoplake.metrics.formula import AGGREGATES, aliases_in, atoms_of, joins_for, measures_in, qualified, tree
from shoplake.metrics.parts import relation
from shoplake.metrics.question import Asked, Question, problem_of
from shoplake.metrics.sql import select

MetricViews = Literal["databricks", "spark"]

_GOLD = ("gold",)
_PERIODS = {"date": "day", "month": "month"}
_TYPES = {"money": "decimal(34,16)", "count": "bigint", "quantity": "decimal(38,4)"}


def views(catalog: Catalog, dialect: Dialect = "duckdb") -> tuple[View, ...]:
    """The measures of each set by day and by month; each as it is right at that grain."""
    return tuple(view for declared in catalog.sets.values() for view in _views(declared.model_dump_json(), dialect))


@cache
def _views(text: str, dialect: Dialect) -> tuple[View, ...]:
    """Those of a set as JSON: to copy syntax trees takes longer than a small run's other work on the warehouse."""
    declared = MetricSet.model_validate_json(text)
    return tuple(_view(declared, period, dialect) for period in declared.dimensions if period.name in _PERIODS)


def _view(declared: MetricSet, period: Dimension, dialect: Dialect) -> View:
    asked = tuple(Asked(m.name, m) for m in declared.measures if not problem_of(declared, m, period))
    query = select(Question(declared, {}, asked, (period,)))
    query.set("order", None)
    first = Column(
        period.name, "date" if period.type == "date" else "string", period.comment, title=period.display_name
    )
    columns = (first, *(_column(each.measure) for each in asked))
    word = _PERIODS[period.name]
    meaning = f"{declared.comment} One row per {word}; no figure of it may be summed up where it counts or divides."
    return View(f"{declared.display_name} metrics by {word}", meaning, columns, render(query, dialect, pretty=False))


def _column(measure: Measure) -> Column:
    unit = "reporting currency" if measure.unit == "money" else measure.unit
    return Column(measure.name, _TYPES.get(measure.unit, "double"), measure.comment, unit, title=measure.display_name)


def metric_view(declared: MetricSet, name: str, dialect: MetricViews, schema: tuple[str, ...] = _GOLD) -> str:
    """The statement that creates a metric view: Databricks' version 1.1, or the 0.1 that Apache Spark 4.2 knows.

    Measures that depend on the period shown are left out, and those that date a return by its order: a metric view has
    one date, and doesn't know the period. `schema`: where gold is, and the view goes.
    """
    declared = declared if schema == _GOLD else _moved(declared, schema)
    own = {name: tree(measure.expr) for name, measure in _expressible(declared)}
    document = _databricks(declared, own) if dialect == "databricks" else _spark(declared, own)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100_000)
    view = _in(schema, f"metrics_{name}").sql("databricks")
    return f"CREATE OR REPLACE VIEW {view}\nWITH METRICS\nLANGUAGE YAML\nAS $$\n{text}$$"


def _in(schema: tuple[str, ...], name: str) -> exp.Table:
    catalog = schema[0] if len(schema) > 1 else None
    return exp.table_(name, db=schema[-1], catalog=catalog, quoted=schema != _GOLD)


def _moved(declared: MetricSet, schema: tuple[str, ...]) -> MetricSet:
    """The same over tables of another schema than gold."""

    def moved(source: str) -> str:
        def to(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Table) and node.db == "gold":
                table = _in(schema, node.name)
                return table.as_(node.alias, table=True) if node.alias else table
            return node

        return (tree(source) if " " in source else exp.to_table(source)).transform(to).sql()

    joins = [join.model_copy(update={"source": moved(join.source)}) for join in _joins(declared)]
    return declared.model_copy(update={"source": moved(declared.source), "joins": tuple(joins)})


def _joins(declared: MetricSet) -> list[Join]:
    """Those of the set, and the calendar by the day of the event."""
    if any(join.name == CALENDAR for join in declared.joins):
        return list(declared.joins)
    on = f"{SOURCE}.{declared.dates['event']} = {CALENDAR}.date"
    return [Join(name=CALENDAR, source="gold.dim_date", on=on), *declared.joins]


def _expressible(declared: MetricSet) -> Iterator[tuple[str, Measure]]:
    known = {measure.name: measure for measure in declared.measures}
    for measure in declared.measures:
        atoms = [tree(known[atom].expr) for atom in atoms_of(declared, measure.name)]
        if PERIOD not in aliases_in(atoms) and measure.date_basis == "event":
            yield measure.name, measure


def _spark(declared: MetricSet, own: dict[str, exp.Expr]) -> dict[str, Any]:
    """Names and formulas alone, over a source that holds the joins.

    No measure can name another, and no formula may be longer than 1,024 characters: what each row adds is a column.
    """
    joins = _joins(declared)
    atoms = {name: aggregate(declared, name) for name, formula in own.items() if not measures_in(formula)}
    rows: dict[str, exp.Expr] = {}
    for name, formula in atoms.items():
        for at, node in enumerate(list(formula.find_all(*AGGREGATES))):
            inside = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
            column = f"{name}__row{at or ''}"
            rows[column] = inside.copy()
            inside.replace(exp.column(column))
    dimensions = {dimension.name: qualified(dimension.expr) for dimension in declared.dimensions}
    measures = {name: composed(declared, name, lambda atom: atoms[atom].copy()) for name in own}
    named = {join.name for join in joins}
    return {
        "version": "0.1",
        "source": _with_joins(declared, joins, [*dimensions.values()], rows=rows),
        "dimensions": [{"name": n, "expr": _flat(f, named)} for n, f in dimensions.items()],
        "measures": [{"name": n, "expr": _text(f)} for n, f in measures.items()],
    }


def _databricks(declared: MetricSet, own: dict[str, exp.Expr]) -> dict[str, Any]:
    """Joins that hang on the source alone stay joins; the others, with what they hang on, go into the source."""
    joins = _joins(declared)
    names = {join.name for join in joins}
    chained = [join for join in joins if aliases_in([tree(join.on)]) & (names - {join.name})]
    inner = {join.name for join in chained}
    dimensions = {dimension.name: qualified(dimension.expr) for dimension in declared.dimensions}
    known = {measure.name: measure for measure in declared.measures}
    measures = {n: _rates(declared, n, formula) for n, formula in own.items()}
    read = [*dimensions.values(), *measures.values()]
    stars = [join for join in joins if join.name in aliases_in(read) - inner]
    source = _with_joins(declared, joins, read, inner)
    return {
        "version": "1.1",
        "comment": declared.comment,
        "source": source,
        "joins": [{"name": j.name, "source": _databricks_source(j.source), "on": _text(tree(j.on))} for j in stars],
        "dimensions": [
            {
                "name": d.name,
                "expr": _flat(dimensions[d.name], inner),
                "display_name": d.display_name,
                "comment": d.comment,
            }
            for d in declared.dimensions
        ],
        "measures": [
            {
                "name": n,
                "expr": _flat(formula, inner),
                "display_name": known[n].display_name,
                "comment": known[n].comment,
                "format": _format(known[n]),
            }
            for n, formula in measures.items()
        ],
    }


def _databricks_source(source: str) -> str:
    return render(tree(source), "databricks", pretty=False) if " " in source else exp.to_table(source).sql("databricks")


def _rates(declared: MetricSet, name: str, formula: exp.Expr) -> exp.Expr:
    """The formula over rows, or over MEASURE(other)."""
    if not measures_in(formula):
        return aggregate(declared, name)
    calls = {part: exp.Anonymous(this="MEASURE", expressions=[exp.column(part)]) for _, part in measures_in(formula)}
    return composed(declared, name, lambda atom: calls[atom].copy(), is_deep=False)


def _with_joins(
    declared: MetricSet,
    joins: list[Join],
    read: list[exp.Expr],
    only: set[str] | None = None,
    rows: dict[str, exp.Expr] | None = None,
) -> str:
    """The source with the columns of joins that formulas read, each as <join>__<column>, and more columns, `rows`."""
    whole = declared.model_copy(update={"joins": tuple(joins)})
    more = rows or {}
    wanted = aliases_in(read) if only is None else only
    columns = {(c.table, c.name) for formula in read for c in formula.find_all(exp.Column) if c.table in wanted}
    columns = {each for each in columns if each[0] != SOURCE}
    cells = [exp.alias_(exp.column(n, alias), f"{alias}__{n}") for alias, n in sorted(columns)]
    cells += [exp.alias_(formula, name) for name, formula in more.items()]
    query = exp.select(f"{SOURCE}.*", *cells).from_(relation(declared.source, SOURCE))
    for join in joins_for(whole, wanted | aliases_in(list(more.values()))):
        query = query.join(relation(join.source, join.name), on=qualified(join.on), join_type="left")
    if declared.filter:
        query = query.where(qualified(declared.filter))
    return render(query, "databricks", pretty=False)


def _flat(formula: exp.Expr, inner: set[str]) -> str:
    """A formula in which what went into the source is a column of it."""

    def flat(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.table in inner:
            return exp.column(f"{node.table}__{node.name}")
        if isinstance(node, exp.Column) and node.table == SOURCE:
            return exp.column(node.name)
        return node

    return _text(formula.copy().transform(flat))


def _text(formula: exp.Expr) -> str:
    return render(formula, "databricks", pretty=False)


def _format(measure: Measure) -> dict[str, Any]:
    places = {"decimal_places": {"type": "exact", "places": measure.places}}
    return {"type": "percentage" if measure.unit == "percent" else "number"} | places
