"""Writes raw files on a thread of its own: as plain CSV, or in the formats that shops send."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from shoplake.generator.formats import HEADERS, body, json_document, with_planted
from shoplake.generator.workbook import parts

# Looking for commas takes half of the time.
_WITHOUT_COMMAS = {"order_lines", "orders", "returns"}
_AHEAD = 8
# Order lines come packed in another way each day, orders every other day.
_PACKED = {"order_lines": ("", ".gz", ".zst", ".zip"), "orders": ("", ".gz")}
_ENDINGS = {"orders": ".ndjson", "products": ".parquet", "rates": ".parquet", "stores": ".json", "promotions": ".xlsx"}
Planted = Sequence[tuple[int, str]]  # position among the rows, line


class Files:
    """Plain CSV: UTF-8, commas, dates in ISO 8601."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._threads = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def close(self) -> None:
        self._threads.shutdown()
        for waiting in self._waiting:
            waiting.result()

    def write(self, feed: str, suffix: str, table: pa.Table, day: int = 0, planted: Planted = ()) -> str:
        """Give the file's name, a zip archive's member with it; at most `_AHEAD` files are waiting to be written."""
        name = self._name(feed, suffix, day)
        if len(self._waiting) >= _AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._threads.submit(self._write, feed, name, table, planted))
        return f"{name}/{name.removesuffix('.zip')}" if name.endswith(".zip") else name

    def _name(self, feed: str, suffix: str, day: int) -> str:  # noqa: ARG002
        return f"{feed}{suffix}.csv"

    def _write(self, feed: str, name: str, table: pa.Table, planted: Planted) -> None:  # noqa: ARG002
        quoting = "none" if feed in _WITHOUT_COMMAS else "needed"
        csv.write_csv(_to_the_second(table), self.folder / name, csv.WriteOptions(quoting_style=quoting))


class RichFiles(Files):
    """CSV of several kinds, lines of JSON, JSON, Parquet, XLSX; plain, compressed or in an archive."""

    def _name(self, feed: str, suffix: str, day: int) -> str:
        packed = _PACKED.get(feed, ("",))
        return f"{feed}{suffix}{_ENDINGS.get(feed, '.csv')}{packed[day % len(packed)]}"

    def _write(self, feed: str, name: str, table: pa.Table, planted: Planted) -> None:
        path = self.folder / name
        if name.endswith(".parquet"):
            pq.write_table(table, path)
        elif feed == "promotions":
            path.write_bytes(_zipped(parts(table)))
        elif feed == "stores":
            path.write_bytes(json_document(table))
        else:
            data = with_planted(body(feed, table), planted, HEADERS[feed])
            data = data.decode().encode("cp1252") if feed == "customers" else data
            path.write_bytes(_packed(data, name))


def _packed(data: bytes, name: str) -> bytes:
    """The same bytes each time: without the time of packing."""
    if name.endswith(".gz"):
        return gzip.compress(data, 1, mtime=0)
    if name.endswith(".zst"):
        found: bytes = pa.Codec("zstd").compress(data, asbytes=True)
        return found
    if name.endswith(".zip"):
        return _zipped({name.removesuffix(".zip"): data})
    return data


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            member.create_system, member.compress_type = 3, zipfile.ZIP_DEFLATED
            archive.writestr(member, data, compresslevel=1)
    return buffer.getvalue()


def _to_the_second(table: pa.Table) -> pa.Table:
    kinds = {pa.timestamp("us", tz="UTC"): pa.timestamp("s")}  # a zone would make it four times as slow
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(pa.field(field.name, kinds.get(kind, kind)))
    return table.cast(pa.schema(fields))
