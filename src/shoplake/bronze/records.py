"""Cuts delimited text into blocks of whole records; lines whose quotes can't be read are taken out of them.

A quoted value is as RFC 4180 has it: a quote opens it at its very beginning, a quote before a delimiter or line
end closes it, two quotes within it are one. A quote inside an unquoted value is a character like others.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

_QUOTE, _NEWLINE, _RETURN = 34, 10, 13
# A quote that opens by mistake takes no more lines with it than this.
_MOST_LINES, _MOST_BYTES = 1000, 64 << 20


@dataclass(frozen=True, slots=True)
class Block:
    """Whole records as bytes, and the lines between them that can't be split: (position among the records, line)."""

    data: bytes
    unsplit: list[tuple[int, bytes]] = field(default_factory=list)


class Splitter:
    """Finds records of `width` values."""

    def __init__(self, delimiter: str, width: int) -> None:
        self._delimiter, self._width = delimiter.encode(), width
        self.tail: list[bytes] = []
        d = re.escape(self._delimiter)
        value = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"%b\r\n][^%b\r\n]*+|)' % (d, d)
        self._value = re.compile(value + rb"(?:%b|(?=[\r\n])|\Z)" % d)
        self._record = re.compile(rb"%b(?:%b%b)*+(?=[\r\n]|\Z)" % (value, d, value))
        self._open = re.compile(rb'(?:%b%b)*+"[^"]*+(?:""[^"]*+)*+\Z' % (value, d))
        self._ends_value = np.zeros(256, dtype=bool)
        self._ends_value[[_NEWLINE, _RETURN, *delimiter.encode()[-1:]]] = True

    def blocks(self, chunks: Iterator[bytes], end: re.Pattern[bytes] | None = None) -> Iterator[Block]:
        """The records of a text that comes in pieces; from the one on that `end` finds, the text goes to `tail`."""
        rest, chunk = b"", next(chunks, b"")
        while chunk or rest:
            following = next(chunks, b"")
            data = rest + chunk if rest else chunk
            at = self._first_found(data, end, is_last=not following) if end else None
            if at is not None:
                self.tail = [data[at:], following, *chunks]
                data, following = data[:at], b""
            block, rest = self._cut(data, is_last=not following)
            if block.data or block.unsplit:
                yield block
            chunk = following

    def split(self, data: bytes, *, is_last: bool = True) -> tuple[Block, bytes]:
        """Take out the lines that can't be split, looking at each doubtful one; the rest is for later."""
        at = np.concatenate([[0], _line_ends(data, is_last) + 1])
        starts = at.tolist()
        limit = len(data) if is_last else starts[-1]
        unsplit: list[tuple[int, int, int]] = []
        self._spans: list[tuple[int, int]] = []  # of records over several lines
        position = swallowed = 0
        for line in self._suspicious_lines(data, at):
            start = starts[line]
            if start < position:
                continue
            if start >= limit:
                break
            found = self._record.match(data, start)
            stop = found.end() if found else start
            last = bisect_right(starts, stop) - 1
            is_unfinished = stop >= limit if found else bool(self._open.match(data, start))
            if is_unfinished and not is_last and len(starts) - line < _MOST_LINES and len(data) - start < _MOST_BYTES:
                limit = start
                break
            if found and (last == line or (last - line < _MOST_LINES and self._has_width(data[start:stop]))):
                swallowed += last - line
                position = starts[last + 1] if last + 1 < len(starts) else len(data)
                self._spans += [(start, position)] if last > line else []
            else:
                position = starts[line + 1] if line + 1 < len(starts) else len(data)
                unsplit.append((line - swallowed, start, position))
        return _without(data[:limit], unsplit), data[limit:]

    def _first_found(self, data: bytes, end: re.Pattern[bytes], *, is_last: bool) -> int | None:
        """Where a record begins with `end`; a line within a quoted value doesn't count."""
        quote, limit = data.find(b'"'), -1
        for found in end.finditer(data):
            at = found.start()
            if at < quote or quote < 0:
                return at
            if limit < 0:
                limit = len(data) - len(self.split(data, is_last=is_last)[1])
                starts = [start for start, _ in self._spans]
            if at > limit:
                break
            before = bisect_left(starts, at) - 1
            if before < 0 or at >= self._spans[before][1]:
                return at
        return None

    def _cut(self, data: bytes, *, is_last: bool) -> tuple[Block, bytes]:
        if b'"' not in data:
            end = len(data) if is_last else _last_line_end(data) + 1
            return Block(data[:end]), data[end:]
        whole = self._regular_end(data, is_last=is_last)
        return (Block(data[:whole]), data[whole:]) if whole is not None else self.split(data, is_last=is_last)

    def _regular_end(self, data: bytes, *, is_last: bool) -> int | None:
        """Where the last whole record ends, if all quotes up to there open, close or double as they should."""
        characters = np.frombuffer(data, dtype=np.uint8)
        quotes = np.flatnonzero(characters == _QUOTE)
        ends = _line_ends(data, is_last)
        is_outside = np.searchsorted(quotes, ends) % 2 == 0
        whole = np.flatnonzero(is_outside)
        longest = np.diff(whole, prepend=-1, append=len(ends)).max(initial=0)
        if longest > _MOST_LINES:
            return None
        end = len(data) if is_last else int(ends[whole[-1]]) + 1 if len(whole) else 0
        if len(data) - end > _MOST_BYTES:
            return None
        quotes = quotes[: np.searchsorted(quotes, end)]
        is_even = len(quotes) % 2 == 0
        return end if is_even and self._is_regular(characters, quotes, np.arange(len(quotes)) % 2).all() else None

    def _is_regular(self, characters: np.ndarray, quotes: np.ndarray, parity: np.ndarray) -> np.ndarray:
        """Whether each quote opens (parity 0) or closes (1) a value, or doubles another, where it stands.

        One at either end of the data is its own neighbour here, which passes as it should.
        """
        neighbours = np.clip(quotes + np.where(parity == 0, -1, 1), 0, len(characters) - 1)
        beside = characters[neighbours]
        found: np.ndarray = self._ends_value[beside] | (beside == _QUOTE)
        return found

    def _suspicious_lines(self, data: bytes, starts: np.ndarray) -> list[int]:
        """The lines whose quotes don't all open, close and double within the line as they should."""
        characters = np.frombuffer(data, dtype=np.uint8)
        quotes = np.flatnonzero(characters == _QUOTE)
        lines, first, place, counts = np.unique(
            np.searchsorted(starts, quotes, side="right") - 1,
            return_index=True,
            return_inverse=True,
            return_counts=True,
        )
        parity = (np.arange(len(quotes)) - first[place]) % 2
        wrong = np.bincount(place, weights=~self._is_regular(characters, quotes, parity), minlength=len(lines))
        found: list[int] = lines[(wrong > 0) | (counts % 2 == 1)].tolist()
        return found

    def _has_width(self, record: bytes) -> bool:
        count, at = 1, 0
        while (found := self._value.match(record, at)) and found.group().endswith(self._delimiter):
            count, at = count + 1, found.end()
        return count == self._width


def lines_of(data: bytes) -> list[bytes]:
    """The lines without their ends."""
    lines = re.split(rb"\r\n|\r|\n", data)
    return lines[:-1] if lines and not lines[-1] else lines


def _without(data: bytes, unsplit: list[tuple[int, int, int]]) -> Block:
    kept, at = [], 0
    for _, start, end in unsplit:
        kept.append(data[at:start])
        at = end
    kept.append(data[at:])
    # A return and a newline that were two ends must not become one.
    bare = [piece.rstrip(b"\r") for piece in kept]
    kept = [short + b"\n" * (len(piece) - len(short)) for short, piece in zip(bare, kept, strict=True)]
    return Block(b"".join(kept), [(place, data[start:end].rstrip(b"\r\n")) for place, start, end in unsplit])


def _line_ends(data: bytes, is_last: bool) -> np.ndarray:
    """The position of each line end's last byte; of a return at the very end nobody knows yet what follows."""
    characters = np.frombuffer(data, dtype=np.uint8)
    if b"\r" not in data:
        return np.flatnonzero(characters == _NEWLINE)
    following = np.append(characters[1:], _NEWLINE if not is_last else 0)
    return np.flatnonzero((characters == _NEWLINE) | ((characters == _RETURN) & (following != _NEWLINE)))


def _last_line_end(data: bytes) -> int:
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1))
