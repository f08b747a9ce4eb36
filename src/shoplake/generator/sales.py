"""A day's orders with their lines, and what comes back on it: as they truly are in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from shoplake.generator.draws import chosen, share, top_heavy
from shoplake.generator.goods import RATES, ZONES, Goods, promotion_on
from shoplake.generator.people import People
from shoplake.generator.plan import HOME_ZONE, PERIOD, Plan, local_day, utc_of
from shoplake.generator.shares import shares

Columns = dict[str, np.ndarray]
# (day, orders, lines, places of the corrected orders) -> what was altered in them
Alter = Callable[[int, Columns, Columns, np.ndarray], list[Any]]
BER, NYC, WEB, NO_STORE = range(4)
CHANNELS = ("store", "web", "app", "phone")
COMPLETED, CANCELLED = range(2)
GUEST = -1
FIRST_ORDER = 100_000_000
OF_WHOLE = ("order_discount", "shipping")
_SIZES = (35, 25, 16, 10, 6, 4, 2.5, 1.5)
# By country: (store, channel) and how often.
_PLACES = ((BER, 0), (NYC, 0), (WEB, 1), (WEB, 2), (NO_STORE, 3))
_OFTEN = ((40, 1, 42, 12, 5), (1, 45, 40, 10, 4), (1, 1, 70, 25, 3))
_RETURNED, _LONGEST = 0.06, 30


@dataclass(frozen=True, slots=True)
class Day:
    """`first`: orders as they were told at first: of those (`corrected`, by place) told again so many days `after`."""

    orders: Columns
    lines: Columns
    returns: Columns
    first: Columns
    corrected: np.ndarray
    after: np.ndarray


class Sales:
    """Goes from day to day; of the past it keeps what will come back."""

    def __init__(self, plan: Plan, people: People, goods: Goods, alter: Alter) -> None:
        self._plan, self._people, self._goods, self._alter = plan, people, goods, alter
        self.altered: list[Any] = []
        self._by_day = plan.lines_by_day()
        self._next_order, self._next_return = FIRST_ORDER, 1
        self._coming_back: dict[int, list[Columns]] = {}

    def day(self, day: int, orphans: Columns) -> Day:
        """The day's events; `orphans` are lines without their order."""
        rng = self._plan.rng(day, 1)
        count = int(self._by_day[day])
        sizes = 1 + chosen(rng.random(count // 2 + 20), _SIZES)
        ends = np.minimum(np.cumsum(sizes), count)
        sizes = np.diff(ends, prepend=0)
        orders = self._orders(day, int((sizes > 0).sum()), rng)
        sizes = sizes[sizes > 0]
        first, corrected, after = self._corrections(day, orders, rng)
        lines = self._lines(day, orders, sizes, rng)
        self.altered += self._alter(day, orders, lines, corrected)
        self._charge(orders, lines)
        first |= {name: orders[name][corrected] for name in OF_WHOLE}
        self._send_back(day, orders, lines, rng)
        if len(orphans["order"]):
            nothing = np.zeros(len(orphans["order"]), np.int64)
            lines = {name: np.concatenate([values, orphans.get(name, nothing)]) for name, values in lines.items()}
        return Day(orders, lines, self._returns(day), first, corrected, after)

    def _orders(self, day: int, count: int, rng: np.random.Generator) -> Columns:
        there = self._people.joined(day)
        customer = top_heavy(rng.random(count), there)
        customer[rng.random(count) < self._plan.skew] = 0
        country = self._people.countries(customer)
        place = np.empty(count, np.int64)
        shares = rng.random(count)
        for at, weights in enumerate(_OFTEN):
            place[country == at] = chosen(shares[country == at], weights)
        store, channel = np.array(_PLACES).T[:, place]
        is_guest = (rng.random(count) < 0.08) & (channel != 0)
        second = (6 * 3600 + 17.9 * 3600 * (rng.random(count) + rng.random(count)) / 2).astype(np.int64)
        ordered_at = np.empty(count, np.int64)
        for zone in set(ZONES):
            of_zone = np.array([each == zone for each in ZONES])[store]
            ordered_at[of_zone] = utc_of(day, second[of_zone], zone)
        number = self._next_order + np.arange(count)
        self._next_order += count
        return {
            "order": number,
            "customer": np.where(is_guest, GUEST, customer),
            "age": np.where(is_guest, 4, self._people.age_groups(customer)),
            "store": store,
            "channel": channel,
            "currency": country,
            "ordered_at": ordered_at,
            "updated_at": ordered_at,
            "order_day": _business_day(ordered_at, store),
            "status": np.zeros(count, np.int64),
            "is_test": np.zeros(count, bool),
        }

    def _charge(self, orders: Columns, lines: Columns) -> None:
        """Shipping of what isn't bought in a store, and vouchers for whole orders; and what of both each line bears."""
        number, seed = orders["order"], self._plan.seed
        is_sent = (orders["channel"] != 0) & (share(seed, 60, number) < 0.7)
        has_voucher = share(seed, 61, number) < 0.08
        net = np.bincount(lines["of_order"], lines["net"], len(number)).astype(np.int64)
        orders["shipping"] = np.where(is_sent, 499, 0)
        orders["order_discount"] = np.where(has_voucher, np.minimum(500, net // 2), 0)
        for name in OF_WHOLE:
            lines[name] = shares(orders[name], lines["of_order"], lines["net"])

    def _corrections(
        self, day: int, orders: Columns, rng: np.random.Generator
    ) -> tuple[Columns, np.ndarray, np.ndarray]:
        """Cancel some orders, and put others right: wrong customer, wrong store."""
        count = len(orders["order"])
        kind = chosen(rng.random(count), (2.5, 0.5, 0.5, 96.5))
        after = rng.integers(1, 6, count)
        kind[day + after >= self._plan.days] = 3
        kind[(kind == 1) & (orders["customer"] == GUEST)] = 3
        kind[(kind == 2) & (orders["store"] == NO_STORE)] = 3
        corrected = np.flatnonzero(kind < 3)
        first = {name: values[corrected] for name, values in orders.items()}
        orders["updated_at"] = orders["ordered_at"].copy()
        orders["updated_at"][corrected] = utc_of(day, 12 * 3600 + after[corrected] * 86_400, "UTC")
        orders["status"][kind == 0] = CANCELLED
        orders["customer"][kind == 1] = (orders["customer"][kind == 1] + 1) % self._people.joined(day)
        orders["store"][kind == 2] = (orders["store"][kind == 2] + 1) % 3
        orders["order_day"] = _business_day(orders["ordered_at"], orders["store"])
        return first, corrected, after[corrected]

    def _lines(self, day: int, orders: Columns, sizes: np.ndarray, rng: np.random.Generator) -> Columns:
        of_order = np.repeat(np.arange(len(sizes)), sizes)
        count = len(of_order)
        product = self._goods.pick(orders["age"][of_order], rng, day // PERIOD)
        quantity = 1 + np.minimum((rng.random(count) ** 6 * 8).astype(np.int64), 5)
        rate = np.rint(RATES * 100).astype(np.int64)[orders["currency"][of_order]]
        gross = self._goods.prices[product] * rate // 100 * quantity
        promotion, percent = promotion_on(day)
        takes = (rng.random(len(sizes)) < 0.3)[of_order] & (promotion >= 0)
        discount = np.where(takes, (gross * percent + 50) // 100, 0)
        return {
            "of_order": of_order,
            "order": orders["order"][of_order],
            "line": np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes) + 1,
            "product": product,
            "quantity": quantity,
            "gross": gross,
            "discount": discount,
            "net": gross - discount,
            "promotion": np.where(takes, promotion, -1),
        }

    def _send_back(self, day: int, orders: Columns, lines: Columns, rng: np.random.Generator) -> None:
        """Choose what of the lines will come back: all or some of it, on the same day or weeks later."""
        is_kept = rng.random(len(lines["order"])) >= _RETURNED
        is_sale = (orders["status"] == COMPLETED) & ~orders["is_test"]
        at = np.flatnonzero(~is_kept & is_sale[lines["of_order"]])
        after = (rng.random(len(at)) ** 2 * (_LONGEST + 1)).astype(np.int64)
        # Late in the day nobody comes back with what was just bought.
        is_late = orders["ordered_at"][lines["of_order"][at]] >= utc_of(day, 17 * 3600, HOME_ZONE)
        after = np.maximum(after, 2 * is_late)
        quantity = 1 + (rng.random(len(at)) * lines["quantity"][at]).astype(np.int64)
        second = np.where(after < 2, 18, 5) * 3600 + (rng.random(len(at)) * np.where(after < 2, 3, 15) * 3600).astype(
            int
        )
        found = {name: lines[name][at] for name in ("order", "line", "product")}
        found |= {name: orders[name][lines["of_order"][at]] for name in ("customer", "store", "currency")}
        found |= {
            "quantity": quantity,
            "amount": (lines["net"][at] * quantity) // lines["quantity"][at],
            "reason": chosen(rng.random(len(at)), (4, 3, 2, 1)),
            "minute": second // 60,
        }
        for due in np.unique(day + after):
            if due < self._plan.days:
                part = {name: values[day + after == due] for name, values in found.items()}
                self._coming_back.setdefault(int(due), []).append(part)

    def _returns(self, day: int) -> Columns:
        parts = self._coming_back.pop(day, [])
        found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else _NO_RETURNS
        count = len(found["order"])
        returned_at = utc_of(day, found["minute"] * 60, HOME_ZONE)
        number = self._next_return + np.arange(count)
        self._next_return += count
        return found | {
            "return": number,
            "returned_at": returned_at,
            "return_day": _business_day(returned_at, found["store"]),
        }


_NO_RETURNS: Columns = {
    name: np.empty(0, np.int64)
    for name in ("order", "line", "product", "customer", "store", "currency", "quantity", "amount", "reason", "minute")
}


def _business_day(at: np.ndarray, store: np.ndarray) -> np.ndarray:
    days = np.array([local_day(at, zone) for zone in ZONES])
    found: np.ndarray = days[store, np.arange(len(at))]
    return found
