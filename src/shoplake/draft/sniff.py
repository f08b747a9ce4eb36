"""A first look at a file: its format, how it is laid out, and rows of text spread over it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from shoplake.bronze.content import open_bytes
from shoplake.bronze.encoding import candidates, chunks_of
from shoplake.bronze.files import RawFile
from shoplake.draft.formats import LOOKED_THROUGH, Settings, json_text, parquet, spreadsheet
from shoplake.errors import InputError, ShoplakeError
from shoplake.lake.failures import explained

Row = tuple[int, list[str]]
_MOST_BYTES = 64 << 20  # of a text
_HEAD = 200  # rows that tell how a file is laid out
_VALUE = re.compile(r"[-+($€£¥]*\d[\d.,: /)-]*|.*@.*|\d{1,4}[-/.]\d.*")
_TOTAL = re.compile(r"(grand |sub)?total:?|sums?:?|summe:?|end of .*", re.IGNORECASE)
_FOUND_BY_ITSELF = {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"}
csv.field_size_limit(1 << 28)  # a long text is no mistake


@dataclass(frozen=True, slots=True)
class Sample:
    """What a file looks like.

    `settings`: how it differs from a feed's defaults. `header`: the names of its columns. `rows`: (row number,
    texts) of those that have all cells; `seen`: how many rows were looked through. `notes`: evidence for people.
    """

    file: RawFile
    settings: Settings
    header: tuple[str, ...]
    rows: list[Row]
    seen: int
    notes: tuple[str, ...] = ()


def look(file: RawFile, most: int) -> Sample:
    """Look at a file; keep at most `most` of its rows. Raises InputError if it is no table of a known format."""
    with explained(file.name), open_bytes(file.path, file.member, file.name) as stream:
        try:
            return _look(file, stream, most)
        except (ShoplakeError, OSError):
            raise
        except Exception as failure:
            what, remedy = f"it can't be read: {failure}", "Export it again, or leave it out"
            raise InputError(what, where=file.name, remedy=remedy) from failure


def _look(file: RawFile, stream: Any, most: int) -> Sample:
    content = b"".join(islice(chunks_of(stream, 1 << 20), _MOST_BYTES >> 20))
    if not content.strip():
        raise InputError("the file is empty", where=file.name, remedy="Leave it out, or export it again")
    if content.startswith(b"PAR1"):
        return _of_records(file, *parquet(content + b"".join(chunks_of(stream, 1 << 20)), file.name), most)
    if content.startswith(b"PK\x03\x04"):
        return _of_rows(file, {"format": "xlsx"}, spreadsheet(content, file.name), most, [])
    encoding, text = _decoded(content, file.name)
    settings: Settings = {} if encoding in _FOUND_BY_ITSELF else {"encoding": encoding}
    if re.match(r"\s*[\[{]\s*[\[{\"\]}]", text):
        found, header, rows = json_text(text)
        return _of_records(file, settings | found, header, rows, most)
    delimiter = _delimiter(text)
    settings |= {} if delimiter == "," else {"delimiter": delimiter}
    return _of_rows(file, settings, _split(text, delimiter), most, ["Windows-1252"] * (encoding == "cp1252"))


def spread(rows: Iterable[Row], most: int) -> tuple[list[Row], int]:
    """The first rows, which show what repeats, and as many spread evenly over the rest; and how many there were."""
    head, later, step, seen = list[Row](), list[Row](), 1, 0
    for seen, row in enumerate(islice(rows, LOOKED_THROUGH), 1):
        if seen <= most // 2:
            head.append(row)
        elif row[0] % step == 0:
            later.append(row)
            if len(later) > most // 2:
                step *= 2
                later = [kept for kept in later if kept[0] % step == 0]
    return head + later, seen


def _decoded(content: bytes, where: str) -> tuple[str, str]:
    """The first encoding that fits, and the text; the last character may be cut off."""
    start = content[:4096]
    tried = candidates(start, "auto")
    if len(tried) > 1 and sum(byte < 9 or 13 < byte < 26 for byte in start) * 100 > len(start):
        remedy = "Name CSV, TSV, JSON, Parquet or XLSX files"
        raise InputError("it is neither text nor a format that shoplake knows", where=where, remedy=remedy)
    for encoding in tried:
        try:
            return encoding, codecs.getincrementaldecoder(encoding)().decode(content)
        except UnicodeDecodeError:
            continue
    return "latin-1", content.decode("latin-1")


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    if delimiter == "whitespace":
        return (line.split() for line in lines)
    return ([cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter))


def _delimiter(text: str) -> str:
    """The one by which most of the first rows have the same number of cells."""
    agreeing: dict[str, int] = {}
    for candidate in (",", ";", "\t", "|", "whitespace"):
        widths = Counter(len(row) for row in islice(_split(text, candidate), _HEAD))
        agreeing[candidate] = max((count for width, count in widths.items() if width > 1), default=0)
        rows = widths.total()
    blanks = agreeing.pop("whitespace")
    best = max(agreeing, key=lambda name: agreeing[name])
    return "whitespace" if agreeing[best] * 2 < rows and blanks * 10 >= rows * 9 else best


def _of_rows(file: RawFile, settings: Settings, rows: Iterator[list[str]], most: int, notes: list[str]) -> Sample:
    """A table that has to be found among the rows: lines above it, a header or none, an end."""
    head = list(islice(rows, _HEAD))
    widths = Counter(len(row) for row in head if len(row) > 1) or Counter([1])
    cells = widths.most_common(1)[0][0]
    filled = [sum(map(bool, row)) if len(row) == cells else 0 for row in head]
    first = next((i for i, count in enumerate(filled) if count and count * 2 >= max(filled)), 0)
    header = tuple(head[first])
    if _is_header(header, [row for row in head[first + 1 :] if len(row) == cells]):
        notes = notes + [f"the header is row {first + 1}"] * bool(first)
        first += 1
    else:
        settings = settings | {"has_header": False} | ({"skip_lines": first} if first else {})
        header = tuple(f"column_{i}" for i in range(1, cells + 1))
    end: list[str] = []
    ragged: list[int] = []
    numbered = islice(enumerate(chain(head, rows), 1), first, None)
    kept, seen = spread(_table(numbered, cells, end, ragged), most)
    if ragged:
        notes = [*notes, f"{len(ragged):,} rows haven't {cells} cells: quarantined, such as row {ragged[0]:,}"]
    return Sample(file, settings | ({"ends_before": end[0]} if end else {}), header, kept, seen, tuple(notes))


def _is_header(first: tuple[str, ...], below: list[list[str]]) -> bool:
    """Names, not values: different from each other, no number or address, none of them again in its column."""
    names = [name for name in first if name]
    if len(set(names)) < len(names) or any(_VALUE.fullmatch(name) for name in names):
        return False
    return not any(name and name == row[i] for row in below if tuple(row) != first for i, name in enumerate(first))


def _table(rows: Iterator[Row], cells: int, end: list[str], ragged: list[int]) -> Iterator[Row]:
    """The rows up to where the table ends; `end` takes what it ends before, `ragged` the rows of other widths."""
    after_blank = False
    for number, row in rows:
        is_total = bool(row) and bool(_TOTAL.fullmatch(row[0]))
        if is_total or (after_blank and row and len(row) != cells):
            end.append(row[0] if is_total else "")
            return
        after_blank = after_blank or not row
        if len(row) == cells:
            yield number, row
        elif row:
            ragged.append(number)


def _of_records(
    file: RawFile, settings: Settings, header: tuple[str, ...], rows: Iterator[list[str]], most: int
) -> Sample:
    return Sample(file, settings, header, *spread(enumerate(rows, 1), most))
