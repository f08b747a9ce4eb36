"""Checks that a declared expression is what it may be: one row-wise, deterministic Spark SQL expression."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from sqlglot import ErrorLevel, TokenType, exp, parse, tokenize
from sqlglot.dialects import DuckDB, Spark
from sqlglot.errors import ParseError, SqlglotError

from shoplake.sources.functions import ALLOWED, WORDS

_FORBIDDEN: dict[type, str] = {
    exp.Query: "a query inside",
    exp.AggFunc: "an aggregate (a map is row-wise)",
    exp.Window: "a window (a map is row-wise)",
    exp.Star: "a star",
    exp.Placeholder: "a parameter",
    exp.Parameter: "a parameter",
    **dict.fromkeys(Spark.Parser.NO_PAREN_FUNCTIONS.values(), "what differs from run to run (time is data)"),
}
# What fills the memory of one machine fills that of the next.
_MOST_PADDING = 1000

# Words that can't name a column of the warehouse without quotes.
RESERVED: frozenset[str] = frozenset(DuckDB.Generator.RESERVED_KEYWORDS)


def problem_in(sql: str, columns: set[str], structs: dict[str, set[str]]) -> str | None:
    """What is wrong with an expression over `columns` and lookups (`structs`: name -> columns), if anything.

    >>> problem_in("upper(brand)", {"brand"}, {})
    >>> problem_in("sum(price)", {"price"}, {})
    'it holds an aggregate (a map is row-wise)'
    >>> problem_in("colour", {"color"}, {})
    'there is no column «colour»; there are: color'
    """
    tree, problem = _parsed(sql)
    if tree is None:
        return problem
    for node in tree.walk():
        for kind, name in _FORBIDDEN.items():
            if isinstance(node, kind):
                return f"it holds {name}"
        if isinstance(node, exp.Pad) and not (node.expression.is_int and int(node.expression.name) <= _MOST_PADDING):
            return f"it pads to a length that isn't a number up to {_MOST_PADDING:,}"
        if isinstance(node, exp.Div) and not any(cast.is_type("double") for cast in node.find_all(exp.Cast)):
            return "it divides decimals, of which engines keep different digits: round(cast(a as double) / b, 2)"
        if isinstance(node, exp.Column):
            problem = _column_problem(node, columns, structs)
            if problem:
                return problem
    return next(_problems_of_tokens(sql), None)


def _problems_of_tokens(sql: str) -> Iterator[str]:
    """Calls as they are written: a parser knows many functions by other names than the engine does."""
    tokens = tokenize(sql, read="spark")
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.comments:
            yield "it holds a comment, behind which the rest may hide"
        name = token.text.lower()
        if after is None or after.token_type != TokenType.L_PAREN or not name.isidentifier() or name in WORDS:
            continue
        if name not in ALLOWED or (before and before.token_type == TokenType.DOT):
            near = get_close_matches(name, ALLOWED - {name}, n=1, cutoff=0.8)
            hint = f"; did you mean {near[0]}()?" if near else " (docs/reference/functions.md)"
            yield f"it calls {name}(), which isn't among the functions that it may{hint}"


def columns_in(sql: str) -> list[tuple[str, str]]:
    """The columns that an expression reads, each once, as (lookup or nothing, column).

    >>> columns_in("coalesce(goods.name, label, 'label')")
    [('goods', 'name'), ('', 'label')]
    """
    tree, _ = _parsed(sql)
    found = tree.find_all(exp.Column, bfs=False) if tree else ()
    return list(dict.fromkeys((node.table, node.name) for node in found))


def _parsed(sql: str) -> tuple[exp.Expression | None, str | None]:
    # Parsed as the one item of a select: what reaches past it (a comma, FROM, UNION) shows.
    try:
        statements = parse(f"SELECT {sql}\n", dialect="spark", error_level=ErrorLevel.RAISE)
    except ParseError as failure:
        return None, f"it is not valid SQL: {failure.errors[0]['description']}"
    except SqlglotError as failure:
        return None, f"it is not valid SQL: {failure}"
    statement = statements[0] if len(statements) == 1 else None
    if not isinstance(statement, exp.Select) or len(statement.expressions) != 1:
        return None, "it is not one expression"
    if any(value for key, value in statement.args.items() if key not in {"expressions", "kind"}):
        return None, "it is not one expression"
    tree: exp.Expression = statement.expressions[0]
    if isinstance(tree, exp.Alias | exp.Star):
        return None, "it names or stars its result; the key before it is the name"
    return tree, None


def _column_problem(node: exp.Column, columns: set[str], structs: dict[str, set[str]]) -> str | None:
    if not node.table:
        if node.name in columns:
            return None
        return f"there is no column «{node.name}»; there are: {', '.join(sorted(columns))}"
    if node.table not in structs:
        return f"there is no lookup «{node.table}»"
    if node.name not in structs[node.table]:
        there = ", ".join(sorted(structs[node.table]))
        return f"the lookup «{node.table}» has no column «{node.name}»; there are: {there}"
    return None
