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

from shoplake.gold.marts.closed_cubes import OTHER, Counts, Quarter, Shown

Cell = tuple[Any, ...]


@dataclass(frozen=True)
class Line:
    """What somebody bought in a department in a month, as they were then."""

    month: str
    department: str
    customer: int
    gender: str
    age_band: str
    sales: int


def shop(seed: int, *, changing: float = 0.0) -> list[Line]:
    """Some dozens to hundreds of people in a quarter; some departments and values are rare."""
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
            for department in departments:
                if rng.random() < weights[departments.index(department)] + 0.05:
                    lines[month, department, customer, gender, age] += rng.randint(1, 999)
    return [Line(*cell, sales) for cell, sales in lines.items()]


def renamed(lines: list[Line], names: dict[str, str]) -> list[Line]:
    """With other names of departments and age bands."""
    return [
        replace(
            line,
            department=names.get(line.department, line.department),
            age_band=names.get(line.age_band, line.age_band),
        )
        for line in lines
    ]


def ordered(lines: list[Line]) -> list[str]:
    """The departments, the one with the most buyers first; one called «Other» is last."""
    buyers = defaultdict(set)
    for line in lines:
        buyers[line.department].add(line.customer)
    return sorted(buyers, key=lambda name: (name == OTHER, -len(buyers[name]), name))


def counted(lines: list[Line]) -> Quarter:
    """The counts that the cubes are decided by, person by person."""
    versions = defaultdict(set)
    for line in lines:
        versions[line.customer].add((line.gender, line.age_band))
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
        return Counts(tuple(values), *arrays, sales)

    genders, ages = counts(lambda line: line.gender), counts(lambda line: line.age_band)
    pair = [np.zeros((len(genders.values), len(ages.values)), "int64") for _ in range(2)]
    for gender, age, customer in {(line.gender, line.age_band, line.customer) for line in lines}:
        at = genders.values.index(gender), ages.values.index(age)
        pair[0][at] += 1
        pair[1][at] += customer in steady
    return Quarter(
        counts(lambda _: "all"), {"gender": genders, "age_band": ages}, {("gender", "age_band"): (pair[0], pair[1])}
    )


def published(lines: list[Line], way: Shown) -> dict[Cell, tuple[int, int]]:
    """People and sales of each cell of the cubes: (period, gender or None, age or None, department or None)."""
    open_departments = set(ordered(lines)[: way.departments])
    found: dict[Cell, tuple[set[int], int]] = {}
    for line in lines:
        gender = line.gender if line.gender in way.values["gender"] else OTHER
        age = line.age_band if line.age_band in way.values["age_band"] else OTHER
        department = line.department if line.department in open_departments else OTHER
        for cell in (
            (line.month, gender, None, department),
            (line.month, None, age, department),
            ("quarter", gender, age, None),
        ):
            people, sales = found.get(cell, (set(), 0))
            found[cell] = people | {line.customer}, sales + line.sales
    return {cell: (len(people), sales) for cell, (people, sales) in found.items()}


class Attack:
    """What follows, by linear programming, of all that is told: the cubes, and totals by month and department.

    The unknowns are people, or sales, by month, department, gender and age; none is negative. Of people also those of a
    month, of the departments that aren't told apart and of the quarter, each once: at least as many as in each part, at
    most as many as in all.
    """

    def __init__(self, lines: list[Line], cubes: dict[Cell, tuple[int, int]], way: Shown, *, of_people: bool) -> None:
        self.lines, self.of_people = lines, of_people
        self.names = ordered(lines)
        self.hidden = self.names[way.departments :]
        self.way, self.at = way, dict[Cell, int]()
        self.equal: list[tuple[dict[int, float], float]] = []
        self.most: list[tuple[dict[int, float], float]] = []
        self.months = sorted({line.month for line in lines})
        self.kinds = list(product(sorted({x.gender for x in lines}), sorted({x.age_band for x in lines})))
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
        """The least and the most that a cell of the fine cubes may have: (month, gender, age, department)."""
        month, gender, age, department = cell
        kinds = self._kinds(gender, age, fine=True)
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

    def _atom(self, month: str, department: str | None, gender: str, age: str) -> int:
        return self.at.setdefault((month, department, gender, age), len(self.at))

    def _kinds(self, gender: str | None, age: str | None, *, fine: bool = False) -> Iterable[tuple[str, str]]:
        def is_of(value: str, told: str | None, shown: frozenset[str]) -> bool:
            return told is None or value == told or (not fine and told == OTHER and value not in shown)

        values = self.way.values
        return [k for k in self.kinds if is_of(k[0], gender, values["gender"]) and is_of(k[1], age, values["age_band"])]

    def _cell(self, cell: Cell) -> list[int]:
        """The unknowns whose sum a cell of the cubes tells."""
        month, gender, age, department = cell
        kinds = list(self._kinds(gender, age))
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


def fine(lines: list[Line]) -> dict[Cell, int]:
    """The people of each cell of the cubes as they would be if all were told."""
    found = defaultdict(set)
    for line in lines:
        found[line.month, line.gender, None, line.department].add(line.customer)
        found[line.month, None, line.age_band, line.department].add(line.customer)
        found["quarter", line.gender, line.age_band, None].add(line.customer)
    return {cell: len(people) for cell, people in found.items()}
