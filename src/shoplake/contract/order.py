"""The order in which tables can be built."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

from shoplake.contract.table import Table


def in_order(tables: Iterable[Table]) -> tuple[Table, ...]:
    """Each table after those that it reads; what others than these build is left out."""
    by_name = {table.name: table for table in tables}
    order = TopologicalSorter({name: [read.name for read in table.reads] for name, table in by_name.items()})
    return tuple(by_name[name] for name in order.static_order() if name in by_name)
