"""Writes raw files, in the formats of the feeds."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

import pyarrow as pa
from pyarrow import csv

from shoplake.generator.plan import day_of

# Looking for commas takes half of the time.
_WITHOUT_COMMAS = {"order_lines", "orders", "returns"}
_AHEAD = 8


class Files:
    """Every feed as plain CSV: UTF-8, commas, dates in ISO 8601. A second thread writes, a few files behind."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._threads = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Files:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None) -> None:
        self._threads.shutdown(cancel_futures=kind is not None)
        while self._waiting and kind is None:
            self._waiting.popleft().result()

    def day(self, day: int) -> str:
        return f"_{day_of(day)}"

    def write(self, feed: str, suffix: str, table: pa.Table) -> None:
        if len(self._waiting) >= _AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._threads.submit(self._write, feed, f"{feed}{suffix}.csv", table))

    def _write(self, feed: str, name: str, table: pa.Table) -> None:
        quoting = "none" if feed in _WITHOUT_COMMAS else "needed"
        csv.write_csv(_to_the_second(table), self.folder / name, csv.WriteOptions(quoting_style=quoting))


def _to_the_second(table: pa.Table) -> pa.Table:
    kinds = {pa.timestamp("us", tz="UTC"): pa.timestamp("s")}  # a zone would make it four times as slow
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(pa.field(field.name, kinds.get(kind, kind)))
    return table.cast(pa.schema(fields))
