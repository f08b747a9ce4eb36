"""Answers from the closed cubes: sums of published cells, and nothing between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shoplake.dashboard.cells import SQL, Cell, Cubes, days_of
from shoplake.dashboard.period import Period
from shoplake.dashboard.sharing import NOT_TOLD
from shoplake.dashboard.state import Days
from shoplake.errors import QueryError
from shoplake.gold.marts.attributes import EVERYBODY, OTHER

FEWER = "fewer than 11"
_Key = tuple[str, ...]
_KeyOf = Callable[[Cell], _Key]
_People = dict[_Key, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Sales, and people where they can be told, by labels in the order of what was asked; `FEWER` where suppressed.

    `when`: the month or quarter that people are of. `sql`: the cells that it is made of.
    """

    sales: dict[_Key, Any]
    people: _People | None
    when: str
    aside: str
    sql: str

    @property
    def figures(self) -> dict[str, dict[_Key, Any]]:
        """By metric, as far as they are told."""
        total = sum(number(each) for each in self.sales.values())
        shares = {key: number(each) / total if total and each != FEWER else None for key, each in self.sales.items()}
        people = {"customers": self.people} if self.people else {}
        return {"sales": self.sales, "sales.share": shares, **people}


def told(cubes: Cubes, by: Sequence[str], chosen: Mapping[str, Sequence[str]], period: Period, published: Days) -> Told:
    """By one attribute (and month, department) of whole months, or by two of whole quarters.

    Raises QueryError where the cubes don't tell it so.
    """
    for name in chosen:
        if name != "department":
            raise QueryError(f"{NOT_TOLD}the closed cubes don't know «{name}»; take that filter away")
    attributes = [name for name in by if name not in {"month", "department"}]
    if len(attributes) == 1:
        return _by_months(cubes, attributes[0], by, chosen.get("department", ()), period, published)
    if len(attributes) == 2 and len(by) == 2:
        if chosen:
            raise QueryError(f"{NOT_TOLD}two attributes are told of all departments together; take that filter away")
        return _by_quarters(cubes, (attributes[0], attributes[1]), period, published)
    raise QueryError(
        f"{NOT_TOLD}the closed cubes know one attribute of customers by month and department, or two by quarter"
    )


def _by_months(
    cubes: Cubes, attribute: str, by: Sequence[str], departments: Sequence[str], period: Period, published: Days
) -> Told:
    if not cubes.periods(attribute):
        raise QueryError(f"{NOT_TOLD}the closed cubes don't know «{attribute}», or no quarter is over")
    months = _whole(cubes.periods(attribute), period, published)
    if not months:
        raise QueryError(f"{NOT_TOLD}who buys is told by whole months, of quarters that are over; the period has none")
    apart = {name: cubes.always(name, months) for name in (attribute, "department")}
    for name in departments:
        if name not in apart["department"]:
            there = ", ".join(sorted(apart["department"])) or "none"
            raise QueryError(
                f"{NOT_TOLD}«{name}» is part of «{OTHER}» in some of these months; told apart are: {there}"
            )
    cells = cubes.cells(attribute, EVERYBODY, months)
    cells = [cell for cell in cells if not departments or cell.department in departments]
    key = _key_of(by, apart)
    when = "" if "month" in by else months[-1]
    people = _people([cell for cell in cells if when in {"", cell.period}], key)
    if people is None and (*by, *departments) == (attribute,):
        people, when = _people_of_quarter(cubes, attribute, apart, period, published)
    where = f"attribute = '{attribute}' AND second_attribute = '{EVERYBODY}'"
    return _told(
        cells, key, people, when, f"whole months, {_stretch(months)}", f"{where} AND period {_between(months)}"
    )


def _by_quarters(cubes: Cubes, asked: tuple[str, str], period: Period, published: Days) -> Told:
    pair = next((each for each in cubes.pairs if {*each} == {*asked}), None)
    if pair is None:
        there = ", ".join(f"{one} by {two}" for one, two in cubes.pairs) or "none"
        raise QueryError(
            f"{NOT_TOLD}the closed cubes don't know {' by '.join(asked)}; the pairs that they know are: {there}"
        )
    quarters = _whole(cubes.periods(*pair), period, published)
    if not quarters:
        raise QueryError(f"{NOT_TOLD}two attributes are told by whole quarters that are over, and the period has none")
    cells = cubes.cells(*pair, quarters)
    key = _key_of(asked, {name: cubes.always(name, quarters) for name in pair})
    people = _people([cell for cell in cells if cell.period == quarters[-1]], key)
    where = f"attribute = '{pair[0]}' AND second_attribute = '{pair[1]}' AND period {_between(quarters)}"
    return _told(cells, key, people, quarters[-1], f"whole quarters, {_stretch(quarters)}", where)


def _people(cells: Sequence[Cell], key: _KeyOf) -> _People | None:
    """People by key; none where one of them may be in two departments, or months, of a key."""
    groups = _grouped(cells, key)
    if any(len({(cell.department, cell.period) for cell in group}) > 1 for group in groups.values()):
        return None
    return {name: _sum(cell.people for cell in group) for name, group in groups.items()}


def _people_of_quarter(
    cubes: Cubes, attribute: str, apart: Mapping[str, set[str]], period: Period, published: Days
) -> tuple[_People | None, str]:
    """The people of the last whole quarter, whatever department: the sum over the other attribute of a pair."""
    found = [
        (quarter, pair)
        for pair in cubes.pairs
        if attribute in pair
        for quarter in _whole(cubes.periods(*pair), period, published)
    ]
    if not found:
        return None, ""
    quarter, pair = max(found)
    groups = _grouped(cubes.cells(*pair, [quarter]), _key_of([attribute], apart))
    people = {name: _sum(cell.people for cell in group) for name, group in groups.items()}
    return people, quarter


def _told(cells: Sequence[Cell], key: _KeyOf, people: _People | None, when: str, stretch: str, where: str) -> Told:
    aside = f"From the closed cubes: {stretch}, without guests."
    if people:
        aside += f" Customers{f' are those of {when}, and' if when else ''} count in each value that they had."
    blank = sorted({cell.period for cell in cells if cell.sales is None})
    if blank:
        aside += f" Nothing is told of {', '.join(blank)}: {FEWER} people."
    sales = {name: _sum(cell.sales for cell in group) for name, group in sorted(_grouped(cells, key).items())}
    return Told(sales, people, when, aside, f"{SQL} WHERE {where}")


def _key_of(by: Sequence[str], apart: Mapping[str, set[str]]) -> _KeyOf:
    """What a cell is told by; values that aren't told apart all the time are «Other» all the time."""

    def key(cell: Cell) -> _Key:
        labels = cell.labels
        return tuple(OTHER if name in apart and labels[name] not in apart[name] else labels[name] for name in by)

    return key


def _grouped(cells: Iterable[Cell], key: _KeyOf) -> dict[_Key, list[Cell]]:
    found: dict[_Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell)
    return found


def number(figure: Any) -> Any:
    """A figure to count or sort with; a suppressed one counts as nothing."""
    return 0 if figure in {None, FEWER} else figure


def _sum(figures: Iterable[Any]) -> Any:
    """What is told of some cells; `FEWER` where all of them are suppressed."""
    there = [figure for figure in figures if figure is not None]
    return sum(there) if there else FEWER


def _whole(periods: Iterable[str], period: Period, published: Days) -> list[str]:
    """The months or quarters that lie in a period, as far as there are data of them."""
    found = []
    for each in periods:
        days = days_of(each).clipped(published.first, published.last)
        if days and period.first <= days.first and days.last <= period.last:
            found.append(each)
    return found


def _stretch(periods: Sequence[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"


def _between(periods: Sequence[str]) -> str:
    return f"BETWEEN '{periods[0]}' AND '{periods[-1]}'"
