"""Files that were inspected before: as long as size and time are the same, they aren't read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from shoplake.bronze.files import RawFile
from shoplake.bronze.load import Load
from shoplake.lake.place import Place, put
from shoplake.runs.fingerprint import fingerprint, of_code
from shoplake.sources.declaration import FILE_NAME, Source


class Seen:
    """What inspections found, in a file that may be lost: it spares work, and decides nothing.

    `verify`: read every file, whatever is remembered.
    """

    def __init__(self, path: Place, *, verify: bool = False) -> None:
        self.path = path
        self._before: dict[str, dict[str, Any]] = {} if verify else _read(path)
        self._now: dict[str, dict[str, Any]] = {}

    def look(self, file: RawFile, source: Source, feed: str, inspect: Callable[[], Load]) -> Load:
        """The load that a file is, as remembered or as `inspect` finds it."""
        is_dated = source.change_of(feed).effective_at == FILE_NAME
        how = fingerprint(of_code("bronze"), source.source, feed, source.parse[feed].layout, is_dated)
        key = f"{how}/{file.name}"
        status = file.path.stat()
        known = self._before.get(key)
        if known and (known["size"], known["modified_ns"]) == (status.st_size, status.st_mtime_ns):
            load = Load.from_json(known)
        else:
            load = inspect()
        self._now[key] = load.to_json()
        return load

    def save(self) -> None:
        """Remember what lay there this time."""
        if self._now != self._before:
            body = json.dumps({"digest": fingerprint(self._now), "seen": self._now}).encode()
            put(self.path, body)


def _read(path: Place) -> dict[str, dict[str, Any]]:
    try:
        found = json.loads(path.read_text("utf-8"))
        seen: dict[str, dict[str, Any]] = found["seen"]
        return seen if found["digest"] == fingerprint(seen) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
