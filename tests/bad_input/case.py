"""What a file of the corpus is, and what must come of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from shoplake.bronze.load import Load
from shoplake.sources.declaration import WHITESPACE, Feed
from tests.bronze.files import AB

CSV = Feed(files="*", columns=AB)
RAGGED, QUOTES, OUTSIDE = "ragged_row", "unbalanced_quotes", "outside_the_table"
NO_JSON = "not_a_json_object"


class Whole(NamedTuple):
    """A row that is kept whole, and why."""

    number: int
    text: str
    reason: str


# A row that was split: its number and values, then what else it holds, if anything.
Split = tuple[Any, ...]


class Bad(NamedTuple):
    """The reasons for which a row is refused when it is parsed."""

    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A file. Either it is `refused` with a sentence like this (a pattern), or it gives `rows` in bronze;
    `parsed` are then the values, or the reasons, of the rows that hold anything."""

    kind: str
    name: str
    content: bytes
    feed: Feed = CSV
    refused: str = ""
    rows: tuple[Split | Whole, ...] | None = None
    parsed: tuple[tuple[Any, ...] | Bad, ...] | None = None
    clock_changes: Literal["shift", "refuse"] = "shift"

    @property
    def is_plain_text(self) -> bool:
        return self.feed.format == "csv" and not self.content.startswith((b"PK", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))

    @property
    def title(self) -> str:
        return f"{self.kind}: {self.name}"


# Each class of text comes in six layouts, so that encodings, delimiters and line ends meet each other.
LAYOUTS = (
    ("utf-8", ",", "\n"),
    ("utf-8-sig", ";", "\r\n"),
    ("cp1252", "\t", "\r"),
    ("utf-16", "|", "\n"),
    ("utf-16-le", ",", "\r\n"),
    ("utf-16-be", ";", "\r"),
)


def in_layouts(
    kind: str,
    text: str,
    rows: tuple[Split | Whole, ...] | None = None,
    *,
    refused: str = "",
    layouts: tuple[tuple[str, str, str], ...] = LAYOUTS,
    **declared: Any,
) -> Iterator[Case]:
    """A text in several layouts: commas and line feeds stand for delimiter and line end, in the rows too."""
    feed = CSV.model_copy(update=declared)
    for encoding, delimiter, end in layouts:
        signs = {ord(","): delimiter, ord("\n"): end}
        name = f"{slug(kind)}_{encoding}_{ord(delimiter)}_{len(end)}{ord(end[0])}.csv"
        yield Case(
            kind,
            name,
            text.translate(signs).encode(encoding),
            feed.model_copy(update={"delimiter": delimiter} | declared),
            refused.replace("<,>", re.escape(delimiter)),
            None if rows is None else tuple(_with(signs, row) for row in rows),
        )


def slug(kind: str) -> str:
    return re.sub(r"\W+", "_", kind).strip("_").lower()


def as_rows(found: list[dict[str, Any]], columns: list[str]) -> tuple[Split | Whole, ...]:
    """Rows of bronze as a case states them."""
    return tuple(
        Whole(row["_row_number"], row["_unsplit"], row["_reason"])
        if row["_reason"]
        else (
            row["_row_number"],
            *(row[name] for name in columns),
            *([json.loads(row["_extra"])] if row["_extra"] else []),
        )
        for row in found
    )


def lost_from_text(content: bytes, load: Load, feed: Feed, rows: tuple[Split | Whole, ...]) -> Counter[str]:
    """The characters of a delimited text that are not in its rows, or the other way round: none, we hope.

    Delimiters, quotes, line ends and blanks are no matter; neither is the header.
    """
    text = content.decode(load.encoding).removeprefix("\ufeff")
    lines = re.split(r"\r\n|\r|\n", text)
    body = "".join(lines[: load.above] + lines[load.above + load.header_lines :])
    there = "".join(cell for row in rows for cell in _texts(row))
    delimiter = "" if feed.delimiter == WHITESPACE else re.escape(feed.delimiter)
    wanted, found = (Counter(re.sub(rf'[\s"\x1f{delimiter}]', "", text)) for text in (body, there))
    return (wanted - found) + (found - wanted)


def breaks_in(rows: tuple[Split | Whole, ...]) -> int:
    """The line breaks within values."""
    return sum(len(re.findall(r"\r\n|\r|\n", cell)) for row in rows for cell in _texts(row))


def _texts(row: Split | Whole) -> Iterator[str]:
    for cell in row[1:2] if isinstance(row, Whole) else row[1:]:
        yield from (str(value) for value in (cell.values() if isinstance(cell, dict) else (cell or "",)))


def _with(signs: dict[int, str], row: Split | Whole) -> Split | Whole:
    if isinstance(row, Whole):
        return row._replace(text=row.text.translate(signs))
    return tuple(cell.translate(signs) if isinstance(cell, str) else cell for cell in row)
