"""The star schema and the marts: one module per table, found by being here."""

from __future__ import annotations

from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pkgutil import walk_packages

from shoplake.contract import Table


@cache
def tables() -> tuple[Table, ...]:
    """Every gold table, each after those that it reads."""
    found: dict[str, Table] = {}
    for module in walk_packages(__path__, f"{__name__}."):
        table = getattr(import_module(module.name), "TABLE", None)
        if isinstance(table, Table):
            found[table.name] = table
    order = TopologicalSorter({name: [read.name for read in table.reads] for name, table in found.items()})
    return tuple(found[name] for name in order.static_order() if name in found)
