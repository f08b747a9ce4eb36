"""Finds the mistakes in a metric set that its shape alone doesn't show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from sqlglot import exp, tokenize
from sqlglot.errors import SqlglotError

from shoplake.contract import Column, Table
from shoplake.metrics.declaration import CALENDAR, PERIOD, SOURCE, Comparisons, Measure, MetricSet
from shoplake.metrics.formula import (
    AGGREGATES,
    columns_of_select,
    is_measure,
    measures_in,
    problem_of_syntax,
    tables_in,
    tree,
)
from shoplake.sources.expression import problem_in
from shoplake.sources.yaml_file import Problem

_NO_SELECT = "it is neither a table of gold nor a SELECT over gold"


@dataclass(frozen=True, slots=True)
class _Place:
    """What a formula may read: the columns behind each alias, and the personal ones among them."""

    columns: dict[str, set[str]]
    personal: dict[str, set[str]]

    def add(self, alias: str, columns: Mapping[str, Column | None]) -> None:
        self.columns[alias] = set(columns)
        self.personal[alias] = {name for name, column in columns.items() if column and column.personal}


def set_problems(declared: MetricSet, tables: Mapping[str, Table], base: MetricSet | None = None) -> Iterator[Problem]:
    """Every mistake in a set, or in what is added to the set `base`."""
    place = _Place({}, {})
    whole = base or declared
    columns, problem = _columns(whole.source, tables)
    if problem:
        yield ("source",), problem, "Name a table such as gold.fact_sales, or write a SELECT over gold"
        return
    place.add(SOURCE, columns)
    place.add(CALENDAR, {column.name: column for column in tables["gold.dim_date"].columns})
    for name in [*whole.dates.values(), *([whole.kind] if whole.kind else [])]:
        if name not in columns:
            yield ("source",), f"it has no column «{name}»", f"There are: {', '.join(columns)}"
    if not base and not declared.dates.get("event"):
        yield ("dates",), "«event» is missing", "Name the column of the source that dates a row"
    for join in base.joins if base else ():
        place.add(join.name, _columns(join.source, tables)[0])
    yield from _join_problems(declared, tables, place)
    yield from _dimension_problems(declared, place, base)
    if declared.filter and (problem := _row_wise(declared.filter, place)):
        yield ("filter",), problem, "Correct it"
    place.columns[PERIOD] = {"start"}
    known = {measure.name for measure in (*(base.measures if base else ()), *declared.measures)}
    yield from _repeated("measures", declared, base)
    for at, measure in enumerate(declared.measures):
        if problem := _measure_problem(measure, place, known) or "":
            yield ("measures", str(at), "expr"), f"{measure.name}: {problem}", "Correct the formula"
    yield from _circles(declared, base)


def comparison_problems(declared: Comparisons) -> Iterator[Problem]:
    names = {each.name for each in declared.comparisons}
    for at, each in enumerate(declared.comparisons):
        if each.change and each.change not in names:
            yield ("comparisons", str(at), "change"), f"there is no comparison «{each.change}»", "Correct it"
        if sum(map(bool, (each.months, each.days, each.window, each.share, each.change))) != 1:
            yield ("comparisons", str(at)), f"«{each.name}» says not one thing of how it compares", "Declare one"


def _columns(source: str, tables: Mapping[str, Table]) -> tuple[dict[str, Column | None], str]:
    """The columns that a table or a SELECT gives, or what is wrong with it."""
    if source in tables:
        return {column.name: column for column in tables[source].columns}, ""
    if " " not in source:
        return {}, f"there is no table «{source}»"
    if problem := problem_of_syntax(source):
        return {}, problem
    try:
        names = columns_of_select(source)
        if names is None:
            return {}, _NO_SELECT
        read = [f"{table.db}.{table.name}" if table.db else table.name for table in tables_in(source)]
    except SqlglotError as failure:
        return {}, f"it is not valid SQL: {failure}"
    if unknown := [name for name in read if name not in tables]:
        return {}, f"there is no table «{unknown[0]}»"
    if any(tree(source).find_all(exp.Into, exp.Lock)) or "*" in names:
        return {}, "a SELECT names its columns, and only reads"
    declared = {column.name: column for name in read for column in tables[name].columns}
    return {name: declared.get(name) for name in names}, ""


def _join_problems(declared: MetricSet, tables: Mapping[str, Table], place: _Place) -> Iterator[Problem]:
    for at, join in enumerate(declared.joins):
        here = ("joins", str(at))
        if join.name in place.columns:
            yield (*here, "name"), f"there is «{join.name}» already", "Choose another name"
        columns, problem = _columns(join.source, tables)
        if problem:
            yield (*here, "source"), problem, "Name a table of gold, or write a SELECT over gold"
        place.add(join.name, columns)
        if not problem and (problem := _row_wise(join.on, place)):
            yield (
                (*here, "on"),
                problem,
                "Compare columns of joins above it, such as source.store_key = store.store_key",
            )


def _dimension_problems(declared: MetricSet, place: _Place, base: MetricSet | None) -> Iterator[Problem]:
    groups = {group.name for group in (*(base.groups if base else ()), *declared.groups)}
    yield from _repeated("groups", declared, base)
    yield from _repeated("dimensions", declared, base)
    for at, dimension in enumerate(declared.dimensions):
        here = ("dimensions", str(at))
        if dimension.group not in groups:
            yield (*here, "group"), f"there is no group «{dimension.group}»", f"There are: {', '.join(sorted(groups))}"
        if problem := _row_wise(dimension.expr, place):
            yield (*here, "expr"), f"{dimension.name}: {problem}", "Correct the formula"
            continue
        for column in tree(dimension.expr).find_all(exp.Column):
            if column.name in place.personal.get(column.table or SOURCE, ()):
                what = f"{dimension.name}: «{column.name}» tells who somebody is"
                yield (*here, "expr"), what, "Split figures by what many have in common"


def _repeated(kind: str, declared: MetricSet, base: MetricSet | None) -> Iterator[Problem]:
    seen = {each.name for each in getattr(base, kind)} if base else set()
    for at, each in enumerate(getattr(declared, kind)):
        if each.name in seen:
            yield (kind, str(at), "name"), f"there is «{each.name}» already", "Choose another name"
        seen.add(each.name)


def _row_wise(sql: str, place: _Place) -> str:
    return problem_in(sql, place.columns[SOURCE], place.columns) or ""


def _measure_problem(measure: Measure, place: _Place, known: set[str]) -> str | None:
    """An aggregate's inside is row-wise; outside are other aggregates and measures, and arithmetic."""
    if problem := problem_of_syntax(measure.expr):
        return problem
    formula = tree(measure.expr)
    if any(token.comments for token in tokenize(measure.expr, read="spark")):
        return "it holds a comment, behind which the rest may hide"
    if formula.find(exp.Window):
        return "it holds a window; comparisons are asked by a word after a point, such as sales.28d"
    calls, aggregates = measures_in(formula), list(formula.find_all(*AGGREGATES))
    if bool(calls) == bool(aggregates):
        return "it is neither one over rows (sum, count, min, max, avg) nor one of other measures: measure(name)"
    for _, name in calls:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            return f"there is no measure «{name}»{f'; did you mean {near[0]}?' if near else ''}"
    for node in aggregates:
        inside = list(node.this.expressions) if isinstance(node.this, exp.Distinct) else [node.this]
        for part in inside:
            if not isinstance(part, exp.Star) and (problem := _row_wise(part.sql(dialect="spark"), place)):
                return problem
    leaf = exp.Literal.number(1)
    outside = formula.transform(lambda node: leaf.copy() if isinstance(node, AGGREGATES) or is_measure(node) else node)
    outside = outside.transform(
        lambda node: exp.Mul(this=node.this, expression=node.expression) if isinstance(node, exp.Div) else node
    )
    problem = problem_in(outside.sql(dialect="spark"), set(), {})
    return problem and f"outside its sums and counts, {problem}"


def _circles(declared: MetricSet, base: MetricSet | None) -> Iterator[Problem]:
    """A measure that is made of itself."""
    formulas = {m.name: m.expr for m in (*(base.measures if base else ()), *declared.measures)}
    parts = {
        name: {part for _, part in measures_in(tree(sql))} if not problem_of_syntax(sql) else set()
        for name, sql in formulas.items()
    }
    for at, measure in enumerate(declared.measures):
        reached, more = set[str](), set(parts[measure.name])
        while more:
            reached |= more
            more = {p for name in more for p in parts.get(name, ())} - reached
        if measure.name in reached:
            yield ("measures", str(at), "expr"), f"{measure.name} is made of itself", "Correct the formula"
