"""Rows that several steps of a run read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shoplake.contract import Column, Table
from shoplake.runs.run import Run

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def scratch(run: Run, name: str, columns: Sequence[Column], rows: DataFrame, by: str = "") -> tuple[DataFrame, Table]:
    """Write rows that several steps of a run read; nobody reads them after it."""
    free = tuple(replace(column, required=False, personal=True) for column in columns)
    table = Table(f"scratch.{name}", "rows of one run", "one row per row", (), free, partitioned_by=by)
    made = run.lake.set_down(table, rows.select(*table.column_names), run.run_id)
    run.scratch[table.name] = made
    return run.lake.read(table.name, made.version), table
