"""The tolerant reader of delimited text: each line is split into columns, or kept whole with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoplake.bronze.encoding import as_utf8, chunks_of
from shoplake.bronze.header import split_line
from shoplake.bronze.records import Block, Splitter, lines_of
from shoplake.contract import Reason
from shoplake.sources.declaration import WHITESPACE

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 8 << 20
_LINE_END = re.compile(rb"\r\n|\r(?!\n|\Z)|\n")
# Stands between the columns of white-space text while they are split: no text holds it.
_UNIT = "\x1f"


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file: those that were split, as text columns, with their numbers; and those kept whole."""

    table: pa.Table | None
    numbers: np.ndarray
    whole: list[tuple[int, str, str]]  # number, text, reason


class DelimitedText:
    """How a text is laid out. `above` lines precede the header, which takes `header_lines`."""

    def __init__(
        self, names: tuple[str, ...], delimiter: str, above: int, header_lines: int, ends_before: str | None
    ) -> None:
        self._names, self._delimiter = names, delimiter
        self._is_white = delimiter == WHITESPACE
        self._above, self._header_lines = above, header_lines
        self._end = None if ends_before is None else _end_pattern(ends_before)

    def read(self, stream: Any, encoding: str) -> Iterator[Rows]:
        """All rows; numbers count the header as one, as a spreadsheet does."""
        chunks = as_utf8(chunks_of(stream, _BLOCK), encoding)
        first, chunks = _take_lines(chunks, self._above + self._header_lines)
        yield Rows(None, np.array([]), _aside(first[: self._above], 1))
        self._tail: list[bytes] = []
        number = self._above + (self._header_lines > 0) + 1
        body = self._until_end(chunks) if self._end else chunks
        splitter = Splitter(_UNIT if self._is_white else self._delimiter, len(self._names))
        if self._is_white:
            body = (_with_units(block) for block in _whole_lines(body))
        for block in splitter.blocks(body):
            rows, count = self._rows(block, number, splitter)
            number += count
            yield rows
        if self._tail:
            yield Rows(None, np.array([]), _aside(lines_of(b"".join(self._tail)), number))

    def _rows(self, block: Block, number: int, splitter: Splitter) -> tuple[Rows, int]:
        """The rows of a block whose first has `number`, and how many records it holds."""
        table, ragged = self._split(block.data)
        if any("\n" in text or "\r" in text for _, text in ragged):
            # A quote that took lines with it: read those one by one.
            block, _ = splitter.split(block.data)
            table, ragged = self._split(block.data)
        passed = (table.num_rows if table is not None else 0) + len(ragged)
        places = np.array([place for place, _ in block.unsplit], dtype=np.int64)
        numbers = number + np.setdiff1d(np.arange(passed + len(places)), places, assume_unique=True)
        is_split = np.ones(passed, dtype=bool)
        is_split[[index for index, _ in ragged]] = False
        mended = [(index, cells) for index, text in ragged if (cells := self._mended(text)) is not None]
        whole = [(number + place, line.decode(), Reason.BAD_QUOTES.value) for place, line in block.unsplit]
        if mended:
            table = self._with_mended(table, [cells for _, cells in mended])
        fixed = {index for index, _ in mended}
        whole += [(int(numbers[i]), text, Reason.RAGGED_ROW.value) for i, text in ragged if i not in fixed]
        order = [*numbers[is_split], *(numbers[index] for index, _ in mended)] if mended else numbers[is_split]
        return Rows(table, np.asarray(order), whole), passed + len(places)

    def _split(self, data: bytes) -> tuple[pa.Table | None, list[tuple[int, str]]]:
        """The rows that have the header's columns, and the others by their place in the data."""
        import pyarrow as pa
        from pyarrow import csv

        ragged: list[tuple[int, str]] = []
        if not data:
            return None, ragged

        def keep(row: Any) -> str:
            ragged.append((row.number - 1, row.text))
            return "skip"

        names = [str(position) for position in range(len(self._names))]
        table = csv.read_csv(
            pa.BufferReader(data),
            # One thread: only then does pyarrow tell the number of a row that it can't split.
            read_options=csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            parse_options=csv.ParseOptions(
                delimiter=_UNIT if self._is_white else self._delimiter,
                quote_char=False if b'"' not in data or self._is_white else '"',
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
        return table, ragged

    def _mended(self, text: str) -> list[str] | None:
        """The values of a row that only has empty ones too many or, under nameless columns, too few."""
        if not text:
            return None
        delimiter, width = _UNIT if self._is_white else self._delimiter, len(self._names)
        cells = split_line(text, delimiter) if '"' in text else text.split(delimiter)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return cells[:width]
        if len(cells) < width and all(re.fullmatch(r"column_\d+", name) for name in self._names[len(cells) :]):
            return cells + [""] * (width - len(cells))
        return None

    def _with_mended(self, table: pa.Table, rows: list[list[str]]) -> pa.Table:
        import pyarrow as pa

        columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
        return pa.concat_tables([table, pa.table(columns, names=table.column_names)])

    def _until_end(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks up to the line that ends the table; what follows goes to the tail."""
        assert self._end is not None
        for block in _whole_lines(chunks):
            found = self._end.search(block)
            if found:
                self._tail.append(block[found.start() :])
                yield block[: found.start()]
                self._tail += chunks
                return
            yield block


def _end_pattern(start: str) -> re.Pattern[bytes]:
    line = rb"(?=[\r\n])" if not start else re.escape(start.encode())
    return re.compile(rb"(?:\A|(?<=\n)|(?<=\r)(?!\n))" + line)


def _aside(lines: list[bytes], number: int) -> list[tuple[int, str, str]]:
    return [(number + place, line.decode(), Reason.OUTSIDE_TABLE.value) for place, line in enumerate(lines)]


def _take_lines(chunks: Iterator[bytes], count: int) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines without their ends, and the rest."""
    data = b""
    for chunk in chunks:
        data += chunk
        ends = [match.end() for _, match in zip(range(count + 1), _LINE_END.finditer(data), strict=False)]
        if len(ends) > count or count == 0:
            break
    else:
        ends = [match.end() for match in _LINE_END.finditer(data)]
        if len(ends) < count:
            return lines_of(data), iter(())
    cut = ends[count - 1] if count else 0

    def rest() -> Iterator[bytes]:
        if data[cut:]:
            yield data[cut:]
        yield from chunks

    return lines_of(data[:cut]), rest()


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Blocks that end with a line."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        rest = data[end:]
        if end:
            yield data[:end]
    if rest:
        yield rest


def _with_units(data: bytes) -> bytes:
    """White-space columns with one sign between them; quotes mean nothing there."""
    inner = re.sub(rb"[ \t]+", _UNIT.encode(), data)
    return re.sub(rb"(?m)^\x1f|\x1f(?=[\r\n]|\Z)", b"", inner)
