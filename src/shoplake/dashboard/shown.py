"""What a tile shows: columns, rows, and what must be said beside them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shoplake.gold.marts.attributes import FEWEST

Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` is that of a metric, `text`, or `month`. A figure that `is_beside` isn't drawn, but told."""

    name: str
    title: str
    unit: str
    places: int = 0
    is_beside: bool = False

    @property
    def is_figure(self) -> bool:
        return self.unit not in {"text", "month"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile's answer. `few`: rows of fewer than 11 people. `before`: the figure that it is compared with.

    `note` says why there is none, `aside` what must be known beside it; `sql`: what gives it where no metric does.
    """

    columns: tuple[Column, ...]
    rows: Rows = ()
    few: frozenset[int] = frozenset()
    before: Decimal | float | int | None = None
    spark: Rows = ()
    note: str = ""
    aside: str = ""
    sql: str = ""


def few_in(rows: Rows, at: int | None) -> frozenset[int]:
    """Which rows are of 1 to 10 people, by the column that counts them."""
    return frozenset(i for i, row in enumerate(rows) if at is not None and row[at] is not None and 0 < row[at] < FEWEST)
