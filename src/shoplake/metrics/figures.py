"""Formulas of measures for a SELECT: sums over rows, and what is made of sums."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from shoplake.metrics.declaration import MetricSet
from shoplake.metrics.formula import measure_of, measures_in, qualified, tree

# Where the sum of a measure stands.
Cell = Callable[[str], exp.Expr]

# Amounts times rates, summed: the same digits on every engine, and room for sums and differences of them.
_MONEY, _MONEY_RATIO = "decimal(34, 16)", "decimal(28, 4)"


def composed(declared: MetricSet, name: str, cell: Cell, *, is_deep: bool = True) -> exp.Expr:
    """The formula of a measure over its sums; a ratio is null where there is nothing to divide by.

    `is_deep`: down to the sums, through measures that are themselves made of others.
    """
    measure = measure_of(declared, name)
    formula = tree(measure.expr)
    calls = measures_in(formula)
    if not calls:
        return cell(name)
    is_ratio = formula.find(exp.Div) is not None
    formula = _divided(formula)
    for call, part in measures_in(formula):
        value = composed(declared, part, cell) if is_deep else cell(part)
        value = value if isinstance(value, exp.Column | exp.Func) else exp.paren(value)
        formula = value if call is formula else _swapped(formula, call, value)
    return exp.cast(formula, _MONEY_RATIO) if is_ratio and measure.unit == "money" else formula


def aggregate(declared: MetricSet, name: str) -> exp.Expr:
    """The formula of a measure that sums or counts, over the source and its joins."""
    measure = measure_of(declared, name)
    formula = _divided(qualified(measure.expr))
    if measure.unit != "money":
        return formula
    return exp.cast(formula, _MONEY_RATIO if formula.find(exp.Div) else _MONEY)


def ratio(above: exp.Expr, below: exp.Expr) -> exp.Expr:
    """Null where there is nothing to divide by, in every dialect."""
    zero = exp.Nullif(this=exp.cast(below, "double"), expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(above, "double"), expression=zero)


def _swapped(formula: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    old.replace(new)
    return formula


def _divided(formula: exp.Expr) -> exp.Expr:
    for node in list(formula.find_all(exp.Div))[::-1]:
        safe = ratio(node.this.unnest().copy(), node.expression.unnest().copy())
        if node is formula:
            return safe
        node.replace(safe)
    return formula
