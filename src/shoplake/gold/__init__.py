"""The star schema and the marts: one module per table, found by being here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from shoplake import silver
from shoplake.contract import NO_EXTRAS, Column, Extras, Table, in_order
from shoplake.contract.business import Business
from shoplake.runs.closings import Closing

DEFAULTS = Business()


def tables(
    extras: Extras = NO_EXTRAS, business: Business = DEFAULTS, closings: tuple[Closing, ...] = ()
) -> tuple[Table, ...]:
    """Every gold table with the extra columns that it carries and its settings, each after those that it reads."""
    settings = business.model_dump() | {"closings": closings}
    return tuple(table.plus(_carried(table, extras)).given(settings) for table in _declared())


def contracts() -> dict[str, Table]:
    """The tables of silver and gold by base name: what a declaration is checked against."""
    return silver.BY_BASE | {table.base: table for table in tables()}


@cache
def _declared() -> tuple[Table, ...]:
    found: list[Table] = []
    for module in walk_packages(__path__, f"{__name__}."):
        table = getattr(import_module(module.name), "TABLE", None)
        if isinstance(table, Table):
            found.append(table)
    return in_order(found)


def _carried(table: Table, extras: Extras) -> Iterator[Column]:
    """Personal columns stay in silver; in a dimension a text that isn't known is a value that is shown."""
    for entity in table.carries:
        for column in extras.get(entity.base, ()):
            if not column.personal:
                yield column.but(required=column.type == "string" and table.durable_key is not None)
