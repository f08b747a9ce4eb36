"""Files that know their own columns, and spreadsheets, as rows of text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

Settings = dict[str, object]
Record = dict[str, Any]
Table = tuple[Settings, tuple[str, ...], Iterator[list[str]]]
LOOKED_THROUGH = 1_000_000  # rows of a file, after which the rest isn't looked at


def open_raw(path: Path) -> BinaryIO:
    """A file's bytes, decompressed."""
    return path.open("rb")


def parquet(stream: BinaryIO) -> Table:
    """Settings, column names and rows of a Parquet file."""
    from pyarrow.parquet import ParquetFile

    batches = ParquetFile(stream).iter_batches(5_000)
    return _table({"format": "parquet"}, (_flat(record) for batch in batches for record in batch.to_pylist()))


def spreadsheet(stream: BinaryIO) -> tuple[list[str], Iterator[list[str]]]:
    """The sheets' names, and the first sheet's rows."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(stream)
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return book.sheet_names, ([_text(cell) for cell in row] if any(row) else [] for row in rows)


def json_records(lines: Iterator[str]) -> Table:
    """Settings, paths and rows of a JSON document (the list of records, or one that holds it) or of one per line.

    Where records hold a list of records, each of its items is a row.
    """
    first = next(lines)
    try:
        start = json.loads(first)
    except ValueError:
        start = None
    settings: Settings = {"format": "ndjson"}
    records: Iterator[Any]
    if isinstance(start, dict):
        records = (json.loads(line) for line in (first, *islice(lines, LOOKED_THROUGH)) if line.strip())
    else:
        document = json.loads(first + "".join(lines))
        path, found = ("", document) if isinstance(document, list) else _longest_list(document, "")
        records, settings = iter(found), Settings(format="json")
        settings |= {"records": path} if path else {}
    flat = [_flat(record if isinstance(record, dict) else {"value": record}) for record in records]
    lists = (name for record in flat for name, value in record.items() if value and _is_records(value))
    path = next(lists, "")
    if not path:
        return _table(settings, iter(flat))
    rest = ({name: value for name, value in record.items() if name != path} for record in flat)
    exploded = (
        outer | _flat(item, f"{path}.")
        for outer, record in zip(rest, flat, strict=True)
        for item in record.get(path) or ()
    )
    return _table(settings | {"explode": path}, exploded)


def _table(settings: Settings, records: Iterator[Record]) -> Table:
    kept = list(islice(records, LOOKED_THROUGH))
    header = tuple(dict.fromkeys(name for record in kept for name in record))
    return settings, header, ([_text(record.get(name)) for name in header] for record in kept)


def _text(value: Any) -> str:
    """A value as a raw file would write it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).strip()


def _flat(record: Record, under: str = "") -> Record:
    """A record's values by path.

    >>> _flat({"id": 1, "customer": {"city": "Bern"}})
    {'id': 1, 'customer.city': 'Bern'}
    """
    values: Record = {}
    for name, value in record.items():
        values |= _flat(value, f"{under}{name}.") if isinstance(value, dict) else {under + name: value}
    return values


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _longest_list(document: Record, under: str) -> tuple[str, list[Any]]:
    lists: list[tuple[str, list[Any]]] = [("", [])]
    lists += [(path, value) for path, value in _flat(document, under).items() if _is_records(value)]
    return max(lists, key=lambda item: len(item[1]))
