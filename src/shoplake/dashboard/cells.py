"""The closed cubes' cells as they are published, and which values are told apart when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from shoplake.dashboard.period import Period, month_start
from shoplake.dashboard.sharing import CUBES
from shoplake.gold.marts.attributes import EVERYBODY, OTHER

SQL = (
    "SELECT period, attribute, attribute_value, second_attribute, second_value, department, buyer_count,"
    f" reporting_sales_amount FROM {CUBES}"
)


class Cell(NamedTuple):
    """One row of the cubes: of a month, or of a quarter by two attributes. Blank where it is suppressed."""

    period: str
    attribute: str
    value: str
    second_attribute: str
    second_value: str
    department: str
    people: int | None
    sales: Decimal | None

    @property
    def labels(self) -> dict[str, str]:
        """What it is of, by dimension."""
        there = {self.attribute: self.value, self.second_attribute: self.second_value, "department": self.department}
        return {name: value for name, value in there.items() if name != EVERYBODY} | {"month": self.period}


@dataclass(frozen=True)
class Cubes:
    """`of`: cells by both attributes and period. `apart`: values by dimension and quarter."""

    of: dict[tuple[str, str, str], list[Cell]]
    apart: dict[tuple[str, str], set[str]]

    def periods(self, attribute: str, second: str = EVERYBODY) -> list[str]:
        return sorted(when for one, two, when in self.of if (one, two) == (attribute, second))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return sorted({(one, two) for one, two, _ in self.of if two != EVERYBODY})

    def cells(self, attribute: str, second: str, periods: Iterable[str]) -> list[Cell]:
        return [cell for period in periods for cell in self.of[attribute, second, period]]

    def always(self, dimension: str, periods: Iterable[str]) -> set[str]:
        """The values that are told apart all the time; one that nobody has in a quarter hides in no «Other»."""
        found = [self.apart.get((dimension, quarter), {OTHER}) for quarter in {*map(quarter_of, periods)}]
        everything = set().union(*found) - {OTHER}
        return {value for value in everything if all(value in there or OTHER not in there for there in found)}


def cubes_of(rows: Iterable[Sequence[Any]]) -> Cubes:
    """Sort the rows of `SQL`."""
    cells: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    apart: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cell in (Cell(*row) for row in rows):
        cells[cell.attribute, cell.second_attribute, cell.period].append(cell)
        for dimension, value in cell.labels.items():
            if value != EVERYBODY:
                apart[dimension, quarter_of(cell.period)].add(value)
    return Cubes(dict(cells), dict(apart))


def days_of(period: str) -> Period:
    """The days of a month such as 2017-03, or of a quarter such as 2017-Q1."""
    is_quarter = "Q" in period
    first = date(int(period[:4]), 3 * int(period[-1]) - 2 if is_quarter else int(period[5:]), 1)
    return Period(first, month_start(first, 3 if is_quarter else 1) - timedelta(days=1))


def quarter_of(period: str) -> str:
    """The quarter of a month, or the quarter itself.

    >>> quarter_of("2017-05"), quarter_of("2017-Q2")
    ('2017-Q2', '2017-Q2')
    """
    return period if "Q" in period else f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"
