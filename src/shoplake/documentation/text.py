"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shoplake.contract import Column


def plain(text: str) -> str:
    r"""Somebody's text, so that it stays text.

    >>> plain("a [link](x) | <b>")
    'a \\[link\\](x) \\| \\<b>'
    """
    return re.sub(r"([\\`*\[\]<|])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    r"""A name or an expression, also within a table.

    >>> code("a || b"), code("`odd name`")
    ('`a \\|\\| b`', '`` `odd name` ``')
    """
    shown = " ".join(text.split()).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def codes(texts: Iterable[str]) -> str:
    return ", ".join(map(code, texts))


def anchor(heading: str) -> str:
    """The id of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def link(table: str) -> str:
    return f"[{code(table)}](#{anchor(table)})"


def grid(headers: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    head, *body = [f"| {' | '.join(cells)} |" for cells in (headers, *rows)]
    return "\n".join([head, f"|{'---|' * len(headers)}", *body])


def counted(count: int, noun: str = "row") -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def one_of(column: Column) -> str:
    return column.allowed_as or f"one of {', '.join(map(plain, column.allowed))}"
