"""The tolerant reader of delimited text: each line is split into columns, or kept whole with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoplake.bronze.encoding import as_utf8, chunks_of
from shoplake.bronze.header import AROUND, NAMELESS, split_line, stands_again
from shoplake.bronze.records import Block, Splitter, lines_of
from shoplake.contract import Reason
from shoplake.sources.declaration import WHITESPACE

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 8 << 20
_LINE_END = re.compile(rb"\r\n|\r(?!\n|\Z)|\n")
# Stands between the columns of white-space text while they are split; a text that holds it means just that by it.
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
        self, names: tuple[str, ...], delimiter: str, above: int, header_lines: int, ends_before: str | None, where: str
    ) -> None:
        self._names, self._where = names, where
        self._is_white = delimiter == WHITESPACE
        self._sign = _UNIT if self._is_white else delimiter
        self._above, self._header_lines = above, header_lines
        self._end = None if ends_before is None else _end_pattern(ends_before)

    def read(self, stream: Any, encoding: str) -> Iterator[Rows]:
        """All rows; numbers count the header as one, as a spreadsheet does."""
        chunks = as_utf8(chunks_of(stream, _BLOCK), encoding)
        first, chunks = _take_lines(chunks, self._above + self._header_lines)
        yield Rows(None, np.array([]), _aside(first[: self._above], 1))
        self._tail: list[bytes] = []
        number = self._above + (self._header_lines > 0) + 1
        splitter = Splitter(self._sign, len(self._names))
        body = self._until_end(chunks) if self._end and self._is_white else chunks
        whites = (Block(_with_units(lines)) for lines in _whole_lines(body))  # where quotes mean nothing
        for block in whites if self._is_white else splitter.blocks(chunks, self._end):
            rows, count = self._rows(block, number, splitter)
            number += count
            yield rows
        if tail := b"".join(self._tail or splitter.tail):
            yield Rows(None, np.array([]), _aside(lines_of(tail), number))

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
        whole += [(int(numbers[i]), self._shown(text), Reason.RAGGED_ROW.value) for i, text in ragged if i not in fixed]
        order = np.append(numbers[is_split], [numbers[index] for index, _ in mended]).astype(np.int64)
        if table is not None and (again := self._headers_again(table, order)):
            whole += [(int(order[index]), text, Reason.OUTSIDE_TABLE.value) for index, text in again.items()]
            kept = np.setdiff1d(np.arange(len(order)), list(again))
            table, order = table.take(kept), order[kept]
        return Rows(table, order, whole), passed + len(places)

    def _shown(self, text: str) -> str:
        """A row as it stands in the file."""
        return text.replace(_UNIT, " ") if self._is_white else text

    def _headers_again(self, table: pa.Table, numbers: np.ndarray) -> dict[int, str]:
        """Where the header stands in the table once more, as exports that were put together have it."""
        import pyarrow as pa
        from pyarrow import compute

        named = [at for at, name in enumerate(self._names) if not NAMELESS.fullmatch(name)]
        if not self._header_lines or len(named) < 2:
            return {}
        wanted = pa.array([self._names[at] for at in named])
        places = pa.array(np.arange(len(numbers)))
        for at in named:
            cells = compute.utf8_trim(table.column(at).take(places), characters=AROUND)
            places = places.filter(compute.is_in(cells, value_set=wanted).combine_chunks())
        rows = {at: [values[at].as_py() for values in table.columns] for at in places.to_pylist()}
        again = {at: cells for at, cells in rows.items() if stands_again(cells, self._names, numbers[at], self._where)}
        return {at: self._shown(self._sign.join(cells)) for at, cells in again.items()}

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
                delimiter=self._sign,
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
        width = len(self._names)
        cells = split_line(text, self._sign) if '"' in text and not self._is_white else text.split(self._sign)
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            return cells[:width]
        if len(cells) < width and all(map(NAMELESS.fullmatch, self._names[len(cells) :])):
            return cells + [""] * (width - len(cells))
        return None

    def _with_mended(self, table: pa.Table, rows: list[list[str]]) -> pa.Table:
        import pyarrow as pa

        columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
        return pa.concat_tables([table, pa.table(columns, names=table.column_names)])

    def _until_end(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks up to the line that ends the table; what follows goes to the tail."""
        assert self._end is not None
        blocks = _whole_lines(chunks)
        for block in blocks:
            found = self._end.search(block)
            if found:
                self._tail += [block[found.start() :], *blocks]
                block = block[: found.start()]
            if block:
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
    """Whole lines of white-space columns with one sign between the columns; quotes mean nothing there."""
    lines = re.sub(rb"\r\n|\r", b"\n", data)  # of a blank line between a return and a newline one end would be left
    lines += b"" if lines.endswith(b"\n") else b"\n"
    inner = re.sub(rb"[ \t]+", _UNIT.encode(), lines)
    return re.sub(rb"(?m)^\x1f|\x1f$", b"", inner)
