"""Missing values, as Parquet files count them: no query, and no text in the log of a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shoplake.lake.place import Place

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile


def nulls_in(files: Iterable[Place], columns: Iterable[str]) -> dict[str, int]:
    """Column -> rows without a value, over all of the files."""
    from pyarrow.parquet import ParquetFile

    found = dict.fromkeys(columns, 0)
    for file in files:
        with file.open("rb") as stream, ParquetFile(stream) as parquet:
            at = {parquet.metadata.schema.column(i).path: i for i in range(parquet.metadata.num_columns)}
            for name in found:
                found[name] += _nulls(parquet, name, at.get(name))
    return found


def _nulls(parquet: ParquetFile, name: str, index: int | None) -> int:
    """From the statistics of a plain column, else by reading it."""
    if index is not None:
        groups = range(parquet.metadata.num_row_groups)
        counted = [parquet.metadata.row_group(group).column(index).statistics for group in groups]
        if all(statistics is not None and statistics.has_null_count for statistics in counted):
            return sum(statistics.null_count for statistics in counted)
    return int(parquet.read([name]).column(0).null_count)
