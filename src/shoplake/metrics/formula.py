"""Formulas of measures and dimensions as syntax trees: what they read, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import SqlglotError

from shoplake.metrics.declaration import SOURCE, Counted, Join, Measure, MetricSet

# Databricks' dialect is that of metric views; a cast in it fails where it can't be, as everywhere else.
DIALECT = "databricks"
AGGREGATES = (exp.Sum, exp.Count, exp.Min, exp.Max, exp.Avg)


@cache
def _tree(sql: str) -> exp.Expr:
    return parse_one(sql, dialect=DIALECT, error_level=ErrorLevel.RAISE)


def tree(sql: str) -> exp.Expr:
    """The syntax tree of an expression or a SELECT; a new one each time, for the asker to change."""
    return _tree(sql).copy()


def qualified(sql: str) -> exp.Expr:
    """The tree of an expression in which a bare column says that it is the source's."""
    found = tree(sql)
    for column in found.find_all(exp.Column):
        if not column.table and not is_measure(column.parent):
            column.set("table", exp.to_identifier(SOURCE))
    return found


def is_measure(node: exp.Expr | None) -> bool:
    """Whether it is a call measure(name)."""
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == "measure"


def measures_in(formula: exp.Expr) -> list[tuple[exp.Expr, str]]:
    """The calls measure(name) of a formula, with the name."""
    calls = [node for node in formula.find_all(exp.Anonymous) if is_measure(node)]
    return [(node, node.expressions[0].name if len(node.expressions) == 1 else "") for node in calls]


def atoms_of(declared: MetricSet, name: str) -> dict[str, None]:
    """The measures that are aggregates, of which one is made, in order."""
    formula = tree(measure_of(declared, name).expr)
    parts = [part for _, part in measures_in(formula)]
    return {atom: None for part in parts for atom in atoms_of(declared, part)} if parts else {name: None}


def measure_of(declared: MetricSet, name: str) -> Measure:
    return next(measure for measure in declared.measures if measure.name == name)


def is_ratio(declared: MetricSet, name: str) -> bool:
    """Whether a measure divides, by itself or in what it is made of."""
    formula = tree(measure_of(declared, name).expr)
    return formula.find(exp.Div) is not None or any(is_ratio(declared, part) for _, part in measures_in(formula))


def kinds_of(declared: MetricSet, name: str) -> frozenset[str]:
    """The kinds of movement that a measure counts, where its formula says of each row what it must be; else none.

    That is where every aggregate is over a CASE whose branches each name kinds, and the rest is 0 or null.
    """
    found: set[str] = set()
    for atom in atoms_of(declared, name):
        measure = measure_of(declared, atom)
        if isinstance(measure, Counted):
            found |= {*measure.counts}
            continue
        for aggregate in tree(measure.expr).find_all(*AGGREGATES):
            kinds = _kinds_counted(aggregate, declared.kind)
            if kinds is None:
                return frozenset()
            found |= kinds
    return frozenset(found)


def _kinds_counted(aggregate: exp.Expr, kind: str | None) -> set[str] | None:
    of = aggregate.this.expressions[0] if isinstance(aggregate.this, exp.Distinct) else aggregate.this
    if not isinstance(of, exp.Case) or of.this is not None or not _is_nothing(of.args.get("default")):
        return None
    found: set[str] = set()
    for branch in of.args["ifs"]:
        if _is_nothing(branch.args["true"]):
            continue
        kinds = _kinds_in(branch.this, kind)
        if kinds is None:
            return None
        found |= kinds
    return found


def _is_nothing(value: exp.Expr | None) -> bool:
    return value is None or isinstance(value, exp.Null) or (isinstance(value, exp.Literal) and value.sql() == "0")


def _kinds_in(condition: exp.Expr, kind: str | None) -> set[str] | None:
    """The kinds to which a condition limits rows; none where it doesn't."""
    condition = condition.unnest()
    sides = [_kinds_in(side, kind) for side in (condition.this, condition.expression)] if _is_joined(condition) else []
    if isinstance(condition, exp.And):
        return next((side for side in sides if side is not None), None)
    if isinstance(condition, exp.Or):
        return None if None in sides else set().union(*(side for side in sides if side is not None))
    if not isinstance(condition, exp.EQ | exp.In) or not isinstance(condition.this, exp.Column):
        return None
    values = condition.expressions if isinstance(condition, exp.In) else [condition.expression]
    if condition.this.name != kind or not values or not all(value.is_string for value in values):
        return None
    return {value.name for value in values}


def _is_joined(condition: exp.Expr) -> bool:
    return isinstance(condition, exp.And | exp.Or)


def aliases_in(formulas: list[exp.Expr]) -> set[str]:
    return {column.table for formula in formulas for column in formula.find_all(exp.Column) if column.table}


def joins_for(declared: MetricSet, aliases: set[str]) -> list[Join]:
    """The joins behind some aliases and those that these need, in the order of the declaration."""
    needed = set(aliases)
    for join in reversed(declared.joins):
        if join.name in needed:
            needed |= aliases_in([tree(join.on)])
    return [join for join in declared.joins if join.name in needed]


def columns_of_select(sql: str) -> list[str] | None:
    """The names that a SELECT gives, none where it isn't one; raises SqlglotError."""
    found = parse_one(sql, dialect=DIALECT, error_level=ErrorLevel.RAISE)
    return list(found.named_selects) if isinstance(found, exp.Query) else None


def tables_in(sql: str) -> Iterator[exp.Table]:
    """The tables that a SELECT reads."""
    found = tree(sql)
    own = {cte.alias for cte in found.find_all(exp.CTE)}
    return (table for table in found.find_all(exp.Table) if table.db or table.name not in own)


def problem_of_syntax(sql: str) -> str | None:
    try:
        _tree(sql)
    except (SqlglotError, RecursionError) as failure:
        return f"it is not valid SQL: {str(failure).splitlines()[0]}"
    return None
