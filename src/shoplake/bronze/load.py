"""A load: one raw file's content, identified by what it holds and not by its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from shoplake.bronze.content import open_bytes, other_kind, readable
from shoplake.bronze.documents import json_records, parquet_file
from shoplake.bronze.encoding import candidates, chunks_of, is_partly_utf8, texts, undecodable
from shoplake.bronze.files import RawFile
from shoplake.bronze.header import Header, header_of_names, header_of_rows, header_of_text
from shoplake.bronze.workbook import sheet_rows
from shoplake.errors import InputError
from shoplake.lake.failures import explained
from shoplake.sources.declaration import FILE_NAME, Feed, Source

_CHUNK = 1 << 20
_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Load:
    """One delivery of a feed.

    `file` is relative to the raw folder, a `member` of an archive included. `lines` are those of the text (of a JSON
    document its records, of a sheet or Parquet file its rows), `above` those before the header, which itself takes
    `header_lines`. `size` and `modified_ns` are those of the file on disk, which may have gone since. `recorded_at` is
    when it was first seen, `effective_at` the date in its name where the feed declares that. Once it has landed,
    `rows` are those in bronze, `breaks` the line breaks within its values, `expanded` the rows beyond one per line.
    """

    load_id: str
    source: str
    feed: str
    file: str
    member: str
    size: int
    modified_ns: int
    sha256: str
    encoding: str
    names: tuple[str, ...]
    columns: dict[str, str]
    above: int
    header_lines: int
    lines: int
    has_quotes: bool
    recorded_at: str
    effective_at: str | None = None
    has_gone: bool = False
    rows: int = 0
    breaks: int = 0
    expanded: int = 0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Load:
        return cls(**values | {"names": tuple(values["names"])})

    @property
    def holds_from(self) -> str:
        """From when the rows hold, unless they say so themselves."""
        return self.effective_at or self.recorded_at

    def path(self, raw: Path) -> Path:
        """The file on disk."""
        return raw / self.file.removesuffix(f"/{self.member}") if self.member else raw / self.file

    def check_unchanged(self, path: Path) -> None:
        """Refuse a file that isn't any more what was inspected."""
        now = path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified_ns):
            raise InputError("it changed while it was read", where=self.file, remedy="Run again when it is complete")


@dataclass(frozen=True, slots=True)
class _Scan:
    sha256: str
    lines: int
    has_quotes: bool
    encoding: str = ""
    start: str = ""
    has_utf8: bool = False


def inspect(raw_file: RawFile, source: Source, name: str, now: datetime) -> Load:
    """Read a file for its digest, encoding, lines and header; refuse one that can't be read as declared."""
    feed, where = source.parse[name], raw_file.name
    with explained(where), readable(where):
        before = raw_file.path.stat()
        try:
            scan, header = _LOOKS[feed.format](raw_file, feed)
        except InputError as failure:
            if other := other_kind(raw_file.path, raw_file.member, where, feed.format):
                raise other from failure
            raise
    dated = source.change_of(name).effective_at == FILE_NAME
    effective_at = _date_in_name(raw_file) if dated else None
    identity = "/".join(filter(None, [source.source, name, scan.sha256, effective_at]))
    load = Load(
        load_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        source=source.source,
        feed=name,
        file=where,
        member=raw_file.member,
        size=before.st_size,
        modified_ns=before.st_mtime_ns,
        sha256=scan.sha256,
        encoding=scan.encoding,
        names=header.names,
        columns=header.columns,
        above=header.above,
        header_lines=header.lines,
        lines=scan.lines,
        has_quotes=scan.has_quotes,
        recorded_at=now.isoformat(timespec="seconds"),
        effective_at=effective_at,
    )
    load.check_unchanged(raw_file.path)
    return load


def _look_at_text(raw_file: RawFile, feed: Feed) -> tuple[_Scan, Header]:
    scan = _scanned(raw_file, feed)
    return scan, header_of_text(scan.start, feed, raw_file.name)


def _look_at_json_lines(raw_file: RawFile, feed: Feed) -> tuple[_Scan, Header]:
    return _scanned(raw_file, feed), Header((), feed.headers, 0, 0)


def _look_at_json(raw_file: RawFile, feed: Feed) -> tuple[_Scan, Header]:
    scan = _scanned(raw_file, feed)
    count = len(json_records(_content(raw_file).decode(scan.encoding), feed, raw_file.name))
    return _Scan(scan.sha256, count, False, scan.encoding), Header((), feed.headers, 0, 0)


def _look_at_parquet(raw_file: RawFile, feed: Feed) -> tuple[_Scan, Header]:
    content = _content(raw_file)
    file = parquet_file(content, raw_file.name)
    scan = _Scan(hashlib.sha256(content).hexdigest(), file.metadata.num_rows, False)
    return scan, header_of_names(file.schema_arrow.names, feed, raw_file.name)


def _look_at_sheet(raw_file: RawFile, feed: Feed) -> tuple[_Scan, Header]:
    content = _content(raw_file)
    rows = sheet_rows(content, feed, raw_file.name)
    return _Scan(hashlib.sha256(content).hexdigest(), len(rows), False), header_of_rows(rows, feed, raw_file.name)


_LOOKS = {
    "csv": _look_at_text,
    "ndjson": _look_at_json_lines,
    "json": _look_at_json,
    "parquet": _look_at_parquet,
    "xlsx": _look_at_sheet,
}


def _content(raw_file: RawFile) -> bytes:
    with open_bytes(raw_file.path, raw_file.member, raw_file.name) as stream:
        content = b"".join(chunks_of(stream, _CHUNK))
    if not content:
        raise _empty(raw_file.name)
    return content


def _scanned(raw_file: RawFile, feed: Feed) -> _Scan:
    """What was counted with the first encoding that fits the whole file."""
    with open_bytes(raw_file.path, raw_file.member, raw_file.name) as stream:
        start = stream.read(4096)
    if not start:
        raise _empty(raw_file.name)
    tried, problem_line = candidates(start, feed.encoding), 0
    for encoding in tried:
        try:
            scan = _scan(raw_file, encoding, returns=feed.format == "csv")
        except _UndecodableError as failure:
            problem_line = problem_line or failure.line
            continue
        # What has characters in UTF-8 isn't Windows-1252, though nearly any byte would pass.
        if encoding == tried[0] or not scan.has_utf8:
            return scan
    raise undecodable(tried, problem_line, raw_file.name)


class _UndecodableError(ValueError):
    """A line that isn't in the encoding."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _scan(raw_file: RawFile, encoding: str, *, returns: bool) -> _Scan:
    """Digest a text, count its lines (where `returns`, a return alone ends one too)."""
    digest, start, last = hashlib.sha256(), "", ""
    ends, has_quotes, has_utf8, before = 0, False, False, b""

    def digested() -> Iterator[bytes]:
        nonlocal has_utf8, before
        for chunk in chunks_of(stream, _CHUNK):
            digest.update(chunk)
            has_utf8 = has_utf8 or is_partly_utf8(before + chunk)
            before = chunk[-3:]
            yield chunk

    with open_bytes(raw_file.path, raw_file.member, raw_file.name) as stream:
        try:
            for text in filter(None, texts(digested(), encoding)):
                start = start or text.removeprefix("\ufeff")
                ends += text.count("\n")
                if returns and ("\r" in text or last == "\r"):
                    ends += text.count("\r") - text.count("\r\n") - (last == "\r" and text[0] == "\n")
                has_quotes = has_quotes or '"' in text
                last = text[-1]
        except UnicodeDecodeError as failure:
            raise _UndecodableError(ends + failure.object[: failure.start].count(b"\n") + 1) from failure
    ends += last not in ("\r\n" if returns else "\n")
    return _Scan(digest.hexdigest(), ends, has_quotes, encoding, start, has_utf8)


def _empty(where: str) -> InputError:
    return InputError("the file is empty", where=where, remedy="Export it again, or remove it")


def _date_in_name(raw_file: RawFile) -> str:
    for year, month, day in _DATE.findall(raw_file.name.partition("/")[2]):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    raise InputError(
        "the file's name holds no date, from which its rows would hold",
        where=raw_file.name,
        remedy="Name it like products_2024-03-01.csv, or change effective_at in source.yml",
    )
