"""The tolerant reader: a raw file to rows of text, on whichever machine the engine runs it.

What can't be split into the declared columns is kept whole, with the reason. Rows are numbered as a spreadsheet does:
the header is a row like others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from shoplake.bronze.content import open_bytes, readable
from shoplake.bronze.delimited import DelimitedText
from shoplake.bronze.documents import (
    as_text,
    column_values,
    json_records,
    parquet_file,
    parse_json,
    rows_of_record,
    to_json,
    whole_lines,
)
from shoplake.bronze.encoding import chunks_of, texts
from shoplake.bronze.header import stands_again
from shoplake.bronze.load import Load
from shoplake.bronze.workbook import sheet_rows
from shoplake.contract import Reason
from shoplake.errors import InputError
from shoplake.lake.failures import WORKER_MARK
from shoplake.lake.place import place_of
from shoplake.sources.declaration import Feed

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 20_000
LINEAGE = ("_load_id", "_file", "_row_number", "_item_number")
OWN = ("_extra", "_unsplit", "_reason", *LINEAGE)

# number, item, values by declared name (None where the row is kept whole), the rest as JSON, whole text, reason
Row = tuple[int, int, dict[str, str | None] | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class FileToRead:
    """What a worker must know of one file."""

    path: str
    load: Load
    feed: Feed

    def to_json(self) -> str:
        return json.dumps({"path": self.path, "load": self.load.to_json(), "feed": self.feed.model_dump_json()})

    @classmethod
    def from_json(cls, text: str) -> FileToRead:
        values = json.loads(text)
        return cls(values["path"], Load.from_json(values["load"]), Feed.model_validate_json(values["feed"]))


def read_files(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: each input row describes a file as JSON in `spec`."""
    for batch in batches:
        for spec in batch.column("spec").to_pylist():
            file = FileToRead.from_json(spec)
            try:
                yield from read_file(file)
            except InputError as failure:
                raise RuntimeError(f"{WORKER_MARK} {failure}") from failure
            except (OSError, ValueError) as failure:  # pyarrow's errors are ValueErrors
                raise RuntimeError(f"{WORKER_MARK} {file.load.file}: can't be read: {failure}") from failure


def read_file(file: FileToRead) -> Iterator[pa.RecordBatch]:
    """The rows of a file: declared columns as text, then `OWN`."""
    path, load = place_of(file.path), file.load
    with readable(load.file):
        load.check_unchanged(path)
        with open_bytes(path, load.member, load.file) as stream:
            yield from (_delimited if file.feed.format == "csv" else _documents)(stream, file)
        load.check_unchanged(path)


def _delimited(stream: Any, file: FileToRead) -> Iterator[pa.RecordBatch]:
    load = file.load
    feed = file.feed
    text = DelimitedText(load.names, feed.delimiter, load.above, load.header_lines, feed.ends_before, load.file)
    position = {name: str(index) for index, name in enumerate(load.names)}
    declared = [position[load.columns[name]] if name in load.columns else None for name in file.feed.columns]
    others = {name: position[name] for name in load.names if name not in load.columns.values()}
    for rows in text.read(stream, load.encoding):
        if rows.table is not None and rows.table.num_rows:
            yield _split_batch(file, rows.table.combine_chunks(), rows.numbers, declared, others)
        if rows.whole:
            kept: list[Row] = [(number, 0, None, None, text, reason) for number, text, reason in rows.whole]
            yield _batch(file, kept)


def _split_batch(
    file: FileToRead, table: pa.Table, numbers: Any, declared: list[str | None], others: dict[str, str]
) -> pa.RecordBatch:
    import pyarrow as pa

    count = table.num_rows
    extra = pa.nulls(count, pa.string())
    if others:
        rows = table.select(list(others.values())).to_pylist()
        names = {position: name for name, position in others.items()}
        pieces = [
            to_json({names[at]: value for at, value in row.items()}) if any(row.values()) else None for row in rows
        ]
        extra = pa.array(pieces, pa.string())
    nothing = pa.nulls(count, pa.string())
    lineage = [pa.repeat(file.load.load_id, count), pa.repeat(file.load.file, count), pa.array(numbers, pa.int64())]
    zeros = pa.repeat(pa.scalar(0, pa.int64()), count)
    values = [nothing if name is None else table.column(name).combine_chunks() for name in declared]
    values = [v.chunk(0) if isinstance(v, pa.ChunkedArray) else v for v in values]
    return pa.record_batch([*values, extra, nothing, nothing, *lineage, zeros], names=[*file.feed.columns, *OWN])


def _documents(stream: Any, file: FileToRead) -> Iterator[pa.RecordBatch]:
    feed, load = file.feed, file.load
    content = b"".join(chunks_of(stream, 1 << 20)) if feed.format != "ndjson" else b""
    rows: Iterable[Row]
    match feed.format:
        case "ndjson":
            rows = _json_lines(stream, file)
        case "json":
            records = json_records(content.decode(load.encoding), feed, load.file)
            rows = (row for number, record in enumerate(records, 1) for row in _record(number, record, feed))
        case "parquet":
            rows = _parquet(content, file)
        case _:
            rows = _sheet(content, file)
    rows = iter(rows)
    while some := list(islice(rows, _BATCH)):
        yield _batch(file, some)


def _json_lines(stream: Any, file: FileToRead) -> Iterator[Row]:
    for number, line in enumerate(whole_lines(texts(chunks_of(stream, 1 << 20), file.load.encoding)), 1):
        text = (line.removeprefix("\ufeff") if number == 1 else line).strip()
        if not text:
            yield number, 0, None, None, None, None
            continue
        try:
            yield from _record(number, parse_json(text), file.feed, text)
        except ValueError:
            yield number, 0, None, None, text, Reason.NOT_JSON.value


def _record(number: int, record: Any, feed: Feed, text: str = "") -> Iterator[Row]:
    if not isinstance(record, dict):
        yield number, 0, None, None, text or to_json(record), Reason.NOT_JSON.value
        return
    try:
        rows = list(rows_of_record(record, feed))
    except RecursionError as failure:
        raise ValueError(f"record {number} is nested too deep") from failure
    for item, values, others in rows:
        yield number, item, values, others, None, None


def _parquet(content: bytes, file: FileToRead) -> Iterator[Row]:
    number, names, used = 0, file.load.names, set(file.load.columns.values())
    for batch in parquet_file(content, file.load.file).iter_batches(_BATCH):
        for cells in zip(*map(column_values, names, batch.columns), strict=True):
            number += 1
            record = dict(zip(names, cells, strict=True))
            values = {name: as_text(record[header]) for name, header in file.load.columns.items()}
            others = {name: value for name, value in record.items() if value is not None and name not in used}
            yield number, 0, values, to_json(others) if others else None, None, None


def _sheet(content: bytes, file: FileToRead) -> Iterator[Row]:
    feed, load = file.feed, file.load
    names, has_ended = load.names, False
    positions = {name: names.index(header) for name, header in load.columns.items()}
    unnamed = [position for position, name in enumerate(names) if name not in load.columns.values()]
    for number, cells in enumerate(sheet_rows(content, feed, load.file), 1):
        is_header = load.above < number <= load.above + load.header_lines
        if is_header:
            continue
        whole = to_json(cells) if any(cells) else ""
        has_ended = has_ended or (number > load.above and _ends(cells, feed.ends_before))
        is_again = number > load.above and stands_again(cells, names, number, load.file)
        if has_ended or is_again or number <= load.above:
            yield number, 0, None, None, whole, Reason.OUTSIDE_TABLE.value
        elif any(cells[len(names) :]):
            yield number, 0, None, None, whole, Reason.RAGGED_ROW.value
        else:
            cells = cells + [""] * (len(names) - len(cells))
            others = {names[position]: cells[position] for position in unnamed if cells[position]}
            values: dict[str, str | None] = {name: cells[position] for name, position in positions.items()}
            yield number, 0, values, to_json(others) if others else None, None, None


def _ends(cells: list[str], start: str | None) -> bool:
    first = cells[0] if cells else ""
    return start is not None and (first.startswith(start) if start else not any(cells))


def _batch(file: FileToRead, rows: list[Row]) -> pa.RecordBatch:
    import pyarrow as pa

    values = [
        pa.array([row[2].get(name) if row[2] else None for row in rows], pa.string()) for name in file.feed.columns
    ]
    others = [pa.array([row[position] for row in rows], pa.string()) for position in (3, 4, 5)]
    lineage = [pa.repeat(file.load.load_id, len(rows)), pa.repeat(file.load.file, len(rows))]
    numbers = [pa.array([row[position] for row in rows], pa.int64()) for position in (0, 1)]
    return pa.record_batch([*values, *others, *lineage, *numbers], names=[*file.feed.columns, *OWN])
