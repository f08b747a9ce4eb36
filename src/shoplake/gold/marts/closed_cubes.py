"""What may be told apart in cubes that anybody may see: so coarse that no cell of 1 to 10 people can be derived.

Nothing is blotted out of a fine table. Values and departments that are too small are told together as «Other», the same
way in all cubes of a quarter, so that no two of them can be played off against each other; see
docs/decisions/0013-closed-cubes.md for why that is enough. Pure logic over counts; numbers of people are bounds where
those who changed within the quarter make them uncertain.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shoplake.gold.marts.attributes import FEWEST

# A value is kept apart if it has so many times `FEWEST` buyers in each month: else it would keep departments from it.
_ROOMS = (1, 2, 3, 5, 8)

IN = "\x1f"  # between a value and the one that it lies in, which stands before it

Array = np.ndarray[Any, Any]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Counts:
    """An attribute in a quarter, as months x values x departments, the department with the most buyers first.

    `people` bought so; `steady` of them were so in the whole quarter. `last`, `steady_last`: how many of them bought
    from no later department in the month. `sales` in the reporting currency. `within`: of an attribute that lies in
    another one, such as region in country, the value of that one for each value.
    """

    values: tuple[str, ...]
    people: Array
    steady: Array
    last: Array
    steady_last: Array
    sales: Array
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is counted in a quarter; `everybody` has one value. `pairs`: values x values, people and steady people.

    `within`: which attribute lies in which one.
    """

    everybody: Counts
    attributes: dict[str, Counts]
    pairs: dict[Pair, tuple[Array, Array]]
    within: dict[str, str] = field(default_factory=dict)

    @property
    def departments(self) -> int:
        return int(self.everybody.people.shape[2])


@dataclass(frozen=True, slots=True)
class Shown:
    """The values of each attribute that are told by themselves, and of how many departments, the largest first."""

    values: dict[str, frozenset[str]]
    departments: int


def named(value: str) -> str:
    """A value without the one that it lies in.

    >>> named("DE\\x1fNordmark"), named("45-54")
    ('Nordmark', '45-54')
    """
    return value.rpartition(IN)[2]


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
    for name in quarter.within:  # a name that lies in two places is told of both, or of none
        names = np.array([named(value) for value in quarter.attributes[name].values], dtype=object)
        half = kept[name] & np.isin(names, names[~kept[name]])
        if half.any():
            return _smallest(quarter, {name: half})
    for name, own in kept.items():
        groups = _groups(quarter, kept, name)
        tight = _tight(quarter, name, groups, 0)
        if tight.any() and own.any():
            beside = own & np.isin(_places(quarter, kept, name), groups.places[tight])
            return _smallest(quarter, {name: beside if beside.any() else own})
    for one, other in sorted(quarter.pairs):  # in the same order on each engine
        people, steady = quarter.pairs[one, other]
        rows, columns = _groups(quarter, kept, one), _groups(quarter, kept, other)
        low = columns.low(rows.low(people, steady, 0), rows.low(steady, steady, 0), 1)
        if not _is_open(low).all() and (kept[one].any() or kept[other].any()):
            return _smallest(quarter, {one: kept[one], other: kept[other]})
    return None


def _smallest(quarter: Quarter, which: dict[str, Array]) -> tuple[str, int]:
    sizes = [
        (int(quarter.attributes[name].last[:, at].sum()), name, int(at))
        for name, flags in which.items()
        for at in np.flatnonzero(flags)
    ]
    _, name, at = min(sizes)
    return name, at


def _fits(quarter: Quarter, kept: dict[str, Array], departments: int) -> bool:
    return not any(_tight(quarter, name, _groups(quarter, kept, name), departments).any() for name in kept)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Values of an attribute that are told together: each of the kept ones by itself, and then the `rests`.

    `places`: of each group, the place of its values; -1 where they have several.
    """

    kept: Array
    rests: list[Array]
    places: Array

    def low(self, people: Array, steady: Array, axis: int) -> Array:
        """At least so many people each group has.

        Who has two values of a rest is one of the people; those who have only one are counted once for certain.
        """
        least = [people.compress(self.kept, axis=axis)]
        for rest in self.rests:
            most = people.compress(rest, axis=axis).max(axis=axis, initial=0)
            least.append(np.expand_dims(np.maximum(most, steady.compress(rest, axis=axis).sum(axis=axis)), axis))
        return np.concatenate(least, axis=axis)

    def summed(self, measure: Array) -> Array:
        """The sum of each group, of months x values."""
        rests = [measure[:, rest].sum(axis=1, keepdims=True) for rest in self.rests]
        return np.concatenate([measure[:, self.kept], *rests], axis=1)


def _groups(quarter: Quarter, kept: dict[str, Array], name: str) -> _Groups:
    """The rest of each place that has kept values is a group, as it follows from the place; other places are one."""
    places, own = _places(quarter, kept, name), kept[name]
    apart = np.unique(places[own])
    rests = [*(~own & (places == place) for place in apart), ~own & ~np.isin(places, apart)]
    return _Groups(own, rests, np.concatenate([places[own], apart, [-1]]))


def _places(quarter: Quarter, kept: dict[str, Array], name: str) -> Array:
    """Where each value lies: in a kept value of the outer attribute or the rest of it; all in one if there is none."""
    counts, outer = quarter.attributes[name], quarter.within.get(name)
    if outer is None:
        return np.zeros(len(counts.values), "int64")
    told = np.array(quarter.attributes[outer].values, dtype=object)[kept[outer]].tolist()
    return np.array([told.index(value) if value in told else len(told) for value in counts.within], "int64")


def _tight(quarter: Quarter, name: str, groups: _Groups, departments: int) -> Array:
    """Groups of which a cell has 1 to 10 people, or one can be derived, with so many departments shown."""
    counts, everybody, hidden = quarter.attributes[name], quarter.everybody, slice(departments, None)
    low = groups.low(counts.people, counts.steady, 1)
    left = groups.low(counts.last[:, :, hidden].sum(2), counts.steady_last[:, :, hidden].sum(2), 1)
    tight = np.logical_not(_is_open(low[:, :, :departments]).all(axis=(0, 2)) & _is_open(left).all(axis=0))
    if not groups.kept.any():
        return tight  # of nobody anything is told by this attribute
    # Sales and buyers of each department are known from other reports. Somebody of a group need not have bought in a
    # department that isn't shown if the others of the departments that aren't shown could have made all of it.
    is_small = ~_is_open(low[:, :, hidden])
    people = everybody.people[:, :, hidden] + groups.summed(counts.last[:, :, hidden].sum(2))[:, :, None]
    sales = everybody.sales[:, :, hidden] + groups.summed(counts.sales[:, :, hidden].sum(2))[:, :, None]
    most_people = everybody.last[:, :, hidden].sum(2)[:, :, None]
    most_sales = everybody.sales[:, :, hidden].sum(2)[:, :, None]
    could_tell = is_small & ((people > most_people) | (sales > most_sales))
    return np.asarray(tight | could_tell.any(axis=(0, 2)))


def _is_open(people: Array) -> Array:
    """Which cells have nobody or enough."""
    return np.asarray((people == 0) | (people >= FEWEST))
