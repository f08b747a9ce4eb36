"""What is done to rows before they are shown: cut to the first ones, turned into an index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shoplake.dashboard.shown import Rows
from shoplake.gold.marts.attributes import OTHER

# So many rows are asked for beyond those that are shown, to say how many there are.
BEYOND = 1000


def cut(rows: Rows, most: int | None, there: int | None = None) -> tuple[Rows, str]:
    """The first rows, and a word on how many there are; by default as many as `rows`, or, of `BEYOND` more, more."""
    count = len(rows) if there is None else there
    if most is None or count <= most:
        return rows, ""
    is_all = there is not None or count < most + BEYOND
    return rows[:most], f"The first {most} of {count:,}{'' if is_all else ' or more'}."


def first_groups(rows: Rows, most: int | None, weights: Mapping[Any, Any] | None = None) -> tuple[Rows, str]:
    """The rows of the first values of the first column, or of those with the highest weights."""
    values = list(dict.fromkeys(row[0] for row in rows))
    if most is None or len(values) <= most:
        return rows, ""
    if weights is not None:
        values.sort(key=lambda value: -weights[value])
    kept = {value: at for at, value in enumerate(values[:most])}
    chosen = sorted((row for row in rows if row[0] in kept), key=lambda row: kept[row[0]])
    which = "largest" if weights is not None else "first"
    return tuple(chosen), f"The {most} {which} of {len(values):,}."


def sums(rows: Rows, key: int, value: int) -> dict[Any, Decimal]:
    """The sum of a column by another one."""
    found: dict[Any, Decimal] = {}
    for row in rows:
        found[row[key]] = found.get(row[key], Decimal(0)) + Decimal(row[value] or 0)
    return found


def indexed(rows: Rows, value: int) -> list[Decimal | None]:
    """Each value against what the sums of its row (first column) and column (second) make of it, which is 100."""
    down, across = sums(rows, 0, value), sums(rows, 1, value)
    total = sum(down.values())
    expected = [down[row[0]] * across[row[1]] / total if total else Decimal(0) for row in rows]
    return [
        100 * Decimal(row[value]) / wanted if row[value] is not None and wanted else None
        for row, wanted in zip(rows, expected, strict=True)
    ]


def in_order(value: str) -> tuple[int, int, bool, str]:
    """Bands by their numbers, then what is told together, and what nobody knows last.

    >>> sorted(["100K+", "15-24K", "Unknown", "Other", "Under 15K"], key=in_order)
    ['Under 15K', '15-24K', '100K+', 'Other', 'Unknown']
    """
    number = re.search(r"\d{1,9}", value)
    rank = {OTHER: 1, "Unknown": 2}.get(value, 0)
    return rank, int(number[0]) if number else 0, value[:1].isdigit(), value
