"""Reads a raw file once for its digest, its lines and its encoding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from shoplake.bronze.content import open_bytes
from shoplake.bronze.encoding import candidates, chunks_of, is_partly_utf8, texts, undecodable
from shoplake.bronze.files import RawFile
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Scan:
    sha256: str
    lines: int
    has_quotes: bool
    encoding: str = ""
    start: str = ""
    has_utf8: bool = False


def content_of(raw_file: RawFile) -> bytes:
    with open_bytes(raw_file.path, raw_file.member, raw_file.name) as stream:
        content = b"".join(chunks_of(stream, CHUNK))
    if not content:
        raise _empty(raw_file.name)
    return content


def scanned(raw_file: RawFile, feed: Feed) -> Scan:
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


def _scan(raw_file: RawFile, encoding: str, *, returns: bool) -> Scan:
    """Digest a text, count its lines (where `returns`, a return alone ends one too)."""
    digest, start, last = hashlib.sha256(), "", ""
    ends, has_quotes, has_utf8, before = 0, False, False, b""

    def digested() -> Iterator[bytes]:
        nonlocal has_utf8, before
        for chunk in chunks_of(stream, CHUNK):
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
    return Scan(digest.hexdigest(), ends, has_quotes, encoding, start, has_utf8)


def _empty(where: str) -> InputError:
    return InputError("the file is empty", where=where, remedy="Export it again, or remove it")
