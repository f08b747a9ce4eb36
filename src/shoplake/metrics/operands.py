"""Whether the two sides of a comparison are of one type: engines convert texts differently, or fail at one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlglot import exp

from shoplake.metrics.declaration import Dimension

_TOLD = {
    "string": "is a text: write {} in quotes",
    "integer": "is a whole number: write it without quotes",
    "date": "is a day: write it as '2017-03-31'",
    "boolean": "is true or false",
}


def mismatch(comparison: exp.Expr, dimensions: Mapping[str, Dimension]) -> str:
    """What is wrong between the operands of a comparison; nothing where they fit.

    >>> from sqlglot import condition
    >>> year = Dimension(name="year", expr="y", display_name="Year", comment="year", group="time", type="integer")
    >>> mismatch(condition("year = '2017'"), {"year": year})
    "year is a whole number: write it without quotes, not '2017'"
    """
    operands = list(_operands(comparison))
    if not isinstance(comparison, exp.Is) and any(isinstance(each, exp.Null) for each in operands):
        return "nothing equals null; write «is null»"
    told = [each for each in operands if each.find(exp.Column)]
    kind = _kind(told[0], dimensions)
    for other in operands:
        if other is told[0] or isinstance(other, exp.Null):
            continue
        if _kind(other, dimensions) != kind and not (kind == "date" and _is_day(other)):
            hint = _TOLD[kind].format(other.sql(dialect="duckdb"))
            return f"{told[0].sql(dialect='duckdb')} {hint}, not {other.sql(dialect='duckdb')[:60]}"
        if isinstance(other, exp.Cast) and not _is_day(other.this):
            return f"{other.this.sql(dialect='duckdb')[:60]} is no day"
    return ""


def _operands(comparison: exp.Expr) -> Iterator[exp.Expr]:
    """Without the parentheses around them."""
    for each in comparison.iter_expressions():
        yield each.unnest()


def _kind(operand: exp.Expr, dimensions: Mapping[str, Dimension]) -> str:
    if isinstance(operand, exp.Column):
        return dimensions[operand.name].type
    if isinstance(operand, exp.Cast):
        return "date"
    if isinstance(operand, exp.Boolean):
        return "boolean"
    is_number = isinstance(operand, exp.Neg | exp.Length) or (
        isinstance(operand, exp.Literal) and not operand.is_string
    )
    return "integer" if is_number else "string"


def _is_day(operand: exp.Expr) -> bool:
    try:
        return isinstance(operand, exp.Literal) and bool(date.fromisoformat(operand.name))
    except ValueError:
        return False
