"""JSON, Parquet and XLSX: records and rows whose values become text, exactly as they are written."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shoplake.bronze.files import check_growth
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed


class _Number(str):
    """A number as it is written: 1.10 isn't 1.1."""

    __slots__ = ()


class NotARecordError(ValueError):
    """A line or item that holds no JSON object."""


def parse_json(text: str) -> Any:
    """JSON with its numbers as they are written; a key that stands twice is refused, since one would be lost."""
    return json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object)


def json_records(text: str, feed: Feed, where: str) -> list[Any]:
    """The records of a JSON document."""
    try:
        found: Any = parse_json(text.removeprefix("\ufeff"))
    except (json.JSONDecodeError, NotARecordError) as failure:
        raise InputError(f"not valid JSON: {failure}", where=where, remedy="Export it again, whole") from failure
    for key in feed.records.split(".") if feed.records else ():
        found = found.get(key) if isinstance(found, dict) else None
    if feed.records is None and isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        at = f"«{feed.records}» in it" if feed.records else "it"
        raise InputError(f"{at} is no list of records", where=where, remedy="Correct the feed's records in source.yml")
    return found


def rows_of_record(record: Any, feed: Feed) -> Iterator[tuple[int, dict[str, str | None], str | None]]:
    """(item number, values by declared name, everything else as JSON): one row, or one per item of `explode`.

    The number is 0 where nothing is exploded, or the list is empty: a record never vanishes.
    """
    if not isinstance(record, dict):
        raise NotARecordError
    items: list[Any] = [None]
    if feed.explode:
        found = _at(record, feed.explode)
        items = found if isinstance(found, list) and found else [None] if not found else [found]
    own = {path for path in feed.headers.values() if not _is_below(path, feed.explode)}
    rest = {key: value for key, value in record.items() if key not in own and key != feed.explode}
    for number, item in enumerate(items, 1):
        is_item = feed.explode is not None and item is not None
        values = {
            name: as_text(_of_item(item, path, feed) if _is_below(path, feed.explode) else _at(record, path))
            for name, path in feed.headers.items()
        }
        others = dict(rest) if number == 1 else {}
        if is_item and isinstance(item, dict):
            below = {f"{feed.explode}.{key}": value for key, value in item.items()}
            others |= {key: value for key, value in below.items() if key not in feed.headers.values()}
        others = {key: value for key, value in others.items() if value is not None}
        yield number if is_item else 0, values, to_json(others) if others else None


def as_text(value: Any) -> str | None:
    """One value as text; what is nested as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):  # a cell's 17850.0 is written 17850
        return format(Decimal(repr(value)), "f").removesuffix(".0") if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | int):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return to_json(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def to_json(value: Any) -> str:
    """JSON that keeps numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {to_json(v)}" for key, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(to_json, value)) + "]"
    if isinstance(value, _Number):
        return str(value)
    if value is None or isinstance(value, bool | str | int):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(as_text(value), ensure_ascii=False)


def parquet_file(content: bytes, where: str) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(pa.BufferReader(content))
    except pa.ArrowInvalid as failure:
        raise InputError("not a Parquet file, or a damaged one", where=where, remedy="Export it again") from failure


def sheet_rows(content: bytes, feed: Feed, where: str) -> list[list[str]]:
    """All rows of a sheet from its first on, as text."""
    import python_calamine as calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_growth(archive, where)
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (zipfile.BadZipFile, calamine.CalamineError) as failure:
        raise InputError("not an XLSX workbook, or a damaged one", where=where, remedy="Save it again") from failure
    names = workbook.sheet_names
    if feed.sheet is not None and feed.sheet not in names:
        there = ", ".join(f"«{name}»" for name in names)
        raise InputError(f"it has no sheet «{feed.sheet}», but {there}", where=where, remedy="Correct the feed's sheet")
    sheet = workbook.get_sheet_by_name(feed.sheet) if feed.sheet else workbook.get_sheet_by_index(0)
    return [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell(value: Any) -> str:
    """A day in a sheet is an instant whose midnight isn't shown."""
    return f"{value} 00:00:00" if type(value) is date else as_text(value) or ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotARecordError("a key stands in it twice")
    return found


def _at(record: Any, path: str) -> Any:
    if isinstance(record, dict) and path in record:  # a key may hold a point
        return record[path]
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _is_below(path: str, explode: str | None) -> bool:
    return explode is not None and (path == explode or path.startswith(f"{explode}."))


def _of_item(item: Any, path: str, feed: Feed) -> Any:
    assert feed.explode is not None
    return item if path == feed.explode else _at(item, path.removeprefix(f"{feed.explode}."))
