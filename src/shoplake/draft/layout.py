"""How a raw file is laid out: format, delimiter, header. Its rows are then read as bronze reads them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from shoplake.bronze.content import open_bytes
from shoplake.bronze.documents import json_records, parquet_file, parse_json
from shoplake.bronze.encoding import candidates, chunks_of
from shoplake.bronze.files import RawFile, members_of
from shoplake.bronze.workbook import sheet_rows
from shoplake.errors import InputError
from shoplake.lake.failures import explained
from shoplake.sources.declaration import WHITESPACE, Feed

Layout = tuple[dict[str, Any], tuple[str, ...]]  # a feed's settings beside the defaults, the names of its columns
_HEAD, _ROWS = 1 << 16, 100  # bytes, and rows, that tell how a text is laid out
_VALUE = re.compile(r"[-+($€£¥]*\d[\d.,: /)-]*|.*@.*|\d{1,4}[-/.]\d.*")


def raw_files(paths: Iterable[Path]) -> list[RawFile]:
    """The files that users name, and those in their archives."""
    found: list[RawFile] = []
    for path in paths:
        if not path.is_file():
            raise InputError("there is no such file", where=str(path), remedy="Name files, such as exports/*.csv")
        members = members_of(path, str(path)) if path.suffix.lower() == ".zip" else [""]
        found += [RawFile(path, f"{path}/{member}".rstrip("/"), member) for member in members]
    return found


def plain_name(file: RawFile) -> str:
    """What a feed's pattern is held against."""
    is_packed = not file.member and file.path.suffix.lower() in {".gz", ".zst"}
    return PurePosixPath(file.member).name or (file.path.stem if is_packed else file.path.name)


def look(file: RawFile) -> Layout:
    """Look at the beginning of a text, at a document as a whole. Raises InputError for what is no table."""
    with explained(file.name), open_bytes(file.path, file.member, file.name) as stream:
        start, any_feed = stream.read(_HEAD), Feed(files="*", columns={"any": None})

        def whole() -> bytes:
            return b"".join([start, *chunks_of(stream, 1 << 20)])

        if not start.strip():
            return {}, ()
        if start.startswith(b"PAR1"):
            return {"format": "parquet"}, tuple(parquet_file(whole(), file.name).schema_arrow.names)
        if start.startswith(b"PK\x03\x04"):
            return _table(sheet_rows(whole(), any_feed, file.name)[:_ROWS], {"format": "xlsx"})
        text = _decoded(start)
        if len(start) == _HEAD:  # its last line is cut off
            text = text[: text.rfind("\n") + 1] or text
        text = re.sub(r"\Asep=.\r?\n", "", text)  # for a spreadsheet's eyes
        if re.match(r"\s*[\[{]\s*[\[{\"\]}]", text):
            return _records(text, lambda: json_records(_decoded(whole()), any_feed, file.name))
        delimiter = max((",", ";", "\t", "|", WHITESPACE), key=lambda sign: _agreeing(text, sign))
        return _table(list(_split(text, delimiter)), {} if delimiter == "," else {"delimiter": delimiter})


def _decoded(content: bytes) -> str:
    """By the first encoding that fits; the last character may be cut off."""
    for encoding in candidates(content[:4096], "auto"):
        with suppress(UnicodeDecodeError):
            return codecs.getincrementaldecoder(encoding)().decode(content).removeprefix("\ufeff")
    return content.decode("latin-1")


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    rows = map(str.split, lines) if delimiter == WHITESPACE else csv.reader(lines, delimiter=delimiter)
    return ([cell.strip() for cell in row] for row in islice(rows, _ROWS))


def _agreeing(text: str, delimiter: str) -> int:
    """How many rows have the same number of cells, more than one; nearly all must where blanks part them."""
    widths = Counter(map(len, _split(text, delimiter)))
    most = max((count for width, count in widths.items() if width > 1), default=0)
    return most if delimiter != WHITESPACE or most * 10 >= widths.total() * 9 else 0


def _table(rows: list[list[str]], settings: dict[str, Any]) -> Layout:
    """A table that has to be found among the rows: lines above it, a header or none."""
    cells = (Counter(len(row) for row in rows if len(row) > 1) or Counter([1])).most_common(1)[0][0]
    first = next((i for i, row in enumerate(rows) if len(row) == cells and sum(map(bool, row)) * 2 >= cells), 0)
    row, below = rows[first], [row for row in rows[first + 1 :] if len(row) == cells and row != rows[first]]
    names = [name for name in row if name]
    is_again = any(name and name == other[i] for other in below for i, name in enumerate(row))  # as values are
    if len(set(names)) == len(names) and not is_again and not any(_VALUE.fullmatch(name) for name in names):
        return settings, tuple(names)
    settings |= {"has_header": False} | ({"skip_lines": first} if first else {})
    return settings, tuple(f"column_{i}" for i in range(1, cells + 1))


def _records(start: str, whole: Callable[[], list[Any]]) -> Layout:
    """Objects on a line each, or a document: a list of records, or an object that holds one; and the items in them."""
    try:
        records = [parse_json(line) for line in start.splitlines() if line.strip()]
        settings: dict[str, Any] = {"format": "ndjson" if isinstance(records[0], dict) else "json"}
    except ValueError:
        settings = {"format": "json"}
    flat = [*map(_flat, records if settings["format"] == "ndjson" else whole())]
    if settings["format"] == "json" and start.lstrip().startswith("{") and (paths := _lists(flat)):
        settings["records"] = max(paths, key=lambda path: len(flat[0][path]))
        flat = [*map(_flat, flat[0][settings["records"]])]
    explode = next(iter(_lists(flat)), None)
    names = dict.fromkeys(name for record in flat for name in record if name != explode)
    if explode:
        settings["explode"] = explode
        names |= dict.fromkeys(n for row in flat for item in row.get(explode) or () for n in _flat(item, f"{explode}."))
    return settings, tuple(names)


def _flat(record: Any, under: str = "") -> dict[str, Any]:
    """A record's values by path, such as customer.city."""
    values: dict[str, Any] = {}
    for name, value in record.items() if isinstance(record, dict) else ():
        values |= _flat(value, f"{under}{name}.") if isinstance(value, dict) else {under + name: value}
    return values


def _lists(flat: list[dict[str, Any]]) -> list[str]:
    """The paths at which records hold lists of records."""
    lists = [(path, value) for record in flat for path, value in record.items() if isinstance(value, list)]
    return [path for path, value in lists if value and isinstance(value[0], dict)]
