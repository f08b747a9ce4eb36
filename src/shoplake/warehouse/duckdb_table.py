"""One table of the embedded warehouse: its columns, and the rows that it lacks or has too many."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import duckdb

from shoplake.contract import Table
from shoplake.lake import Files, in_values
from shoplake.lake.durability import damages
from shoplake.lake.schema import described
from shoplake.runs.manifest import PublishedTable
from shoplake.warehouse import parity
from shoplake.warehouse.views import literal

# What the tables of a warehouse were filled with, with the figures of each file (see `parity`); it is in the file
# itself, so that it is as old as their rows. And by which columns a row of a table is told from others.
RECORD = """
CREATE TABLE IF NOT EXISTS shoplake.filled (name VARCHAR PRIMARY KEY, ddl VARCHAR, files VARCHAR, figures VARCHAR);
CREATE OR REPLACE TABLE shoplake.keys (table_name VARCHAR, column_name VARCHAR, position INTEGER, is_enforced BOOLEAN);
COMMENT ON TABLE shoplake.keys IS 'The primary key of each table; one that is not enforced was checked in the lake'
"""
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


def fill(db: duckdb.DuckDBPyConnection, lake: Files, table: Table, published: PublishedTable) -> None:
    """Make a table hold its published rows, from files that are as they were published; the others aren't read.

    Raises QualityError where it then isn't what the lake has.
    """
    known = _counted(db, table, published)
    todo = needed(db, table, published)
    for damage in damages(
        lake, table.name, published.version, published.log, {f: published.files[f] for f in todo.files}
    ):
        raise damage
    if todo.is_anew:
        db.execute(f"DROP TABLE IF EXISTS {table.name}; {ddl(table)}")
    elif todo.partitions:
        db.execute(f"DELETE FROM {table.name} WHERE {in_values(table.partitioned_by, todo.partitions)}")  # noqa: S608
    with lake.at_hand(table.name, todo.files | (published.files.keys() - known.keys())) as root:
        if todo.files:
            columns = ", ".join(f'"{name}"' for name in table.column_names)
            files = [str(root / file) for file in sorted(todo.files)]
            db.execute(f"INSERT INTO {table.name} SELECT {columns} FROM {parity.parquet(table)}", [files])  # noqa: S608
        figures = parity.to_json(table, parity.check(db, root, table, published, known))
    record = [table.name, ddl(table), json.dumps(published.files), figures]
    db.execute("INSERT OR REPLACE INTO shoplake.filled VALUES (?, ?, ?, ?)", record)
    for at, column in enumerate(table.key, 1):
        db.execute("INSERT INTO shoplake.keys VALUES (?, ?, ?, ?)", [table.base, column, at, is_enforced(table)])


def _counted(db: duckdb.DuckDBPyConnection, table: Table, published: PublishedTable) -> parity.ByFile:
    """The figures of published files that were counted when the table was filled with them."""
    then = db.execute("SELECT files, figures FROM shoplake.filled WHERE name = ?", [table.name]).fetchone()
    if not then:
        return {}
    same = [file for file, _ in json.loads(then[0]).items() & published.files.items()]
    return parity.from_json(table, then[1], same)


def is_enforced(table: Table) -> bool:
    """Whether DuckDB keeps an index of the key: a wide one costs more than its table, see docs/decisions/0011."""
    return len(table.key) == 1


def ddl(table: Table) -> str:
    """The table's CREATE statement with its comments."""
    parts = [f'"{c.name}" {duckdb_type(c.type)}{" NOT NULL" if c.required else ""}' for c in table.columns]
    parts += [f'PRIMARY KEY ("{table.key[0]}")'] if is_enforced(table) else []
    key = f" Key: {', '.join(table.key)}." if table.key else ""
    comments = [f"COMMENT ON TABLE {table.name} IS {literal(described(table) + key)}"]
    comments += [f'COMMENT ON COLUMN {table.name}."{c.name}" IS {literal(c.told)}' for c in table.columns]
    return "; ".join([f"CREATE TABLE {table.name} ({', '.join(parts)})", *comments])


def duckdb_type(spark_type: str) -> str:
    """The type in the warehouse.

    >>> duckdb_type("decimal(18,4)"), duckdb_type("string")
    ('DECIMAL(18,4)', 'VARCHAR')
    """
    return _TYPES.get(spark_type, spark_type.upper())
