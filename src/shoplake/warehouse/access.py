"""Who may see what in a warehouse that has users."""

from __future__ import annotations

from collections.abc import Iterable

from shoplake.contract import Column, Table

LOADER, ANALYST, SHARED = "shoplake_loader", "shoplake_analyst", "shoplake_shared"
# What tells of groups alone, all of them large enough: see docs/decisions/0013. The calendar tells of nobody.
TOLD_TO_ALL = ("gold.mart_shared_demographics", "gold.dim_date")
# What rows can be kept from a role by.
ROW_COLUMNS = ("source", "store_key", "channel", "currency")


def open_columns(table: Table) -> tuple[Column, ...]:
    """The columns that an analyst reads: all but those that tell who somebody is."""
    return tuple(column for column in table.columns if not column.personal)


def told_to_all(tables: Iterable[Table]) -> list[Table]:
    return [table for table in tables if table.name in TOLD_TO_ALL and not any(c.personal for c in table.columns)]


def describes_all(table: Table) -> bool:
    """Whether rows that nothing restricts are for everybody: those of dimensions, which facts are told by."""
    return table.base.startswith("dim_") or table.name == "gold.fact_exchange_rate"
