"""One syntax tree in the SQL of each engine."""

from __future__ import annotations

from typing import Literal

from sqlglot import exp

Dialect = Literal["duckdb", "spark", "databricks", "postgres", "tsql"]
DIALECTS: tuple[Dialect, ...] = ("duckdb", "spark", "databricks", "postgres", "tsql")
_SET_ON = {"MONTH": "add_months", "DAY": "date_add"}


def set_on(day: exp.Expr, *, months: int = 0, days: int = 0) -> exp.Expr:
    """A day that many months or days later; of a shorter month, its last day. Engines differ in how they say it."""
    unit, number = ("MONTH", months) if months else ("DAY", days)
    return exp.Anonymous(this=f"set_on_{unit.lower()}", expressions=[day.copy(), exp.Literal.number(number)])


def render(query: exp.Expr, dialect: Dialect, *, pretty: bool = True) -> str:
    """The SQL of one engine. T-SQL has every name in brackets: many of them mean something to it."""
    own = query.transform(lambda node: _day_in(node, dialect) if isinstance(node, exp.Anonymous) else node)
    return own.sql(dialect=dialect, pretty=pretty, identify=dialect == "tsql")


def _day_in(node: exp.Anonymous, dialect: Dialect) -> exp.Expr:
    unit = str(node.this).removeprefix("set_on_").upper()
    if unit not in _SET_ON:
        return node
    day, number = node.expressions
    if dialect in {"duckdb", "postgres"}:
        span = exp.Interval(this=exp.Literal.string(number.sql()), unit=exp.var(unit))
        return exp.cast(exp.Add(this=day, expression=span), "date")
    if dialect == "tsql":
        return exp.Anonymous(this="DATEADD", expressions=[exp.var(unit), number, day])
    return exp.Anonymous(this=_SET_ON[unit], expressions=[day, number])
