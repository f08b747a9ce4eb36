"""Finds the header of a table, and the declared columns in it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from shoplake.errors import InputError
from shoplake.sources.declaration import WHITESPACE, Feed

_LINES_TO_LOOK_AT = 100
_MOST_NAMES = 1000  # more are no columns, but data that stand as keys
NAMELESS = re.compile(r"column_\d+")  # what a column without a name is called
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u00ad"
# What may stand around a name, or a value, and is none of it.
AROUND = " \t\n\v\f\r\0\u0085\u00a0\u2007\u2009\u202f\u3000" + _INVISIBLE
_LINE_END = re.compile(r"\r\n|\r|\n")
csv.field_size_limit((1 << 31) - 1)  # Python's own is a hundred thousand characters; longer values are values too


@dataclass(frozen=True, slots=True)
class Header:
    """`names` of all columns, made unique; `columns`: declared name -> name; lines `above` it, and that it takes."""

    names: tuple[str, ...]
    columns: dict[str, str]
    above: int
    lines: int


def header_of_text(text: str, feed: Feed, where: str) -> Header:
    """The header of a delimited text, of which `text` is the beginning."""
    return _find(_records(text, feed), feed, where)


def header_of_rows(rows: Sequence[Sequence[str]], feed: Feed, where: str) -> Header:
    """The header of a sheet."""
    return _find(((number, list(row), 1) for number, row in enumerate(rows)), feed, where)


def header_of_names(names: Sequence[str], feed: Feed, where: str) -> Header:
    """The header of a table that names its columns itself."""
    return _header(list(names), 0, 0, feed, where)


def header_of_keys(names: Iterable[str], feed: Feed) -> Header:
    """What JSON has for a header: the names in any of its records."""
    found = set(names)
    columns: dict[str, str] = {}
    for name, paths in feed.headers.items():
        there = [path for path in paths if path in found or path.partition(".")[0] in found]
        columns |= {name: there[0]} if there else {}
    return Header(tuple(sorted(found)[:_MOST_NAMES]), columns, 0, 0)


def columns_in(names: tuple[str, ...], feed: Feed) -> dict[str, str]:
    """Declared name -> name among those that a file had, as if it were inspected now."""
    if feed.is_json:
        return header_of_keys(names, feed).columns
    if not feed.has_header:
        return dict(zip(feed.columns, names, strict=False))
    return match_columns(names, feed)[0]


def match_columns(names: tuple[str, ...], feed: Feed) -> tuple[dict[str, str], list[str]]:
    """Declared name -> name in the file, by letter or else without regard to case and blanks; and what is missing."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(folded(name), []).append(name)
    columns = {}
    for declared, headers in feed.headers.items():
        found = ([wanted] if wanted in names else alike.get(folded(wanted), []) for wanted in headers)
        same = next(filter(None, found), [])
        if len(same) == 1:
            columns[declared] = same[0]
    return columns, [name for name in feed.columns if name not in columns]


def stands_again(cells: Sequence[str], names: tuple[str, ...], number: int, where: str) -> bool:
    """Whether a row is the header once more, as in exports that were put together; refuses one in another order."""
    if not any(cells) or any(cell not in names and _clean(cell) not in names for cell in cells if cell):
        return False  # nearly every row, at its first cell
    found = _unique([_clean(cell) for cell in cells])
    if found != names and set(found) == set(names):
        what = f"the header stands again in row {number}, with its columns in another order"
        raise InputError(what, where=where, remedy="Split the file there")
    return found == names


def split_line(line: str, delimiter: str) -> list[str]:
    return line.split() if delimiter == WHITESPACE else next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _records(text: str, feed: Feed) -> Iterator[tuple[int, list[str], int]]:
    """(lines before, names, lines taken) for each line that could be the header."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    for number, start in enumerate(starts[: feed.skip_lines + _LINES_TO_LOOK_AT]):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        line = text[start:end]
        if feed.delimiter == WHITESPACE or line.count('"') % 2 == 0:
            yield number, split_line(line.rstrip("\r\n"), feed.delimiter), 1
            continue
        reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=feed.delimiter)
        yield number, next(reader, []), reader.line_num


def _find(candidates: Iterator[tuple[int, list[str], int]], feed: Feed, where: str) -> Header:
    best: tuple[list[str], int, int] = [], 0, 0
    fewest = len(feed.columns) + 1
    for above, cells, lines in candidates:
        if above < feed.skip_lines:
            continue
        if not feed.has_header:
            return _without_header(cells, above, feed, where)
        cells = [_clean(cell) for cell in cells]
        missing = match_columns(tuple(cells), feed)[1]
        if len(missing) < fewest and any(cells):
            best, fewest = (cells, above, lines), len(missing)
        if not missing:
            break
    if not best[0] and not feed.has_header:
        return Header(tuple(feed.columns), dict(zip(feed.columns, feed.columns, strict=True)), feed.skip_lines, 0)
    return _header(*best, feed, where)


def _header(cells: list[str], above: int, lines: int, feed: Feed, where: str) -> Header:
    """The header that cells are: some columns may be missing, but neither most of them nor by ambiguity."""
    columns, missing = match_columns(tuple(cells), feed)
    if len(missing) * 2 > len(feed.columns) or _could_be(missing, cells, feed):
        raise missing_columns(missing, cells, feed, where)
    _check_twice(cells, columns, where)
    return Header(_unique(cells), columns, above, lines)


def _could_be(missing: Iterable[str], cells: Sequence[str], feed: Feed) -> list[str]:
    """The cells that are a missing column's name but for case and blanks: several, or it would be found."""
    wanted = {folded(header) for name in missing for header in feed.headers[name]}
    return [cell for cell in cells if folded(cell) in wanted]


def missing_columns(
    missing: Sequence[str], cells: Sequence[str], feed: Feed, where: str, likely: Sequence[str] = ()
) -> InputError:
    """The error of a file in which declared columns aren't found; `cells` are the nearest to a header.

    `likely` are names of which something says that they are the missing ones.
    """
    if not any(cells):
        return InputError("the first line holds no column names", where=where, remedy="Export it with a header")
    # Without a header the first row is somebody's data: only names like the missing ones are told.
    wanted = [header for name in missing for header in feed.headers[name]]
    near = list(likely) or _could_be(missing, cells, feed)
    near = near or [match for name in wanted for match in get_close_matches(name, cells, n=1, cutoff=0.5)]
    hint = f"; it has {', '.join(f'«{name}»' for name in near)}" if near else ""
    if len(cells) == 1 and feed.format == "csv":
        hint += f", and «{feed.delimiter}» divides nothing in its first line: is that the feed's delimiter?"
    told = ", ".join(" or ".join(f"«{header}»" for header in feed.headers[name]) for name in missing)
    remedy = "Export it with that column, or correct the feed's columns in source.yml"
    if near:
        remedy += f"; a column with a new name has both: header: [{feed.headers[missing[0]][0]}, {near[0]}]"
    return InputError(f"the file has no column {told}{hint}", where=where, remedy=remedy)


def _without_header(cells: list[str], above: int, feed: Feed, where: str) -> Header:
    if any(cells) and len(cells) != len(feed.columns):
        raise InputError(
            f"its first row has {len(cells)} values, and the feed {len(feed.columns)} columns",
            where=where,
            remedy="Declare every column of the file, in its order, or correct the delimiter",
        )
    return Header(tuple(feed.columns), dict(zip(feed.columns, feed.columns, strict=True)), above, 0)


def _check_twice(cells: list[str], columns: dict[str, str], where: str) -> None:
    twice = [name for name, count in Counter(cells).items() if count > 1 and name in columns.values()]
    if twice:
        raise InputError(
            f"the file has the column «{twice[0]}» {cells.count(twice[0])} times",
            where=where,
            remedy="Rename or remove one of them",
        )


def _unique(names: list[str]) -> tuple[str, ...]:
    """Names for columns that nobody declared, so that none hides another."""
    found: list[str] = []
    for position, name in enumerate(names, 1):
        name = name or f"column_{position}"
        while name in found:
            name = f"{name}_{position}"
        found.append(name)
    return tuple(found)


def _clean(name: str) -> str:
    return name.translate(dict.fromkeys(map(ord, _INVISIBLE))).strip(AROUND)


def folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
