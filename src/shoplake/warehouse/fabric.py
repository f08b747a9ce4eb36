"""T-SQL of a Fabric Warehouse: tables beside those that readers see, renamed in one transaction.

It has no distributions, indexes or partitions to declare; text is UTF-8, and compares byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shoplake.contract import Table
from shoplake.warehouse import tsql_names as t
from shoplake.warehouse.tsql_names import bracketed

IS_ATOMIC = True
WORKLOAD: tuple[str, ...] = ()
_NEXT = "__next"
SCHEMAS: tuple[str, ...] = ("gold", "shoplake")
HOME: tuple[str, ...] = (
    *map(t.schema, SCHEMAS),
    "IF OBJECT_ID('shoplake.publication') IS NULL CREATE TABLE shoplake.publication (number bigint NOT NULL,"
    " run_id varchar(100) NOT NULL, published_at varchar(40) NOT NULL, as_of date NOT NULL,"
    " layout varchar(max) NOT NULL, slot varchar(10) NOT NULL)",
)


def aside(slot: str) -> str:  # noqa: ARG001
    return _NEXT


def seen(slot: str) -> str:  # noqa: ARG001
    return ""


def schema_of(slot: str) -> str:  # noqa: ARG001
    return "gold"


def base_of(name: str, slot: str) -> str:
    if name.endswith(_NEXT):
        return name.removesuffix(_NEXT) if slot else ""
    return "" if slot else name


def place(base: str, slot: str) -> str:
    return f"gold.{bracketed(base + slot)}"


def fill(table: Table, slot: str, url: str, tag: str) -> list[str]:
    to = place(table.base, slot)
    return [
        f"CREATE TABLE {to} (\n{t.columns_of(table, is_utf8=True)}\n)",
        t.copy_into(to, table, url),
        *t.key(to, table, f"key_{table.base}_{tag}"),  # the table that is there has one, too
        *t.statistics(to, table),
    ]


def switch(columns: Mapping[str, list[str]], slot: str, gone: Iterable[str]) -> list[str]:
    """To be run in one transaction."""
    found = [f"DROP TABLE IF EXISTS gold.{bracketed(name)}" for name in (*gone, *columns)]
    return found + [f"EXEC sp_rename 'gold.{name}{slot}', '{name}'" for name in columns]


def drop(names: Iterable[str], slot: str) -> list[str]:
    return [f"DROP TABLE {place(name, slot)}" for name in names]
