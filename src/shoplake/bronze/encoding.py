"""Which encoding a text has, and its bytes as UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from shoplake.errors import InputError

# The longer ones first: that of UTF-16 begins that of UTF-32.
_MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
_MARKS |= {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def candidates(start: bytes, declared: str) -> list[str]:
    """The encodings to try, in order. `start`: the first few thousand bytes."""
    if declared != "auto":
        return [declared]
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return [encoding]
    # Latin text in UTF-16 has a zero in every other byte; no other text has many.
    if len(start) >= 4 and start.count(0) * 3 > len(start):
        return ["utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"]
    return ["utf-8", "cp1252"]


def texts(chunks: Iterator[bytes], encoding: str) -> Iterator[str]:
    """The decoded chunks; raises UnicodeDecodeError."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def as_utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """The chunks in UTF-8 without a byte order mark; not one is empty."""
    if encoding == "utf-8":
        yield from filter(None, chunks)
    else:
        yield from (text.encode() for text in texts(chunks, encoding) if text)


def chunks_of(stream: Any, size: int) -> Iterator[bytes]:
    """The rest of a stream in pieces."""
    while chunk := stream.read(size):
        yield chunk


def undecodable(tried: list[str], line: int, where: str) -> InputError:
    """The error of a file that fits none of the encodings."""
    return InputError(
        f"the bytes are not {' or '.join(tried)} text, first in line {line}",
        where=where,
        remedy="Declare the feed's encoding in its source.yml, or save the file as UTF-8",
    )


def is_partly_utf8(chunk: bytes) -> bool:
    """Whether it holds characters in UTF-8: what isn't UTF-8 all through must then not be read as anything else."""
    return not chunk.isascii() and _UTF8_CHARACTER.search(chunk) is not None
