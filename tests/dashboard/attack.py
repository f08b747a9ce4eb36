"""What an attacker makes of answers: which lines each figure adds up, and whose lines lie between two of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shoplake.dashboard.answer import Shown, tile_of
from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.period import PRESETS
from shoplake.dashboard.state import Audience, State, read_state
from shoplake.dashboard.store import Store
from shoplake.errors import QueryError
from tests.conftest import Shop
from tests.dashboard.small_shop import ATTRIBUTES

FEWEST = 11
OTHER = "Other"
_LINES = f"""SELECT order_date, coalesce(p.department, 'Unknown'), coalesce(f.channel, 'Unknown'), f.customer_key,
    sales_amount * r.rate, coalesce(f.age_band, 'Unknown'),
    {", ".join(f"coalesce(c.{name}::VARCHAR, 'Unknown')" for name in ATTRIBUTES if name != "age_band")}
    FROM fact_sales f JOIN dim_product p USING (product_version_key) JOIN dim_customer c USING (customer_version_key)
    JOIN fact_exchange_rate r ON r.currency = f.currency AND r.rate_date = f.rate_date
    WHERE counts_as = 'sale' AND f.customer_key <> -1"""


class Facts:
    """Lines of customers as bits of a number, so that sets of them are subtracted at once."""

    def __init__(self, shop: Shop) -> None:
        rows = shop.sql(_LINES)
        self.sales = [row[4] for row in rows]
        self.everything = (1 << len(rows)) - 1
        self._by: dict[tuple[str, Any], int] = defaultdict(int)
        self._who: dict[int, int] = defaultdict(int)
        names = ("age_band", *(name for name in ATTRIBUTES if name != "age_band"))
        for at, (day, department, channel, who, _, *values) in enumerate(rows):
            told = {"date": day, "month": f"{day:%Y-%m}", "quarter": quarter(day), "department": department}
            for key in (told | {"channel": channel} | dict(zip(names, values, strict=True))).items():
                self._by[key] |= 1 << at
            self._who[who] |= 1 << at
        self.days = sorted(value for name, value in self._by if name == "date")

    def of(self, name: str, values: Iterable[Any]) -> int:
        found = 0
        for value in values:
            found |= self._by.get((name, value), 0)
        return found

    def values(self, name: str) -> list[Any]:
        return sorted(value for each, value in self._by if each == name)

    def people(self, lines: int) -> int:
        return sum(1 for mine in self._who.values() if mine & lines)

    def sum(self, lines: int) -> Decimal:
        return sum((sale for at, sale in enumerate(self.sales) if lines >> at & 1), Decimal(0))


def quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


@dataclass(frozen=True)
class Offer:
    """A figure that was answered, and the lines that it is of."""

    tile: str
    attributes: frozenset[str]
    label: tuple[Any, ...]
    metric: str
    value: Any
    lines: int
    state: str


def random_pairs(rng: random.Random, facts: Facts, filters: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """A random address."""
    months = facts.values("month")
    kind = rng.randrange(3)
    if kind == 0:
        pairs = [("period", rng.choice([*PRESETS]))]
    elif kind == 1:
        one, two = sorted(rng.choices(months, k=2))
        last = date(int(two[:4]), int(two[5:]) + 1, 1) - timedelta(days=1)
        pairs = [("from", f"{one}-01"), ("to", f"{last}")]
    else:
        one, two = sorted(rng.choices(facts.days, k=2))
        pairs = [("from", f"{one}"), ("to", f"{two}")]
    for name, values in filters.items():
        if rng.random() < 0.35:
            pairs += [(name, value) for value in rng.sample([*values], rng.randint(1, min(3, len([*values]))))]
    return pairs


def offers(tile: Tile, pairs: list[tuple[str, str]], store: Store, facts: Facts, audience: Audience) -> list[Offer]:
    """What a tile tells in a state, figure by figure; nothing where it tells none."""
    try:
        state = read_state(pairs, store.published.days, audience)
    except QueryError:
        return []
    shown = tile_of(tile, state, store)
    return [*_offers(tile, state, shown, facts)]


def _offers(tile: Tile, state: State, shown: Shown, facts: Facts) -> Iterable[Offer]:
    names = [column.name for column in shown.columns if not column.is_figure]
    attributes = frozenset(names) & {*ATTRIBUTES}
    told = {name: {row[at] for row in shown.rows} - {OTHER} for at, name in enumerate(names)}
    for row in shown.rows:
        for at, column in enumerate(shown.columns):
            if column.is_figure:
                lines = facts.everything
                for dimension, values in state.chosen.items():
                    lines &= facts.of(dimension, values)
                lines &= _time(names, state, facts, column.name == "customers" and column.title)
                for name, value in zip(names, row, strict=False):
                    hidden = [each for each in facts.values(name) if each not in told[name]] if value == OTHER else []
                    lines &= facts.of(name, [value, *hidden])
                yield Offer(tile.name, attributes, row[: len(names)], column.name, row[at], lines, state.address)


def _time(names: list[str], state: State, facts: Facts, title: Any) -> int:
    """The lines of the days that are told: all days, or those of whole months, or of whole quarters of pairs."""
    days = [day for day in facts.days if state.period.first <= day <= state.period.last]
    if state.audience == "analyst":
        return facts.of("date", days)
    if title and ", " in title:
        when = title.rpartition(", ")[2]
        return facts.of("quarter" if "Q" in when else "month", [when])
    unit = "quarter" if sum(name in ATTRIBUTES for name in names) == 2 else "month"
    return facts.of(unit, [when for when in facts.values(unit) if _is_whole(unit, when, days, facts)])


def _is_whole(unit: str, when: str, days: list[date], facts: Facts) -> bool:
    """Whether all of its days, as far as there are data of it, are there, and it is over at the reference date."""
    of_unit = [day for day in facts.days if (quarter(day) if unit == "quarter" else f"{day:%Y-%m}") == when]
    after = facts.days[-1] + timedelta(days=1)
    is_over = (quarter(after) if unit == "quarter" else f"{after:%Y-%m}") > when
    return is_over and set(of_unit) <= set(days)


def differences(found: list[Offer], rng: random.Random, most: int) -> Iterable[tuple[Offer, Offer, int]]:
    """Pairs of which one is of all lines of the other and more, and the lines that lie between.

    That one is within the other must follow from what they are of: a region lies in a country, but that all who have
    children happen to be of one age is nothing that an attacker knows.
    """
    unique = {(offer.metric, offer.attributes, offer.lines): offer for offer in found}.values()
    alike: dict[tuple[str, str], list[Offer]] = defaultdict(list)
    for offer in unique:
        for attribute in offer.attributes:
            place = "country" if attribute == "region" else attribute
            alike[offer.metric, place].append(offer)
    groups = [group for group in alike.values() if len(group) > 1]
    for _ in range(most):
        one, two = rng.sample(rng.choice(groups), 2)
        if one.lines & ~two.lines:
            one, two = two, one
        attributes = one.attributes | ({"country"} if "region" in one.attributes else set())
        is_within = one.lines & ~two.lines == 0 and two.attributes <= attributes
        if is_within and one.metric == two.metric and one.lines != two.lines:
            yield one, two, two.lines & ~one.lines
