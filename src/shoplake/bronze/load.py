"""A load: one raw file's content, identified by what it holds and not by its name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from shoplake.bronze.content import open_bytes, other_kind, readable
from shoplake.bronze.documents import json_records, names_of_lines, names_of_records, parquet_file, whole_lines
from shoplake.bronze.drift import Drift
from shoplake.bronze.encoding import chunks_of, texts
from shoplake.bronze.files import RawFile
from shoplake.bronze.header import Header, header_of_keys, header_of_names, header_of_rows, header_of_text
from shoplake.bronze.scan import CHUNK, Scan, content_of, scanned
from shoplake.bronze.workbook import sheet_rows
from shoplake.errors import InputError
from shoplake.lake.failures import explained
from shoplake.lake.place import Place
from shoplake.sources.declaration import FILE_NAME, Feed, Source

_DATE = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Load:
    """One delivery of a feed.

    `file` is relative to the raw folder, a `member` of an archive included. `lines` are those of the text (of a JSON
    document its records, of a sheet or Parquet file its rows), `above` those before the header, which itself takes
    `header_lines`. `size` and `modified_ns` are those of the file on disk, which may have gone since. `recorded_at` is
    when it was first seen, `effective_at` the date in its name where the feed declares that. Once it has landed,
    `rows` are those in bronze, `breaks` the line breaks within its values, `expanded` the rows beyond one per line.
    `drift` is how its columns differ from those of the feed's loads before it.
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
    drift: tuple[Drift, ...] = ()

    def to_json(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}  # asdict copies each value, which shows
        return values | {"drift": tuple(asdict(each) for each in self.drift)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Load:
        drift = tuple(Drift(**each) for each in values["drift"])
        return cls(**values | {"names": tuple(values["names"]), "drift": drift})

    @property
    def holds_from(self) -> str:
        """From when the rows hold, unless they say so themselves."""
        return self.effective_at or self.recorded_at

    def path(self, raw: Place) -> Place:
        """The file on disk."""
        return raw / self.file.removesuffix(f"/{self.member}") if self.member else raw / self.file

    def check_unchanged(self, path: Place) -> None:
        """Refuse a file that isn't any more what was inspected."""
        now = path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified_ns):
            raise InputError("it changed while it was read", where=self.file, remedy="Run again when it is complete")


def inspect(raw_file: RawFile, source: Source, name: str, now: datetime) -> Load:
    """Read a file for its digest, encoding, lines and header; refuse one that can't be read as declared."""
    feed, where = source.parse[name], raw_file.name
    with explained(where), readable(where):
        before = raw_file.path.stat()
        failure: InputError | None = None
        try:
            scan, header = _LOOKS[feed.format](raw_file, feed)
        except InputError as caught:
            failure = caught
        if failure or (feed.format == "csv" and len(header.columns) < len(feed.columns)):
            other = other_kind(raw_file.path, raw_file.member, where, feed.format)
            if problem := other or failure:
                raise problem from (failure if other else None)
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


def _look_at_text(raw_file: RawFile, feed: Feed) -> tuple[Scan, Header]:
    scan = scanned(raw_file, feed)
    return scan, header_of_text(scan.start, feed, raw_file.name)


def _look_at_json_lines(raw_file: RawFile, feed: Feed) -> tuple[Scan, Header]:
    scan = scanned(raw_file, feed)
    with open_bytes(raw_file.path, raw_file.member, raw_file.name) as stream:
        names = names_of_lines(whole_lines(texts(chunks_of(stream, CHUNK), scan.encoding)), feed)
    return scan, header_of_keys(names, feed)


def _look_at_json(raw_file: RawFile, feed: Feed) -> tuple[Scan, Header]:
    scan = scanned(raw_file, feed)
    records = json_records(content_of(raw_file).decode(scan.encoding), feed, raw_file.name)
    return Scan(scan.sha256, len(records), False, scan.encoding), header_of_keys(names_of_records(records, feed), feed)


def _look_at_parquet(raw_file: RawFile, feed: Feed) -> tuple[Scan, Header]:
    content = content_of(raw_file)
    file = parquet_file(content, raw_file.name)
    scan = Scan(hashlib.sha256(content).hexdigest(), file.metadata.num_rows, False)
    return scan, header_of_names(file.schema_arrow.names, feed, raw_file.name)


def _look_at_sheet(raw_file: RawFile, feed: Feed) -> tuple[Scan, Header]:
    content = content_of(raw_file)
    rows = sheet_rows(content, feed, raw_file.name)
    return Scan(hashlib.sha256(content).hexdigest(), len(rows), False), header_of_rows(rows, feed, raw_file.name)


_LOOKS = {
    "csv": _look_at_text,
    "ndjson": _look_at_json_lines,
    "json": _look_at_json,
    "parquet": _look_at_parquet,
    "xlsx": _look_at_sheet,
}


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
