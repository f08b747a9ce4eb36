"""What a page is looked at with: the period, the comparison and the filters, which all live in its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from shoplake.dashboard.period import DEFAULT, PRESETS, Period
from shoplake.errors import QueryError
from shoplake.metrics.question import day_of
from shoplake.warehouse.views import literal

Audience = Literal["analyst", "shared"]
Compare = Literal["year", "period"]
# What pages can be filtered by, where the data have it; what tells who somebody is, for the owner of the data alone.
FILTERS = ("department", "category", "channel", "store_region", "store")
DEMOGRAPHICS = (
    *("age_band", "gender", "income_band", "household_size", "children_count", "home_ownership", "marital_status"),
    *("country", "region"),
)


def filters_for(audience: Audience) -> tuple[str, ...]:
    """What an audience can filter by, where the data have it."""
    return FILTERS if audience == "shared" else (*FILTERS, *DEMOGRAPHICS)


def condition(chosen: Mapping[str, Sequence[str]], prefix: str = "") -> str:
    """Filters as one condition; `prefix` stands before each dimension. Nothing where nothing is chosen."""
    parts = [f"{prefix}{name} IN ({', '.join(map(literal, values))})" for name, values in sorted(chosen.items())]
    return " AND ".join(parts)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that there are data of."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class State:
    """`preset` is empty where the days were chosen freely; `chosen`: values by dimension, any of which will do."""

    period: Period
    preset: str = DEFAULT
    compare: Compare | None = "year"
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audience: Audience = "analyst"

    @property
    def before(self) -> Period | None:
        """What it is compared with."""
        if self.compare is None:
            return None
        return self.period.year_ago() if self.compare == "year" else self.period.before()

    @property
    def where(self) -> str | None:
        """The filters as one condition over dimensions."""
        return condition(self.chosen) or None

    @property
    def address(self) -> str:
        """What stands behind the question mark; nothing of what is so by default."""
        pairs: list[tuple[str, str]] = []
        if not self.preset:
            pairs += [("from", self.period.first.isoformat()), ("to", self.period.last.isoformat())]
        elif self.preset != DEFAULT:
            pairs.append(("period", self.preset))
        if self.compare == "period":
            pairs.append(("compare", "period"))
        pairs += [(name, value) for name, values in sorted(self.chosen.items()) for value in values]
        return urlencode(pairs)

    def toggled(self, name: str, value: str) -> State:
        """With one value more, or less where it is chosen."""
        there = self.chosen.get(name, ())
        values = tuple(v for v in there if v != value) if value in there else (*there, value)
        others = {key: each for key, each in self.chosen.items() if key != name}
        return replace(self, chosen=others | ({name: values} if values else {}))


def read_state(pairs: Iterable[tuple[str, str]], days: Days, audience: Audience) -> State:
    """Read an address. Raises QueryError with a word on what in it can't be."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if value:
            given.setdefault(name, []).append(value)
    preset = given.pop("period", [""])[-1]
    first, last = (given.pop(name, [""])[-1] for name in ("from", "to"))
    compare = given.pop("compare", ["year"])[-1]
    if not preset and (first or last):
        period = Period(day_of(first) if first else days.first, day_of(last) if last else days.last)
        if period.first > period.last:
            raise QueryError(f"{period.first} is after {period.last}", remedy="Turn them round")
    elif (preset := preset or DEFAULT) in PRESETS:
        period = PRESETS[preset][1](days.last)
    else:
        raise QueryError(f"there is no period «{preset}»", remedy=f"There are: {', '.join(PRESETS)}")
    found = period.clipped(days.first, days.last)
    if found is None:
        raise QueryError(
            f"there are no data from {period.first} to {period.last}",
            remedy=f"The data go from {days.first} to {days.last}",
        )
    allowed = filters_for(audience)
    for name in given:
        if name in DEMOGRAPHICS and name not in allowed:
            raise QueryError(f"«{name}» can't be filtered by for others to see", remedy="Leave it out")
        if name not in allowed:
            raise QueryError(f"there is no filter «{name}»", remedy=f"There are: {', '.join(allowed)}")
    chosen = {name: tuple(sorted(set(values))) for name, values in given.items()}
    return State(found, preset, _comparable("period" if compare == "period" else "year", found, days), chosen, audience)


def _comparable(wanted: Compare, period: Period, days: Days) -> Compare | None:
    """The year before where there are data of it, else the period before; nothing where there are data of neither."""
    for each, before in (("year", period.year_ago()), ("period", period.before())):
        if before.first >= days.first and (wanted == each or wanted == "year"):
            return "year" if each == "year" else "period"
    return None
