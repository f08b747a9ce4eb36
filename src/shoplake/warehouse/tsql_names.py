"""What the T-SQL family has in common: names, types, and how a table is copied from storage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shoplake.contract import Column, Table
from shoplake.warehouse.access import ANALYST, LOADER, SHARED, open_columns, told_to_all

# Text compares as it does in the lake, byte by byte: a and A are two.
BINARY, UTF8 = "Latin1_General_100_BIN2", "Latin1_General_100_BIN2_UTF8"
_NARROW, _NARROW_BYTES = ("source", "currency"), 512
_KEY_BYTES = 1700  # of an index; a key that may be longer is only checked in the lake
_TYPES = {"timestamp": "datetime2(6)", "boolean": "bit", "double": "float"}


def bracketed(name: str) -> str:
    """A name in T-SQL.

    >>> bracketed("a]b")
    '[a]]b]'
    """
    return "[" + name.replace("]", "]]") + "]"


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(bracketed, names))


def sql_type(column: Column, *, is_utf8: bool) -> str:
    """The type of a column. Text is as wide as columnstores take it; what is joined by is narrow.

    Where text is UTF-8 widths are in bytes, else in characters, of two bytes.
    """
    if column.type != "string":
        return _TYPES.get(column.type, column.type)
    is_narrow = column.name in _NARROW or column.name.endswith(("_id", "_month"))
    if is_utf8:
        return f"varchar({_NARROW_BYTES if is_narrow else 8000})"
    return f"nvarchar({_NARROW_BYTES // 2 if is_narrow else 4000}) COLLATE {BINARY}"


def columns_of(table: Table, *, is_utf8: bool) -> str:
    """The columns of a CREATE TABLE."""
    return ",\n".join(
        f"  {bracketed(c.name)} {sql_type(c, is_utf8=is_utf8)} {'NOT NULL' if c.required else 'NULL'}"
        for c in table.columns
    )


def copy_into(place: str, table: Table, url: str, credential: str = "") -> str:
    """Rows from Parquet files: columns are taken by their places in these, from 1."""
    columns = ", ".join(f"{bracketed(name)} {at}" for at, name in enumerate(table.column_names, 1))
    return f"COPY INTO {place} ({columns})\nFROM '{url}'\nWITH (FILE_TYPE = 'PARQUET'{credential})"


def key(place: str, table: Table, name: str) -> Iterator[str]:
    """The key, told to the optimizer: it was checked in the lake."""
    widths = [_width(table[column]) for column in table.key]
    if 0 < sum(widths) <= _KEY_BYTES:
        is_primary = all(table[column].required for column in table.key)
        kind = "PRIMARY KEY NONCLUSTERED" if is_primary else "UNIQUE NONCLUSTERED"
        yield f"ALTER TABLE {place} ADD CONSTRAINT {bracketed(name)} {kind} ({listed(table.key)}) NOT ENFORCED"


def _width(column: Column) -> int:
    """The bytes that a value may have at most; numbers and dates have fewer than 18."""
    text = re.match(r"varchar\((\d+)\)", sql_type(column, is_utf8=True))
    return int(text[1]) if text else 17


def statistics(place: str, table: Table) -> Iterator[str]:
    """On what is joined and filtered by."""
    for name in table.column_names:
        if name in _NARROW or name.endswith(("_key", "_id", "_date", "_month")):
            yield f"CREATE STATISTICS {bracketed(f'by_{name}')} ON {place} ({bracketed(name)})"


def roles() -> Iterator[str]:
    for role in (LOADER, ANALYST, SHARED):
        yield f"IF DATABASE_PRINCIPAL_ID('{role}') IS NULL CREATE ROLE {role}"


def loads(schemas: Iterable[str]) -> Iterator[str]:
    """What a load needs, given by an administrator: it makes tables and views in its schemas, and copies files."""
    for right in ("CREATE TABLE", "CREATE VIEW", "ADMINISTER DATABASE BULK OPERATIONS"):
        yield f"GRANT {right} TO {LOADER}"
    for name in schemas:
        yield f"GRANT CONTROL ON SCHEMA::{name} TO {LOADER}"


def grants(tables: Iterable[Table]) -> Iterator[str]:
    """Who reads what, on what readers see in the schema gold."""
    gold = list(tables)
    for table in gold:
        shown = open_columns(table)
        some = f" ({listed(c.name for c in shown)})" if len(shown) < len(table.columns) else ""
        yield f"GRANT SELECT ON gold.{bracketed(table.base)}{some} TO {ANALYST}"
    for table in told_to_all(gold):
        yield f"GRANT SELECT ON gold.{bracketed(table.base)} TO {SHARED}"


def schema(name: str) -> str:
    return f"IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = '{name}') EXEC('CREATE SCHEMA {name}')"
