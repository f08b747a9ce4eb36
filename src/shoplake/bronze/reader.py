"""The tolerant reader: a delimited file to rows of text, on whichever machine the engine runs it.

A row that can't be split into the header's columns is kept whole, with the reason. Rows are numbered as a
spreadsheet does: the header is row 1.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoplake.contract import Reason
from shoplake.lake.failures import WORKER_MARK

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 8 << 20
LINEAGE = ("_load_id", "_file", "_row_number")
OWN = ("_extra", "_unsplit", "_reason", *LINEAGE)


@dataclass(frozen=True, slots=True)
class FileToRead:
    """What a worker must know of one file. `columns`: declared name -> name in the file.

    `has_open_quote`: its quotes don't pair. One may be part of a value (5" pipe), or swallow all rows after it.
    """

    path: str
    load_id: str
    file: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    columns: dict[str, str]
    has_open_quote: bool = False


def read_files(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: each input row describes a file as JSON in `spec`."""
    for batch in batches:
        for spec in batch.column("spec").to_pylist():
            values = json.loads(spec)
            file = FileToRead(**values | {"header": tuple(values["header"])})
            try:
                yield from read_file(file)
            except (OSError, ValueError) as failure:  # pyarrow's errors are ValueErrors
                raise RuntimeError(f"{WORKER_MARK} {file.file}: can't be read: {failure}") from failure


def read_file(file: FileToRead) -> Iterator[pa.RecordBatch]:
    """The rows of a file: declared columns as text, then `OWN`."""
    import pyarrow as pa
    from pyarrow import csv

    ragged: list[tuple[int, str]] = []

    def keep(row: Any) -> str:
        ragged.append((row.number, row.text))
        return "skip"

    with pa.input_stream(file.path) as stream:
        if not _has_rows(file):
            return
        reader = csv.open_csv(
            stream,
            # One thread: only then does pyarrow tell the number of a row that it can't split.
            read_options=csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                encoding=file.encoding.removesuffix("-sig"),  # pyarrow skips the mark itself
                column_names=file.header,
                skip_rows=1,
            ),
            parse_options=csv.ParseOptions(
                delimiter=file.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(file.header, pa.string()), strings_can_be_null=False
            ),
        )
        number, last = _numbering(ragged), None
        for batch in reader:
            last = batch if batch.num_rows else last
            yield _split_rows(batch, file, number(batch.num_rows))
            if ragged:
                yield _ragged_rows(ragged, file)
        if file.has_open_quote and last is not None:
            _check_end(last.slice(last.num_rows - 1).to_pylist()[0], file)
        if ragged:
            yield _ragged_rows(ragged, file)


def _check_end(last: dict[str, str], file: FileToRead) -> None:
    """An open quote in the last column runs on to the end of the file, without another quote there."""
    name, value = list(last.items())[-1]
    with open(file.path, encoding=file.encoding, errors="replace", newline="") as text:  # noqa: PTH123
        end = deque(text, maxlen=1)[-1]
    if ("\n" in value or "\r" in value) and value.endswith(end):
        lines = len(value.splitlines())
        raise ValueError(f"a quote in column «{name}» is never closed, and takes the last {lines} lines with it")


def _has_rows(file: FileToRead) -> bool:
    """Whether anything follows the header: pyarrow takes a header alone for an error."""
    with open(file.path, encoding=file.encoding, newline="") as text:  # noqa: PTH123
        text.readline()
        return bool(text.read(1))


def _numbering(ragged: list[tuple[int, str]]) -> Callable[[int], pa.Array]:
    """Gives the numbers of the next rows that were split, leaving out those that were not."""
    import numpy as np
    import pyarrow as pa

    start, skipped = 2, set[int]()

    def number(count: int) -> pa.Array:
        nonlocal start
        skipped.update(row for row, _ in ragged)
        passed = sorted(row for row in skipped if row >= start)
        candidates = np.arange(start, start + count + len(passed), dtype=np.int64)
        numbers = np.setdiff1d(candidates, np.array(passed, dtype=np.int64), assume_unique=True)[:count]
        if count:
            start = int(numbers[-1]) + 1
        return pa.array(numbers)

    return number


def _split_rows(batch: pa.RecordBatch, file: FileToRead, numbers: pa.Array) -> pa.RecordBatch:
    import pyarrow as pa

    count = batch.num_rows
    extra_names = [name for name in file.header if name not in file.columns.values()]
    extra = pa.nulls(count, pa.string())
    if extra_names:
        rows = batch.select(extra_names).to_pylist()
        texts = [json.dumps(row, ensure_ascii=False) if any(row.values()) else None for row in rows]
        extra = pa.array(texts, pa.string())
    nothing = pa.nulls(count, pa.string())
    declared = [batch.column(name) for name in file.columns.values()]
    return _batch(file, [*declared, extra, nothing, nothing], numbers)


def _ragged_rows(ragged: list[tuple[int, str]], file: FileToRead) -> pa.RecordBatch:
    import pyarrow as pa

    rows = list(ragged)
    ragged.clear()
    nothing = [pa.nulls(len(rows), pa.string())] * (len(file.columns) + 1)
    texts = pa.array([text for _, text in rows], pa.string())
    reasons = pa.repeat(Reason.RAGGED_ROW.of(""), len(rows))
    return _batch(file, [*nothing, texts, reasons], pa.array([row for row, _ in rows], pa.int64()))


def _batch(file: FileToRead, values: list[pa.Array], numbers: pa.Array) -> pa.RecordBatch:
    import pyarrow as pa

    lineage = [pa.repeat(file.load_id, len(numbers)), pa.repeat(file.file, len(numbers)), numbers]
    return pa.record_batch([*values, *lineage], names=[*file.columns, *OWN])
