"""One table of the embedded warehouse: its columns, and the rows that it lacks or has too many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import duckdb

from shoplake.contract import Table
from shoplake.errors import QualityError
from shoplake.lake import Lake, in_values
from shoplake.lake.durability import damages
from shoplake.lake.schema import described
from shoplake.runs.manifest import PublishedTable

# What the tables of a warehouse were filled with; it is in the file itself, so that it is as old as their rows.
RECORD = "CREATE TABLE IF NOT EXISTS shoplake.filled (name VARCHAR PRIMARY KEY, ddl VARCHAR, files VARCHAR)"
_TYPES = {"string": "VARCHAR", "int": "INTEGER", "timestamp": "TIMESTAMPTZ"}
_NULL = "__HIVE_DEFAULT_PARTITION__"
# Past this share of a table's files it is as well filled anew.
_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Filling:
    """What makes a table hold other files: it is made anew, or rows of `partitions` go; those of `files` come."""

    is_anew: bool
    partitions: frozenset[str | None]
    files: frozenset[str]


def filling(then: Mapping[str, str] | None, now: Mapping[str, str], partitioned_by: str) -> Filling:
    """How to come from some files to others (file -> digest); `then` is None where there is no table.

    >>> filling({"m=1/a": "", "m=2/b": ""}, {"m=1/a": "", "m=2/c": ""}, "m")
    Filling(is_anew=False, partitions=frozenset({'2'}), files=frozenset({'m=2/c'}))
    """
    anew = Filling(True, frozenset(), frozenset(now))
    if then is None:
        return anew
    gone = {file for file, _ in then.items() - now.items()}
    new = {file for file, _ in now.items() - then.items()}
    if gone and not partitioned_by:
        return anew
    partitions = {_partition(file) for file in gone}
    files = new | {file for file in now if _partition(file) in partitions}
    if gone and len(files) > _MOST * len(now):
        return anew
    return Filling(False, frozenset(partitions), frozenset(files))


def _partition(file: str) -> str | None:
    """The value by which a file is kept apart.

    >>> _partition("order_month=2024-05/part-0.parquet"), _partition(f"order_month={_NULL}/part-0.parquet")
    ('2024-05', None)
    """
    value = unquote(file.partition("/")[0].partition("=")[2])
    return None if value == _NULL else value


def needed(db: duckdb.DuckDBPyConnection, table: Table, published: PublishedTable) -> Filling:
    """What makes a table of a warehouse hold its published rows."""
    alike = "SELECT files FROM shoplake.filled WHERE name = ? AND ddl = ?"
    then = db.execute(alike, [table.name, ddl(table)]).fetchone()
    return filling(json.loads(then[0]) if then else None, published.files, table.partitioned_by)


def fill(db: duckdb.DuckDBPyConnection, lake: Lake, table: Table, published: PublishedTable) -> None:
    """Make a table hold its published rows, from files that are as they were published; the others aren't read."""
    todo = needed(db, table, published)
    for damage in damages(
        lake, table.name, published.version, published.log, {f: published.files[f] for f in todo.files}
    ):
        raise damage
    if todo.is_anew:
        db.execute(f"DROP TABLE IF EXISTS {table.name}; {ddl(table)}")
    elif todo.partitions:
        db.execute(f"DELETE FROM {table.name} WHERE {in_values(table.partitioned_by, todo.partitions)}")  # noqa: S608
    if todo.files:
        columns = ", ".join(f'"{name}"' for name in table.column_names)
        files = [str(lake.path(table.name) / file) for file in sorted(todo.files)]
        by = f", hive_partitioning = true, hive_types = {{'{table.partitioned_by}': VARCHAR}}"
        read = f"read_parquet(?{by if table.partitioned_by else ''})"
        db.execute(f"INSERT INTO {table.name} SELECT {columns} FROM {read}", [files])  # noqa: S608
    (rows,) = db.execute(f"SELECT count(*) FROM {table.name}").fetchone() or (0,)  # noqa: S608
    if rows != published.rows:
        raise QualityError(
            f"the warehouse got {rows} rows, the lake has {published.rows}; the old warehouse stays",
            where=table.name,
            remedy="Run again with --full",
        )
    db.execute(
        "INSERT OR REPLACE INTO shoplake.filled VALUES (?, ?, ?)", [table.name, ddl(table), json.dumps(published.files)]
    )


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


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
