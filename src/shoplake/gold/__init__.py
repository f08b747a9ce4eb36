"""The star schema and the marts: one module per table, found by being here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from shoplake.contract import Table, in_order


@cache
def tables() -> tuple[Table, ...]:
    """Every gold table, each after those that it reads."""
    found: list[Table] = []
    for module in walk_packages(__path__, f"{__name__}."):
        table = getattr(import_module(module.name), "TABLE", None)
        if isinstance(table, Table):
            found.append(table)
    return in_order(found)
