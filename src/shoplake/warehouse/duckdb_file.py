"""The embedded warehouse: gold in one DuckDB file, made aside and swapped in whole."""

from __future__ import annotations

from pathlib import Path

import duckdb

from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError
from shoplake.lake import Lake
from shoplake.lake.durability import sync_and_digest, sync_folder
from shoplake.lake.failures import explained
from shoplake.lake.schema import described
from shoplake.runs.manifest import Manifest, PublishedTable

_TYPES = {"string": "VARCHAR", "int": "INTEGER", "timestamp": "TIMESTAMPTZ"}


def build(lake: Lake, manifest: Manifest, path: Path, most_bytes: int | None = None) -> Path:
    """Write the published gold to a new file beside `path`, and give it; `swap_in` makes it the warehouse.

    Columns and comments are those that were published, which the declarations may have left behind.
    `most_bytes`: of memory to use; by default most of what the machine has.
    """
    fresh = path.with_name(f"{path.name}.new")
    with explained(str(path)):
        for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            leftover.unlink(missing_ok=True)
        with duckdb.connect(str(fresh)) as db:
            db.execute("SET TimeZone = 'UTC'; CREATE SCHEMA gold; CREATE SCHEMA shoplake")
            if most_bytes:
                db.execute(f"SET memory_limit = '{most_bytes}B'; SET preserve_insertion_order = false")
            for name, published in manifest.tables.items():
                if name.startswith("gold."):
                    _fill(db, lake, lake.contract(name, published.version), published)
            _write_publication(db, manifest)
        sync_and_digest(fresh)
    return fresh


def swap_in(fresh: Path, path: Path) -> None:
    """Readers see the old file or the new one, never a part of either."""
    try:
        fresh.replace(path)
    except PermissionError as failure:
        raise MachineError(
            "another program has the warehouse open",
            where=str(path),
            remedy="Close it and run again; the lake itself is published",
        ) from failure
    sync_folder(path.parent)


def published_number(path: Path) -> int | None:
    """The number of the manifest that the warehouse holds; None where there is no warehouse."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as db:
            found = db.execute("SELECT number FROM shoplake.publication").fetchone()
    except duckdb.Error:
        return None
    return int(found[0]) if found else None


def ddl(table: Table) -> str:
    """The table's CREATE statement with its comments."""
    columns = ", ".join(f'"{c.name}" {duckdb_type(c.type)}{" NOT NULL" if c.required else ""}' for c in table.columns)
    comments = [f"COMMENT ON TABLE {table.name} IS {_literal(described(table))}"]
    for column in table.columns:
        unit = f" ({column.unit})" if column.unit else ""
        comments.append(f'COMMENT ON COLUMN {table.name}."{column.name}" IS {_literal(column.meaning + unit)}')
    return "; ".join([f"CREATE TABLE {table.name} ({columns})", *comments])


def duckdb_type(spark_type: str) -> str:
    """The type in the warehouse.

    >>> duckdb_type("decimal(18,4)"), duckdb_type("string")
    ('DECIMAL(18,4)', 'VARCHAR')
    """
    return _TYPES.get(spark_type, spark_type.upper())


def _fill(db: duckdb.DuckDBPyConnection, lake: Lake, table: Table, published: PublishedTable) -> None:
    db.execute(ddl(table))
    files = [str(file) for file in lake.files(table.name, published.version)]
    if files:
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        db.execute(f"INSERT INTO {table.name} SELECT {columns} FROM read_parquet(?)", [files])  # noqa: S608
    (rows,) = db.execute(f"SELECT count(*) FROM {table.name}").fetchone() or (0,)  # noqa: S608
    if rows != published.rows:
        raise QualityError(
            f"the warehouse got {rows} rows, the lake has {published.rows}; the old warehouse stays",
            where=table.name,
            remedy="Run again with --full",
        )


def _write_publication(db: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    db.execute("CREATE TABLE shoplake.publication (number BIGINT, run_id VARCHAR, published_at VARCHAR, as_of DATE)")
    row = [manifest.number, manifest.run_id, manifest.published_at, manifest.as_of]
    db.execute("INSERT INTO shoplake.publication VALUES (?, ?, ?, ?)", row)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
