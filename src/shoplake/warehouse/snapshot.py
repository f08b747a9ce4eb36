"""A published state as plain Parquet files, for warehouses that copy from storage.

A Delta folder holds files that belong to the table no more, and lacks the column that its folders are named by.
All access to files is here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow
import pyarrow.parquet

from shoplake.contract import Table
from shoplake.errors import DeclarationError
from shoplake.lake.durability import sync, sync_folder
from shoplake.lake.failures import explained
from shoplake.lake.place import Place, copy, matching, put, remove_tree
from shoplake.warehouse.published import Published

DONE = "_SUCCESS"
_ROWS = 1_000_000  # in a file: several are read side by side
_ADLS = re.compile(r"abfss?://(?P<container>[^@/]+)@(?P<host>[^/]+)(?P<path>/.*)?")


def export(published: Published, folder: Place) -> Place:
    """`<folder>/<number>/gold/<table>/*.parquet`, written once; `_SUCCESS` in it comes last and tells what is there."""
    target, run_id = folder / str(published.manifest.number), published.manifest.run_id
    with explained(str(target)):
        if _run_of(target) == run_id:
            return target
        remove_tree(target)
        rows = {table.name: _write(published, table, target / "gold" / table.base) for table in published.tables}
        put(target / DONE, json.dumps({"run_id": run_id, "rows": rows}, indent=1).encode())
        sync(target / DONE)
        sync_folder(target)
    return target


def forget(folder: Place, but: int) -> None:
    """Remove the exports of other states, what was cut off too."""
    for other in matching(folder, "[0-9]*"):
        if other.name != str(but):
            (other / DONE).unlink(missing_ok=True)  # first: half of an export is none
            remove_tree(other)


def _run_of(target: Place) -> str:
    """The run whose state an export holds; empty where it isn't whole."""
    try:
        return str(json.loads((target / DONE).read_text("utf-8"))["run_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _write(published: Published, table: Table, folder: Place) -> int:
    """The rows of a table; a table without rows is a file without rows."""
    schema = pyarrow.schema([(column.name, arrow_type(column.type)) for column in table.columns])
    written, batches = 0, iter(published.batches(table))
    for number, first in enumerate(_then_nothing(batches, schema)):
        if number and not first.num_rows:
            break
        with TemporaryDirectory(prefix="shoplake-") as here:
            file, path = Path(here) / "part.parquet", folder / f"part-{number:05}.parquet"
            written += _write_file(first, batches, schema, file)
            copy(file, path)
            sync(path)
    sync_folder(folder)
    return written


def _write_file(
    first: pyarrow.RecordBatch, more: Iterator[pyarrow.RecordBatch], schema: pyarrow.Schema, file: Path
) -> int:
    """The next rows, as many as a file has."""
    # Synapse knows instants as 96 bits, and decimals as bytes.
    with pyarrow.parquet.ParquetWriter(file, schema, use_deprecated_int96_timestamps=True) as writer:
        batch: pyarrow.RecordBatch | None = first
        rows = 0
        while batch is not None:
            writer.write_batch(batch.cast(schema))
            rows += batch.num_rows
            batch = next(more, None) if rows < _ROWS else None
    return rows


def _then_nothing(batches: Iterator[pyarrow.RecordBatch], schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    yield from batches
    yield pyarrow.RecordBatch.from_pylist([], schema)


def arrow_type(spark_type: str) -> pyarrow.DataType:
    """The type in a file.

    >>> arrow_type("decimal(18,4)"), arrow_type("timestamp")
    (Decimal128Type(decimal128(18, 4)), TimestampType(timestamp[us, tz=UTC]))
    """
    if sizes := re.fullmatch(r"decimal\((\d+),(\d+)\)", spark_type):
        return pyarrow.decimal128(int(sizes[1]), int(sizes[2]))
    return {
        "string": pyarrow.string(),
        "int": pyarrow.int32(),
        "bigint": pyarrow.int64(),
        "double": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "timestamp": pyarrow.timestamp("us", "UTC"),
    }[spark_type]


def address(root: str, number: int | str, table: Table) -> str:
    """Where Azure's services find a table's files, for a lake at `root`.

    >>> from shoplake.contract import Text
    >>> orders = Table("gold.orders", "Orders", "one row per order", ("id",), (Text("id", "which"),))
    >>> address("abfss://lake@shop.dfs.core.windows.net/shop", 7, orders)
    'https://shop.dfs.core.windows.net/lake/shop/exports/7/gold/orders/*.parquet'
    """
    found = _ADLS.fullmatch(root)
    if not found:
        raise DeclarationError(
            "this warehouse reads from Azure's storage alone",
            where=root.partition("?")[0],  # what comes then may be a signature
            remedy="Set `data`, or `address` where that is a volume, to "
            "abfss://<container>@<account>.dfs.core.windows.net/<folder>",
        )
    path = (found["path"] or "").rstrip("/")
    return f"https://{found['host']}/{found['container']}{path}/exports/{number}/gold/{table.base}/*.parquet"
