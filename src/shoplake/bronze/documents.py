"""JSON and Parquet: records whose values become text, exactly as they are written."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shoplake.bronze.content import said
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

# Half of a sign that JSON writes in two, as where a text was cut, is no text: what is written then is kept as it is.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB]%s\\u[dD][c-fC-F]%s|(\\u[dD][89a-fA-F]%s)|\\." % (("[0-9a-fA-F]{2}",) * 3), re.DOTALL
)


# For a look at names: far faster than to keep numbers as they are written.
_QUICK = json.JSONDecoder(parse_int=str)


class _Number(str):
    """A number as it is written: 1.10 isn't 1.1."""

    __slots__ = ()


class NotARecordError(ValueError):
    """A line or item that holds no JSON object."""


def parse_json(text: str) -> Any:
    """JSON with its numbers as they are written; a key that stands twice is refused, since one would be lost."""
    if _SURROGATE.search(text):
        text = _ESCAPE.sub(lambda found: "\\" * bool(found[1]) + found[0], text)
    try:
        return json.loads(
            text, parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object
        )
    except RecursionError as failure:
        raise NotARecordError("it is nested too deep") from failure


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


def rows_of_record(record: dict[str, Any], feed: Feed) -> Iterator[tuple[int, dict[str, str | None], str | None]]:
    """(item number, values by declared name, everything else as JSON): one row, or one per item of `explode`.

    The number is 0 where nothing is exploded, or the list is empty: a record never vanishes.
    """
    for number, item in enumerate(_items(record, feed), 1):
        is_item = feed.explode is not None and item is not None
        values: dict[str, str | None] = {}
        used = {feed.explode}
        for name, paths in feed.headers.items():
            for path in paths:
                value = _value(record, item, path, feed)
                if value is not None:
                    used.add(path)
                    break
            values[name] = as_text(value)
        others = dict(record) if number == 1 else {}
        if is_item and isinstance(item, dict):
            others |= {f"{feed.explode}.{key}": value for key, value in item.items()}
        others = {key: value for key, value in others.items() if value is not None and key not in used}
        yield number if is_item else 0, values, to_json(others) if others else None


def names_of_records(records: Iterable[Any], feed: Feed) -> set[str]:
    """The names of values, and of those of items; a declared path in the place of its parent."""
    names: set[str] = set()
    shapes: set[tuple[str, ...]] = set()
    paths = {path for headers in feed.headers.values() for path in headers if "." in path}
    wanted = set(paths)
    for record in records:
        if not isinstance(record, dict):
            continue
        items = [item for item in _items(record, feed) if isinstance(item, dict)] if feed.explode else []
        for path in [*wanted]:
            if any(_value(record, item, path, feed) is not None for item in items or [{}]):
                wanted.discard(path)
        shape = tuple(record)
        if shape not in shapes:  # nearly all are like one before
            shapes.add(shape)
            names.update(shape)
        for item in items:
            names.update([f"{feed.explode}.{key}" for key in item])
    return (names | paths - wanted) - {path.partition(".")[0] for path in paths} - {feed.explode}


def names_of_lines(lines: Iterable[str], feed: Feed) -> set[str]:
    """The names in the records that stand on a line each."""
    return names_of_records(map(_looked_at, lines), feed)


def _looked_at(line: str) -> Any:
    """A record for a look at its names; None where it can't be read."""
    try:
        text = line.strip().removeprefix("\ufeff")
        return parse_json(text) if "\\u" in text else _QUICK.decode(text)
    except (ValueError, RecursionError):  # kept whole, with the reason, when it is read
        return None


def whole_lines(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a text that comes in pieces, without their ends."""
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).split("\n")
        yield from whole
    if rest:
        yield rest


def _items(record: dict[str, Any], feed: Feed) -> list[Any]:
    found = value_at(record, feed.explode) if feed.explode else None
    return found if isinstance(found, list) and found else [None] if not found else [found]


def as_text(value: Any) -> str | None:
    """One value as text; what is nested as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):  # a cell's 17850.0 is written 17850; what holds no whole numbers any more stays so
        is_exact = math.isfinite(value) and abs(value) < 1 << 53
        return format(Decimal(repr(value)), "f").removesuffix(".0") if is_exact else repr(value)
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
    except (pa.ArrowException, OSError) as failure:
        what = f"not a Parquet file, or a damaged one ({said(failure)})"
        raise InputError(what, where=where, remedy="Export it again") from failure


def column_values(name: str, column: Any) -> list[Any]:
    """The values of a Parquet column; a time that Python has none for as Arrow writes it."""
    try:
        return column.to_pylist()  # type: ignore[no-any-return]
    except Exception as failure:
        try:
            return column.cast("string").to_pylist()  # type: ignore[no-any-return]
        except Exception:
            raise ValueError(f"column «{name}»: {failure}") from failure


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotARecordError("a key stands in it twice")
    return found


def value_at(record: Any, path: str) -> Any:
    if isinstance(record, dict) and path in record:  # a key may hold a point
        return record[path]
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def _is_below(path: str, explode: str | None) -> bool:
    return explode is not None and (path == explode or path.startswith(f"{explode}."))


def _value(record: Any, item: Any, path: str, feed: Feed) -> Any:
    """What stands at a path of a record, or of the item that a row is of."""
    if not _is_below(path, feed.explode):
        return value_at(record, path)
    return item if path == feed.explode else value_at(item, path.removeprefix(f"{feed.explode}."))
