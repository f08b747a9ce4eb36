"""What may be told apart in cubes that anybody may see: so coarse that no cell of 1 to 10 people can be derived.

Nothing is blotted out of a fine table. Values and departments that are too small are told together as «Other», the same
way in all cubes of a quarter, so that no two of them can be played off against each other; see
docs/decisions/0013-closed-cubes.md for why that is enough. Pure logic over counts; numbers of people are bounds where
those who changed within the quarter make them uncertain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

FEWEST = 11  # people in a cell that is shown
OTHER = "Other"
# A value is kept apart if it has so many times `FEWEST` buyers in each month: else it would keep departments from it.
_ROOMS = (1, 2, 3, 5, 8)

Array = np.ndarray[Any, Any]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """An attribute in a quarter, as months x values x departments, the department with the most buyers first.

    `people` bought so; `steady` of them were so in the whole quarter. `last`, `steady_last`: how many of them bought
    from no later department in the month. `sales` in the reporting currency.
    """

    values: tuple[str, ...]
    people: Array
    steady: Array
    last: Array
    steady_last: Array
    sales: Array


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is counted in a quarter; `everybody` has one value. `pairs`: values x values, people and steady people."""

    everybody: Counts
    attributes: dict[str, Counts]
    pairs: dict[Pair, tuple[Array, Array]]

    @property
    def departments(self) -> int:
        return int(self.everybody.people.shape[2])


@dataclass(frozen=True, slots=True)
class Shown:
    """The values of each attribute that are told by themselves, and of how many departments, the largest first."""

    values: dict[str, frozenset[str]]
    departments: int


def shown(quarter: Quarter) -> Shown:
    """The most that may be told, of some ways to trade values for departments."""
    ways = [_way(quarter, room) for room in _ROOMS]
    return max(ways, key=lambda way: (way.departments + 1) * sum(len(values) + 1 for values in way.values.values()))


def _way(quarter: Quarter, room: int) -> Shown:
    kept = {name: _large(counts, room) for name, counts in quarter.attributes.items()}
    while small := _too_small(quarter, kept):
        name, at = small
        kept[name] = kept[name].copy()
        kept[name][at] = False
    fits = [count for count in range(quarter.departments + 1) if _fits(quarter, kept, count)]
    values = {
        name: frozenset(np.array(quarter.attributes[name].values, dtype=object)[which]) for name, which in kept.items()
    }
    return Shown(values, max(fits, default=0))


def _large(counts: Counts, room: int) -> Array:
    """The values that have room in each month in which they have anybody."""
    of_month = counts.last.sum(axis=2)
    return np.asarray(((of_month == 0) | (of_month >= room * FEWEST)).all(axis=0) & (of_month.sum(axis=0) > 0))


def _too_small(quarter: Quarter, kept: dict[str, Array]) -> tuple[str, int] | None:
    """A value that must not be told by itself, though no department is; the smallest where there is a choice."""
    for name, counts in quarter.attributes.items():
        if not _fits_one(quarter, counts, kept[name], 0) and kept[name].any():
            return _smallest(quarter, kept, [name])
    for (one, other), (people, steady) in quarter.pairs.items():
        low = _grouped(_grouped(people, steady, kept[one], 0), _grouped(steady, steady, kept[one], 0), kept[other], 1)
        if not _is_open(low) and (kept[one].any() or kept[other].any()):
            return _smallest(quarter, kept, [one, other])
    return None


def _smallest(quarter: Quarter, kept: dict[str, Array], names: list[str]) -> tuple[str, int]:
    sizes = [
        (int(quarter.attributes[name].last[:, at].sum()), name, int(at))
        for name in names
        for at in np.flatnonzero(kept[name])
    ]
    _, name, at = min(sizes)
    return name, at


def _fits(quarter: Quarter, kept: dict[str, Array], departments: int) -> bool:
    return all(_fits_one(quarter, counts, kept[name], departments) for name, counts in quarter.attributes.items())


def _fits_one(quarter: Quarter, counts: Counts, kept: Array, departments: int) -> bool:
    """Whether no cell of an attribute has 1 to 10 people, nor can one be derived, with so many departments shown."""
    low = _grouped(counts.people, counts.steady, kept, 1)
    left = _grouped(counts.last[:, :, departments:].sum(2), counts.steady_last[:, :, departments:].sum(2), kept, 1)
    if not _is_open(low[:, :, :departments]) or not _is_open(left):
        return False
    if not kept.any():
        return True  # of nobody anything is told by this attribute
    # Sales and buyers of each department are known from other reports. Somebody of a group need not have bought in a
    # department that isn't shown if the others of the departments that aren't shown could have made all of it.
    hidden, everybody = slice(departments, None), quarter.everybody
    is_small = (low[:, :, hidden] > 0) & (low[:, :, hidden] < FEWEST)
    people = everybody.people[:, :, hidden] + _summed(counts.last[:, :, hidden].sum(2), kept)[:, :, None]
    sales = everybody.sales[:, :, hidden] + _summed(counts.sales[:, :, hidden].sum(2), kept)[:, :, None]
    most_people = everybody.last[:, :, hidden].sum(2)[:, :, None]
    most_sales = everybody.sales[:, :, hidden].sum(2)[:, :, None]
    return not bool((is_small & ((people > most_people) | (sales > most_sales))).any())


def _is_open(people: Array) -> bool:
    """Whether each cell has nobody or enough."""
    return bool(((people == 0) | (people >= FEWEST)).all())


def _grouped(people: Array, steady: Array, kept: Array, axis: int) -> Array:
    """At least so many people have each of the kept values, and then one of the others.

    Who has two of the others is one of the people; those who have only one are counted once for certain.
    """
    others = [each.compress(~kept, axis=axis) for each in (people, steady)]
    most = others[0].max(axis=axis, initial=0)
    rest = np.maximum(most, others[1].sum(axis=axis))
    return np.concatenate([people.compress(kept, axis=axis), np.expand_dims(rest, axis)], axis=axis)


def _summed(measure: Array, kept: Array) -> Array:
    """The sum of each of the kept values, and then of the others."""
    return np.concatenate([measure[:, kept], measure[:, ~kept].sum(axis=1, keepdims=True)], axis=1)
