"""Raw files as rows of text, before anybody declared what is in them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from shoplake.bronze.documents import as_text, parquet_file, parse_json
from shoplake.bronze.files import RawFile, members_of
from shoplake.bronze.workbook import sheet_rows
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

Settings = dict[str, object]
Record = dict[str, Any]
Table = tuple[Settings, tuple[str, ...], Iterator[list[str]]]
LOOKED_THROUGH = 1_000_000  # rows of a file, after which the rest isn't looked at


def raw_files(paths: Iterable[Path]) -> list[RawFile]:
    """The files that users name, and those in their archives."""
    found: list[RawFile] = []
    for path in paths:
        if not path.is_file():
            what, remedy = ("it is a folder", f"Name its files: {path}/*") if path.is_dir() else ("", "Check its name")
            raise InputError(what or "there is no such file", where=str(path), remedy=remedy)
        members = members_of(path, str(path)) if path.suffix.lower() == ".zip" else [""]
        found += [RawFile(path, f"{path}/{member}".rstrip("/"), member) for member in members]
    return found


def plain_name(file: RawFile) -> str:
    """What a feed's pattern is held against."""
    is_packed = not file.member and file.path.suffix.lower() in {".gz", ".zst"}
    return PurePosixPath(file.member).name or (file.path.stem if is_packed else file.path.name)


def parquet(content: bytes, where: str) -> Table:
    """Settings, column names and rows of a Parquet file."""
    batches = parquet_file(content, where).iter_batches(5_000)
    return _table({"format": "parquet"}, (record for batch in batches for record in batch.to_pylist()))


def spreadsheet(content: bytes, where: str) -> Iterator[list[str]]:
    """The rows of a workbook's first sheet; an empty one has no cells."""
    rows = sheet_rows(content, Feed(files="*", format="xlsx", columns={"any": None}), where)
    return ([cell.strip() for cell in row] if any(row) else [] for row in rows)


def json_text(text: str) -> Table:
    """Settings, paths and rows of a JSON document (the list of records, or one that holds it) or of one per line.

    Where records hold a list of records, each of its items is a row.
    """
    lines = (line for line in io.StringIO(text) if line.strip())
    settings: Settings = {"format": "ndjson"}
    try:
        records = [parse_json(next(lines))]
    except ValueError:
        records = []
    if records and isinstance(records[0], dict):
        records += [parse_json(line) for line in islice(lines, LOOKED_THROUGH)]
    else:
        document = parse_json(text)
        path, records = ("", document) if isinstance(document, list) else _longest_list(document)
        settings = {"format": "json", **({"records": path} if path else {})}
    flat = [_flat(record if isinstance(record, dict) else {"value": record}) for record in records]
    exploded = next((name for record in flat for name, value in record.items() if value and _is_records(value)), "")
    if not exploded:
        return _table(settings, iter(flat))
    rows = (record | _flat(item, f"{exploded}.") for record in flat for item in record.get(exploded) or ())
    outside = ({name: value for name, value in row.items() if name != exploded} for row in rows)
    return _table(settings | {"explode": exploded}, outside)


def _table(settings: Settings, records: Iterator[Record]) -> Table:
    kept = list(islice(records, LOOKED_THROUGH))
    header = tuple(dict.fromkeys(name for record in kept for name in record))
    return settings, header, ([(as_text(record.get(name)) or "").strip() for name in header] for record in kept)


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


def _longest_list(document: Record) -> tuple[str, list[Any]]:
    lists: list[tuple[str, list[Any]]] = [("", [document])]
    lists += [(path, value) for path, value in _flat(document).items() if _is_records(value)]
    return max(lists, key=lambda item: len(item[1]))
