"""Writes the truth beside the shop: tables in Parquet, day by day, and the summary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS = 200_000  # in a row group


class Writer:
    """One Parquet file that grows table by table."""

    def __init__(self, path: Path) -> None:
        self._path, self._waiting, self._rows = path, list[pa.Table](), 0
        self._file: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= _ROWS:
            self._flush()

    def close(self) -> None:
        if self._waiting:
            self._flush()
        if self._file:
            self._file.close()

    def _flush(self) -> None:
        table = pa.concat_tables(self._waiting)
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            few = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]
            self._file = pq.ParquetWriter(self._path, table.schema, use_dictionary=few)
        self._file.write_table(table)
        self._waiting, self._rows = [], 0


class Truth:
    """The tables of the truth by name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writers: dict[str, Writer] = {}

    def add(self, name: str, table: pa.Table) -> None:
        """`name`: of the file, such as `customers` or `lines/00`."""
        if name not in self._writers:
            self.close(name.partition("/")[0] + "/")
            self._writers[name] = Writer(self._folder / f"{name}.parquet")
        self._writers[name].add(table)

    def summary(self, values: dict[str, Any]) -> None:
        text = json.dumps(values, indent=1, ensure_ascii=False, default=str) + "\n"
        (self._folder / "summary.json").write_text(text, "utf-8")

    def close(self, start: str = "") -> None:
        """Close the files whose names start so."""
        for name in [name for name in self._writers if name.startswith(start)]:
            self._writers.pop(name).close()
