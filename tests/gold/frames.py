"""Frames with the columns of a table."""

from __future__ import annotations

from typing import Any

from pyspark.sql import DataFrame

from shoplake.contract import Table
from shoplake.lake import Engine


def frame(engine: Engine, table: Table, rows: list[dict[str, Any]]) -> DataFrame:
    """Rows of a table, null where nothing is said."""
    schema = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    return engine.createDataFrame([tuple(row.get(n) for n in table.column_names) for row in rows], schema)
