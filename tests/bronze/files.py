"""Raw files for tests: written, inspected and read without a pipeline around them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from shoplake.bronze.drift import judged, refusal
from shoplake.bronze.files import find_files
from shoplake.bronze.load import Load, inspect
from shoplake.bronze.reader import FileToRead, read_file
from shoplake.sources.declaration import Change, Feed, Mapping, Source

FEED = Feed(files="*", columns={"a": None})
AB = {"a": None, "b": None}
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def source_of(feed: Feed, name: str = "shop", change: Change | None = None) -> Source:
    column = next(iter(feed.columns))
    return Source(
        source=name,
        title="x",
        time_zone="UTC",
        currency="EUR",
        parse={"feed": feed},
        change={"feed": change} if change else {},
        map={"store": Mapping(feed="feed", select={"store_id": column})},
    )


def loads(
    raw: Path, name: str, content: bytes, feed: Feed = FEED, source: str = "shop", change: Change | None = None
) -> list[Load]:
    """The loads of a feed whose only file is this one."""
    folder = raw / source
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / name).write_bytes(content)
    declared = source_of(feed, source, change)
    found = [inspect(file, declared, "feed", NOW) for file in find_files(raw, source, feed)]
    found = judged(found, feed, declared.change_of("feed"), {})
    for problem in filter(None, (refusal(each, feed) for each in found)):
        raise problem
    return found


def load(raw: Path, name: str, content: bytes, feed: Feed = FEED, **more: Any) -> Load:
    (found,) = loads(raw, name, content, feed, **more)
    return found


def read(raw: Path, content: bytes, feed: Feed, name: str = "f.csv") -> list[dict[str, Any]]:
    """The rows of a file in its order."""
    found = []
    for each in loads(raw, name, content, feed):
        file = FileToRead(str(each.path(raw)), each, feed)
        batches = list(read_file(file))
        found += pa.Table.from_batches(batches).to_pylist() if batches else []
    return sorted(found, key=lambda row: (row["_file"], row["_row_number"], row["_item_number"]))
