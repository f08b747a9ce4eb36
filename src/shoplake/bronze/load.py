"""A load: one raw file's content, identified by what it holds and not by its name."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shoplake.errors import InputError
from shoplake.lake.failures import explained
from shoplake.sources.declaration import Feed

_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Load:
    """One delivery of a feed. `file` is relative to the raw folder; `recorded_at` is when it was first seen."""

    load_id: str
    source: str
    feed: str
    file: str
    size: int
    sha256: str
    encoding: str
    header: tuple[str, ...]
    recorded_at: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_files(raw: Path, source: str, feed: Feed) -> list[Path]:
    """The raw files of a feed, by name."""
    folder = raw / source
    return sorted(path for path in folder.glob(feed.files) if path.is_file()) if folder.is_dir() else []


def inspect(path: Path, raw: Path, source: str, name: str, feed: Feed, now: datetime) -> Load:
    """Read a file once for its digest, encoding and header; refuse one that can't be read as declared."""
    where = path.relative_to(raw).as_posix()
    with explained(where):
        size = path.stat().st_size
        if size == 0:
            raise InputError("the file is empty", where=where, remedy="Export it again, or remove it")
        sha256, encoding = _digest_and_encoding(path, feed.encoding, where)
        header = _header(path, encoding, feed.delimiter, where)
    _check_header(header, feed, where)
    identity = f"{source}/{name}/{sha256}"
    return Load(
        load_id=hashlib.sha256(identity.encode()).hexdigest()[:16],
        source=source,
        feed=name,
        file=where,
        size=size,
        sha256=sha256,
        encoding=encoding,
        header=header,
        recorded_at=now.isoformat(timespec="seconds"),
    )


def _digest_and_encoding(path: Path, declared: str, where: str) -> tuple[str, str]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        start = file.read(4)
        marked = next((e for mark, e in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
        candidates = [declared] if declared != "auto" else [marked] if marked else ["utf-8", "cp1252"]
        decoders = {name: codecs.getincrementaldecoder(name)() for name in candidates}
        file.seek(0)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            for name in list(decoders):
                if not _decodes(decoders[name], chunk):
                    del decoders[name]
        encoding = next((name for name in decoders if _decodes(decoders[name], b"", final=True)), None)
    if encoding is None:
        raise InputError(
            f"the bytes are not {' or '.join(candidates)} text",
            where=where,
            remedy="Declare the feed's encoding in its source.yml, or save the file as UTF-8",
        )
    return digest.hexdigest(), encoding


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


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
        raise InputError(
            f"the file has no column {', '.join(f'«{name}»' for name in missing)}; it has: {', '.join(header)}",
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
