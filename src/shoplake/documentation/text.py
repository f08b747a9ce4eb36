"""Small pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable


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
    return ", ".join(code(text) for text in texts)


def anchor(heading: str) -> str:
    """The id of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def link(table: str) -> str:
    return f"[{code(table)}](#{anchor(table)})"


def grid(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(headers)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" if n != 1 else f"|{'|'.join(cells)}|" for n, cells in enumerate(lines))


def counted(count: int, noun: str = "row") -> str:
    """
    >>> counted(1), counted(1200)
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
