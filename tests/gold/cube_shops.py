"""Little shops for the closed cubes, counted in plain Python, and what an attacker can derive of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from shoplake.gold.marts.attributes import OTHER
from shoplake.gold.marts.closed_cubes import Counts, Quarter, Shown

Cell = tuple[Any, ...]


@dataclass(frozen=True)
class Line:
    """What somebody bought in a department in a month, as they were then."""

    month: str
    department: str
    customer: int
    one: str
    other: str
    sales: int


@dataclass(frozen=True)
class Kind:
    """What `one` and `other` are, whether the second lies in the first, and whether they are a pair of the cubes."""

    names: tuple[str, str] = ("gender", "age_band")
    is_nested: bool = False
    is_pair: bool = True

    def value(self, line: Line) -> str:
        """The finest value of the second that is told apart."""
        return f"{line.one}\x1f{line.other}" if self.is_nested else line.other

    def labels(self, line: Line, way: Shown) -> tuple[str, str]:
        one, other = (way.values[name] for name in self.names)
        return line.one if line.one in one else OTHER, line.other if self.value(line) in other else OTHER


PEOPLE = Kind()
PLACES = Kind(("country", "region"), is_nested=True, is_pair=False)
PAIRED = Kind(("country", "region"), is_nested=True)


def shop(seed: int, *, changing: float = 0.0, kind: Kind = PEOPLE) -> list[Line]:
    """Some dozens to hundreds of people in a quarter; some departments and values are rare.

    Regions lie in one country each, but for the first one, which is a word for what isn't known.
    """
    rng = random.Random(seed)
    departments = [f"D{n}" for n in range(rng.randint(2, 6))]
    genders, ages = ["F", "M", "X"][: rng.randint(2, 3)], [f"A{n}" for n in range(rng.randint(2, 6))]
    weights = [3.0**-n for n in range(6)]
    lines: dict[Cell, int] = defaultdict(int)
    for customer in range(rng.randint(20, 400)):
        gender = rng.choices(genders, weights[: len(genders)])[0]
        age = rng.choices(ages, weights[: len(ages)])[0]
        for month in ("2024-01", "2024-02", "2024-03"):
            if rng.random() < changing:
                age = rng.choice(ages)
            value = f"{gender}{age}" if kind.is_nested and age != "A0" else age
            for department in departments:
                if rng.random() < weights[departments.index(department)] + 0.05:
                    lines[month, department, customer, gender, value] += rng.randint(1, 999)
    return [Line(*cell, sales) for cell, sales in lines.items()]


def renamed(lines: list[Line], names: dict[str, str]) -> list[Line]:
    """With other names of departments and of the second values."""
    return [
        replace(
            line,
            department=names.get(line.department, line.department),
            other=names.get(line.other, line.other),
        )
        for line in lines
    ]


def ordered(lines: list[Line]) -> list[str]:
    """The departments, the one with the most buyers first; one called «Other» is last."""
    buyers = defaultdict(set)
    for line in lines:
        buyers[line.department].add(line.customer)
    return sorted(buyers, key=lambda name: (name == OTHER, -len(buyers[name]), name))


def counted(lines: list[Line], kind: Kind = PEOPLE) -> Quarter:
    """The counts that the cubes are decided by, person by person."""
    versions = defaultdict(set)
    for line in lines:
        versions[line.customer].add((line.one, line.other))
    steady = {customer for customer, told in versions.items() if len(told) == 1}
    months, departments = sorted({line.month for line in lines}), ordered(lines)

    def counts(value_of: Callable[[Line], str]) -> Counts:
        values = sorted({value_of(line) for line in lines})
        shape = len(months), len(values), len(departments)
        people: dict[Cell, set[int]] = defaultdict(set)
        last: dict[Cell, int] = {}
        sales = np.zeros(shape)
        for line in lines:
            month, value = months.index(line.month), values.index(value_of(line))
            place = departments.index(line.department)
            people[month, value, place].add(line.customer)
            who = month, value, line.customer
            last[who] = max(last.get(who, 0), place)
            sales[month, value, place] += line.sales
        arrays = [np.zeros(shape, "int64") for _ in range(4)]
        for at, who in people.items():
            arrays[0][at], arrays[1][at] = len(who), len(who & steady)
        for (month, value, customer), place in last.items():
            arrays[2][month, value, place] += 1
            arrays[3][month, value, place] += customer in steady
        within = tuple(value.rpartition("\x1f")[0] for value in values)
        return Counts(tuple(values), *arrays, sales, within)

    ones, others = counts(lambda line: line.one), counts(kind.value)
    pair = [np.zeros((len(ones.values), len(others.values)), "int64") for _ in range(2)]
    for one, other, customer in {(line.one, kind.value(line), line.customer) for line in lines}:
        at = ones.values.index(one), others.values.index(other)
        pair[0][at] += 1
        pair[1][at] += customer in steady
    return Quarter(
        counts(lambda _: "all"),
        dict(zip(kind.names, (ones, others), strict=True)),
        {kind.names: (pair[0], pair[1])} if kind.is_pair else {},
        {kind.names[1]: kind.names[0]} if kind.is_nested else {},
    )


def published(lines: list[Line], way: Shown, kind: Kind = PEOPLE) -> dict[Cell, tuple[int, int]]:
    """People and sales of each cell of the cubes: (period, one or None, other or None, department or None)."""
    open_departments = set(ordered(lines)[: way.departments])
    found: dict[Cell, tuple[set[int], int]] = {}
    for line in lines:
        one, other = kind.labels(line, way)
        department = line.department if line.department in open_departments else OTHER
        cells: list[Cell] = [(line.month, one, None, department), (line.month, None, other, department)]
        for cell in cells + [("quarter", one, other, None)] * kind.is_pair:
            people, sales = found.get(cell, (set(), 0))
            found[cell] = people | {line.customer}, sales + line.sales
    return {cell: (len(people), sales) for cell, (people, sales) in found.items()}


class Attack:
    """What follows, by linear programming, of all that is told: the cubes, and totals by month and department.

    The unknowns are people, or sales, by month, department and both values; none is negative. Of people also those of a
    month, of the departments that aren't told apart and of the quarter, each once: at least as many as in each part, at
    most as many as in all.
    """

    def __init__(
        self,
        lines: list[Line],
        cubes: dict[Cell, tuple[int, int]],
        way: Shown,
        *,
        of_people: bool,
        kind: Kind = PEOPLE,
    ) -> None:
        self.lines, self.of_people, self.kind = lines, of_people, kind
        self.names = ordered(lines)
        self.hidden = self.names[way.departments :]
        self.way, self.at = way, dict[Cell, int]()
        self.equal: list[tuple[dict[int, float], float]] = []
        self.most: list[tuple[dict[int, float], float]] = []
        self.months = sorted({line.month for line in lines})
        # Which region lies in which country anybody knows
        known = {(x.one, x.other) for x in lines}
        every = product(sorted({x.one for x in lines}), sorted({x.other for x in lines}))
        self.kinds = [each for each in every if not kind.is_nested or each in known]
        for month, kind in product(self.months, self.kinds):
            parts = [self._atom(month, name, *kind) for name in self.names]
            if of_people:
                tail = self._union((month, OTHER, *kind), [self._atom(month, name, *kind) for name in self.hidden])
                self._union((month, None, *kind), [*parts, tail])
        if of_people:
            for kind in self.kinds:
                self._union(("quarter", None, *kind), [self._atom(month, None, *kind) for month in self.months])
        self._totals()
        for cell, told in cubes.items():
            self._equal(self._cell(cell), told[0 if of_people else 1])

    def bounds(self, cell: Cell) -> tuple[float, float]:
        """The least and the most that a cell of the fine cubes may have: (month, one, other, department)."""
        month, one, other, department = cell
        kinds = self._kinds(one, other, fine=True)
        if month == "quarter" and not self.of_people:
            where = [self._atom(m, name, *kind) for m in self.months for name in self.names for kind in kinds]
        else:
            where = [self._atom(month, department, *kind) for kind in kinds]
        return tuple(self._solve(where, sign) for sign in (1.0, -1.0))  # type: ignore[return-value]

    def _solve(self, where: list[int], sign: float) -> float:
        costs = np.zeros(len(self.at))
        costs[where] = sign
        equal, values = self._matrix(self.equal)
        most, limits = self._matrix(self.most)
        found = linprog(costs, A_ub=most, b_ub=limits, A_eq=equal, b_eq=values, bounds=(0, None), method="highs")
        assert found.status == 0, found.message
        return float(sign * found.fun)

    def _matrix(self, rows: list[tuple[dict[int, float], float]]) -> tuple[Any, Any]:
        if not rows:
            return None, None
        entries = [(r, at, value) for r, (row, _) in enumerate(rows) for at, value in row.items()]
        r, c, v = zip(*entries, strict=True)
        return csr_matrix((v, (r, c)), shape=(len(rows), len(self.at))), np.array([value for _, value in rows])

    def _atom(self, month: str, department: str | None, one: str, other: str) -> int:
        return self.at.setdefault((month, department, one, other), len(self.at))

    def _kinds(self, one: str | None, other: str | None, *, fine: bool = False) -> Iterable[tuple[str, str]]:
        if fine:
            return [k for k in self.kinds if one in {None, k[0]} and other in {None, k[1]}]
        told = {k: self.kind.labels(Line("", "", 0, *k, 0), self.way) for k in self.kinds}
        return [k for k, labels in told.items() if one in {None, labels[0]} and other in {None, labels[1]}]

    def _cell(self, cell: Cell) -> list[int]:
        """The unknowns whose sum a cell of the cubes tells."""
        month, one, other, department = cell
        kinds = list(self._kinds(one, other))
        if self.of_people:
            return [self._atom(month, department, *kind) for kind in kinds]
        months = self.months if month == "quarter" else [month]
        names = self.names if department is None else self.hidden if department == OTHER else [department]
        return [self._atom(m, name, *kind) for m in months for name in names for kind in kinds]

    def _union(self, name: Cell, parts: list[int]) -> int:
        whole = self._atom(*name)
        self.most += [({part: 1.0, whole: -1.0}, 0.0) for part in parts]
        self.most.append(({whole: 1.0} | dict.fromkeys(parts, -1.0), 0.0))
        return whole

    def _totals(self) -> None:
        """Who buys in a department, in a month and in all, and for how much, is told in other reports."""
        cells: dict[Cell, tuple[set[int], int]] = {}
        for line in self.lines:
            for cell in ((line.month, line.department), (line.month, None), ("quarter", None)):
                people, sales = cells.get(cell, (set(), 0))
                cells[cell] = people | {line.customer}, sales + line.sales
        for (month, name), (people, sales) in cells.items():
            if self.of_people:
                self._equal([self._atom(month, name, *kind) for kind in self.kinds], len(people))
            elif name is not None:
                self._equal([self._atom(month, name, *kind) for kind in self.kinds], sales)

    def _equal(self, where: list[int], value: float) -> None:
        self.equal.append((dict.fromkeys(where, 1.0), float(value)))


def fine(lines: list[Line], kind: Kind = PEOPLE) -> dict[Cell, int]:
    """The people of each cell of the cubes as they would be if all were told."""
    found = defaultdict(set)
    for line in lines:
        found[line.month, line.one, None, line.department].add(line.customer)
        found[line.month, line.one if kind.is_nested else None, line.other, line.department].add(line.customer)
        if kind.is_pair:
            found["quarter", line.one, line.other, None].add(line.customer)
    return {cell: len(people) for cell, people in found.items()}
