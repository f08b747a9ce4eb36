"""A question that is asked often enough to have a name."""

from __future__ import annotations

from dataclasses import dataclass

from shoplake.contract.column import Column


@dataclass(frozen=True, slots=True)
class View:
    """A named SELECT of the warehouse, for people and BI tools.

    `sql` is in the warehouse's SQL, names tables with their schema, and gives `columns` in their order; the view shows
    them under their business names.
    """

    title: str
    meaning: str
    columns: tuple[Column, ...]
    sql: str
