"""Formulas of measures and dimensions as syntax trees: what they read, and what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from sqlglot import ErrorLevel, exp, parse_one
from sqlglot.errors import SqlglotError

from shoplake.metrics.declaration import SOURCE, Join, Measure, MetricSet

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
        if not column.table and not _is_measure(column.parent):
            column.set("table", exp.to_identifier(SOURCE))
    return found


def _is_measure(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Anonymous) and str(node.this).lower() == "measure"


def measures_in(formula: exp.Expr) -> list[tuple[exp.Expr, str]]:
    """The calls measure(name) of a formula, with the name."""
    calls = [node for node in formula.find_all(exp.Anonymous) if _is_measure(node)]
    return [(node, node.expressions[0].name if len(node.expressions) == 1 else "") for node in calls]


def atoms_of(declared: MetricSet, name: str) -> dict[str, None]:
    """The measures that are aggregates, of which one is made, in order."""
    formula = tree(measure_of(declared, name).expr)
    parts = [part for _, part in measures_in(formula)]
    return {atom: None for part in parts for atom in atoms_of(declared, part)} if parts else {name: None}


def measure_of(declared: MetricSet, name: str) -> Measure:
    return next(measure for measure in declared.measures if measure.name == name)


def kinds_of(declared: MetricSet, name: str) -> frozenset[str]:
    """The kinds of movement that a measure counts: those that its formula names; none where it names none."""
    found = set()
    for atom in atoms_of(declared, name):
        for node in tree(measure_of(declared, atom).expr).find_all(exp.EQ):
            if isinstance(node.this, exp.Column) and node.this.name == declared.kind and node.expression.is_string:
                found.add(node.expression.name)
    return frozenset(found)


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
