"""Reads a user's filter: one condition over dimensions, and nothing that is more than that."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from sqlglot import ErrorLevel, TokenType, exp, parse, tokenize
from sqlglot.errors import SqlglotError

from shoplake.errors import QueryError
from shoplake.metrics.declaration import Dimension
from shoplake.metrics.operands import mismatch

_REMEDY = "A filter is one condition over dimensions, such as department = 'GROCERY' and age_band in ('25-34', '35-44')"
_LONGEST = 10_000
# Beside these there are columns, texts, numbers and dates.
_ALLOWED = (
    *(exp.And, exp.Or, exp.Not, exp.Paren, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between),
    *(exp.Like, exp.Is, exp.Null, exp.Boolean, exp.Literal, exp.Neg, exp.Column, exp.Identifier, exp.Tuple),
    *(exp.Lower, exp.Upper, exp.Trim, exp.Length),
)
_COMPARISONS = (*(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Like, exp.Is),)
_CONDITIONS = (exp.And, exp.Or, exp.Not, *_COMPARISONS)


def read_filter(sql: str, dimensions: Mapping[str, Dimension]) -> exp.Expr:
    """The condition, in which each column is a dimension. Raises QueryError with a word on what is wrong."""
    condition = _parsed(sql)
    for node in condition.walk():
        _check(node, dimensions)
    for node in condition.find_all(*_COMPARISONS):
        if not node.find(exp.Column):
            raise _refused(f"«{node.sql(dialect='duckdb')[:60]}» says nothing of any dimension")
        if problem := mismatch(node, dimensions):
            raise _refused(problem)
    condition = condition.transform(lambda node: _of_boolean(node, dimensions))
    joined = [part for node in condition.find_all(exp.And, exp.Or, exp.Not) for part in node.iter_expressions()]
    for part in (condition, *joined):
        if not isinstance(part.unnest(), _CONDITIONS):
            raise _refused(f"«{part.sql(dialect='duckdb')[:60]}» is no condition that is true or false")
    return condition


def dimensions_in(condition: exp.Expr) -> dict[str, None]:
    """The dimensions that a filter names, each once."""
    return {column.name: None for column in condition.find_all(exp.Column, bfs=False) if not column.table}


def _parsed(sql: str) -> exp.Expr:
    if len(sql) > _LONGEST:
        raise _refused(f"it is longer than {_LONGEST:,} characters")
    if not sql.isprintable() and not set(sql) - set("\t\r\n") == set(filter(str.isprintable, sql)):
        raise _refused("it holds characters that can't be seen")
    try:
        tokens = tokenize(sql, read="duckdb")
        if not tokens:
            raise _refused("it is empty")
        if any(token.comments for token in tokens):
            raise _refused("it holds a comment, behind which the rest may hide")
        if any(token.token_type == TokenType.SEMICOLON for token in tokens):
            raise _refused("it is more than one statement")
        statements = parse(f"SELECT 1 WHERE {sql}\n", dialect="duckdb", error_level=ErrorLevel.RAISE)
    except SqlglotError as failure:
        raise _refused(f"it is not valid SQL: {_first_line(failure)}") from None
    except RecursionError:
        raise _refused("it is nested too deeply") from None
    select = statements[0]
    if not isinstance(select, exp.Select) or not select.args.get("where"):
        raise _refused("it is more than one condition")
    if any(value for key, value in select.args.items() if key not in {"expressions", "where", "kind"}):
        raise _refused("it is more than one condition")
    found = select.args["where"]
    condition: exp.Expr = found.this
    return condition


def _check(node: exp.Expr, dimensions: Mapping[str, Dimension]) -> None:
    if isinstance(node, exp.Cast) and node.is_type("date") and isinstance(node.this, exp.Literal):
        return
    if isinstance(node, exp.DataType) and isinstance(node.parent, exp.Cast):
        return
    if not isinstance(node, _ALLOWED):
        raise _refused(f"it holds «{node.sql(dialect='duckdb')[:60]}», which is more than a condition")
    if isinstance(node, exp.In) and not all(isinstance(e, exp.Literal | exp.Neg | exp.Cast) for e in node.expressions):
        raise _refused("a list holds something else than values")
    if isinstance(node, exp.In) and not node.expressions:
        raise _refused("a list is empty, or no list of values")
    if isinstance(node, exp.Column):
        if node.table:
            raise _refused(f"«{node.sql()}» has a point in it; dimensions go by their bare name")
        if node.name not in dimensions:
            raise unknown("dimension", node.name, dimensions)


def _of_boolean(node: exp.Expr, dimensions: Mapping[str, Dimension]) -> exp.Expr:
    """`is_weekend` alone is a comparison with true: some engines know no other condition."""
    is_operand = isinstance(node.parent, exp.And | exp.Or | exp.Not | exp.Paren) or node.parent is None
    if isinstance(node, exp.Column) and dimensions[node.name].type == "boolean" and is_operand:
        return exp.EQ(this=node.copy(), expression=exp.true())
    return node


def unknown(what: str, name: str, known: Mapping[str, object]) -> QueryError:
    """An error that offers the nearest names."""
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    there = ", ".join(near or sorted(known))
    remedy = f"Did you mean {' or '.join(near)}? `shoplake metrics list` shows all" if near else f"There are: {there}"
    return QueryError(f"there is no {what} «{name}»", remedy=remedy)


def _refused(why: str) -> QueryError:
    return QueryError(f"the filter is refused: {why}", where="--where", remedy=_REMEDY)


def _first_line(failure: SqlglotError) -> str:
    errors = getattr(failure, "errors", None)
    return str(errors[0]["description"] if errors else failure).splitlines()[0]
