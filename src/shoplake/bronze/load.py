"""A load: one raw file's content, identified by what it holds and not by its name."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from shoplake.errors import InputError
from shoplake.lake.failures import explained
from shoplake.sources.declaration import FILE_NAME, Feed, Source

_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Load:
    """One delivery of a feed.

    `file` is relative to the raw folder, `recorded_at` is when it was first seen, `effective_at` the date in its
    name where the feed declares that. `lines` are those of the text, the header and breaks in quotes included.
    """

    load_id: str
    source: str
    feed: str
    file: str
    size: int
    sha256: str
    encoding: str
    header: tuple[str, ...]
    lines: int
    quotes: int
    recorded_at: str
    effective_at: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Load:
        return cls(**values | {"header": tuple(values["header"])})

    @property
    def holds_from(self) -> str:
        """From when the rows hold, unless they say so themselves."""
        return self.effective_at or self.recorded_at


@dataclass(frozen=True, slots=True)
class _Scan:
    sha256: str
    lines: int
    quotes: int


def find_files(raw: Path, source: str, feed: Feed) -> list[Path]:
    """The raw files of a feed, by name."""
    folder = raw / source
    return sorted(path for path in folder.glob(feed.files) if path.is_file()) if folder.is_dir() else []


def inspect(path: Path, raw: Path, source: Source, name: str, now: datetime) -> Load:
    """Read a file for its digest, encoding, lines and header; refuse one that can't be read as declared."""
    where, feed = path.relative_to(raw).as_posix(), source.parse[name]
    with explained(where):
        size = path.stat().st_size
        if size == 0:
            raise InputError("the file is empty", where=where, remedy="Export it again, or remove it")
        encoding, scan = _scanned(path, feed.encoding, where)
        header = _header(path, encoding, feed.delimiter, where)
    _check_header(header, feed, where)
    dated = source.change_of(name).effective_at == FILE_NAME
    effective_at = _date_in_name(path.name, where) if dated else None
    identity = "/".join(filter(None, [source.source, name, scan.sha256, effective_at]))
    return Load(
        load_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        source=source.source,
        feed=name,
        file=where,
        size=size,
        sha256=scan.sha256,
        encoding=encoding,
        header=header,
        lines=scan.lines,
        quotes=scan.quotes,
        recorded_at=now.isoformat(timespec="seconds"),
        effective_at=effective_at,
    )


def _scanned(path: Path, declared: str, where: str) -> tuple[str, _Scan]:
    """The first encoding that fits the whole file, and what was counted on the way."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((e for mark, e in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
    candidates = [declared] if declared != "auto" else [marked] if marked else ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            return encoding, _scan(path, encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        f"the bytes are not {' or '.join(candidates)} text",
        where=where,
        remedy="Declare the feed's encoding in its source.yml, or save the file as UTF-8",
    )


def _scan(path: Path, encoding: str) -> _Scan:
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder(encoding)()
    ends, quotes, last = 0, 0, ""
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            digest.update(chunk)
            text = decoder.decode(chunk, final=not chunk)
            if text:
                ends += text.count("\n") + text.count("\r") - text.count("\r\n")
                ends -= last == "\r" and text[0] == "\n"
                quotes += text.count('"')
                last = text[-1]
            if not chunk:
                return _Scan(digest.hexdigest(), ends + (last not in "\r\n"), quotes)


def _date_in_name(name: str, where: str) -> str:
    for year, month, day in _DATE.findall(name):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    raise InputError(
        "the file's name holds no date, from which its rows would hold",
        where=where,
        remedy="Name it like products_2024-03-01.csv, or change effective_at in source.yml",
    )


def _header(path: Path, encoding: str, delimiter: str, where: str) -> tuple[str, ...]:
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(_CHUNK).removeprefix("\ufeff")
    names = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    if not any(name.strip() for name in names):
        raise InputError("the first line holds no column names", where=where, remedy="Export it with a header")
    return tuple(name.strip() for name in names)


def _check_header(header: tuple[str, ...], feed: Feed, where: str) -> None:
    missing = [name for name in feed.headers.values() if name not in header]
    if missing:
        # Without a header the first row is somebody's data: only names like the missing ones are told.
        near = [match for name in missing for match in get_close_matches(name, header, n=1, cutoff=0.5)]
        hint = f"; it has {', '.join(f'«{name}»' for name in near)}" if near else ""
        if len(header) == 1:
            hint += f", and «{feed.delimiter}» divides nothing in its first line: is that the feed's delimiter?"
        raise InputError(
            f"the file has no column {', '.join(f'«{name}»' for name in missing)}{hint}",
            where=where,
            remedy="Export it with that column, or correct the feed's columns in source.yml",
        )
    twice = [name for name, count in Counter(header).items() if count > 1]
    if twice:
        raise InputError(
            f"the file has the column «{twice[0]}» {header.count(twice[0])} times",
            where=where,
            remedy="Rename or remove one of them",
        )
