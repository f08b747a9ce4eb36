"""Rows of files that have gone, split anew from bronze into the columns that are declared now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from shoplake.bronze.documents import as_text, parse_json, to_json, value_at
from shoplake.bronze.reader import OWN
from shoplake.sources.declaration import Feed

if TYPE_CHECKING:
    import pyarrow as pa


def split_again(
    batches: Iterator[pa.RecordBatch],
    feed_json: str,
    before: Mapping[str, dict[str, str]],
    now: Mapping[str, dict[str, str]],
) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`, over bronze rows as they were landed, which may have had other columns."""
    import pyarrow as pa

    feed = Feed.model_validate_json(feed_json)
    fields = [(name, pa.int64() if name.endswith("_number") else pa.string()) for name in OWN]
    schema = pa.schema([*((name, pa.string()) for name in feed.columns), *fields])
    for batch in batches:
        rows = batch.to_pylist()
        again = [_again(row, feed, before[row["_load_id"]], now[row["_load_id"]]) for row in rows]
        yield pa.RecordBatch.from_pylist(again, schema)


def _again(row: dict[str, Any], feed: Feed, before: dict[str, str], now: dict[str, str]) -> dict[str, Any]:
    own = {name: row[name] for name in OWN}
    if row["_reason"]:
        return own
    others = parse_json(row["_extra"]) if row["_extra"] else {}
    record = {header: row[name] for name, header in before.items() if row.get(name) is not None} | others
    values: dict[str, str | None] = {}
    used = set()
    for name in feed.columns:
        names = feed.headers[name] if feed.is_json else [now[name]] if name in now else []
        header = next((each for each in names if value_at(record, each) is not None), "")
        values[name] = as_text(value_at(record, header))
        used.add(header)
    left = {key: value for key, value in record.items() if key not in used and key.partition(".")[0] not in others}
    left |= {key: value for key, value in others.items() if key not in used}
    has_any = any(value not in {"", None} for value in map(as_text, left.values()))
    return own | values | {"_extra": to_json(left) if has_any else None}
