"""What an order has as a whole, shared out to its lines: figures by hand, and an independent largest remainder."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplake.gold.facts.allocation import shares, shares_of
from shoplake.lake import Engine

LINE = "source string, order_id string, line_number int, net_amount decimal(18,4)"
ORDER = "source string, order_id string, currency string, shipping_amount decimal(18,4), tax_amount decimal(18,4)"
AMOUNTS = ("shipping_amount", "tax_amount")
Orders = list[tuple[str, Decimal | None, Decimal | None, list[Decimal]]]


def shared(engine: Engine, orders: Orders) -> dict[int, dict[int, tuple[Any, ...]]]:
    """The shares by order and line."""
    lines = [("s", str(o), n, net) for o, (*_, nets) in enumerate(orders) for n, net in enumerate(nets, 1)]
    heads = [("s", str(o), currency, shipping, tax) for o, (currency, shipping, tax, _) in enumerate(orders)]
    found = shares(engine.createDataFrame(lines, LINE), engine.createDataFrame(heads, ORDER), AMOUNTS)
    result: dict[int, dict[int, tuple[Any, ...]]] = {}
    for row in found.collect():
        result.setdefault(int(row["order_id"]), {})[row["line_number"]] = (row["shipping_amount"], row["tax_amount"])
    return result


def d(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_by_hand(engine: Engine) -> None:
    found = shared(
        engine,
        [
            # 10.00 over three equal lines: 3.33 each, the cent that is left to the first
            ("EUR", Decimal("10.00"), None, d("5", "5", "5")),
            # 5.00 by 1 : 2 : 4 is 0.714, 1.428, 2.857: 0.71 + 1.42 + 2.85 = 4.98; two cents to .857 and .714's rest
            ("EUR", Decimal("5.00"), Decimal("-5.00"), d("1", "2", "4")),
            # whole yen: 100 by 1 : 1 : 1
            ("JPY", Decimal(100), None, d("10", "10", "10")),
            # dinars have thousandths
            ("KWD", Decimal("1.000"), None, d("1", "1", "1")),
            # nothing costs anything: alike; what came free beside goods gets nothing
            ("EUR", Decimal("0.03"), None, d("0", "0")),
            ("EUR", Decimal("3.00"), None, d("0", "9")),
            # a fraction of a cent goes with the first
            ("EUR", Decimal("0.0101"), None, d("1", "1")),
            ("EUR", None, Decimal(0), d("1")),
            # a line that gives money back weighs nothing
            ("EUR", Decimal("2.00"), None, d("-4", "4")),
        ],
    )
    shipping = {order: [str(of[n][0]) for n in sorted(of)] for order, of in found.items()}
    assert shipping == {
        0: ["3.3400", "3.3300", "3.3300"],
        1: ["0.7100", "1.4300", "2.8600"],
        2: ["34.0000", "33.0000", "33.0000"],
        3: ["0.3340", "0.3330", "0.3330"],
        4: ["0.0200", "0.0100"],
        5: ["0.0000", "3.0000"],
        6: ["0.0101", "0.0000"],
        8: ["0.0000", "2.0000"],
    }
    assert [str(found[1][n][1]) for n in (1, 2, 3)] == ["-0.7100", "-1.4300", "-2.8600"]


def largest_remainder(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """In cents, with exact fractions."""
    positive = [max(Fraction(weight), Fraction(0)) for weight in weights]
    total = sum(positive)
    parts = [weight / total for weight in positive] if total else [Fraction(1, len(weights))] * len(weights)
    cents = int(abs(amount) * 100)
    exact = [part * cents for part in parts]
    given = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda at: (given[at] - exact[at], at))
    for at in order[: cents - sum(given)]:
        given[at] += 1
    found = [Decimal(each) / 100 for each in given]
    found[order[0]] += abs(amount) - Decimal(cents) / 100
    return [-each if amount < 0 else each for each in found]


money = st.decimals(-500, 10_000, places=2)
fine = st.decimals(-5, 1_000_000, places=4)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(fine, money, st.lists(money, min_size=1, max_size=9)), min_size=1, max_size=40))
def test_lines_sum_to_orders(engine: Engine, orders: list[tuple[Decimal, Decimal, list[Decimal]]]) -> None:
    found = shared(engine, [("EUR", shipping, tax, nets) for shipping, tax, nets in orders])
    for order, (shipping, tax, nets) in enumerate(orders):
        if not shipping and not tax:
            assert order not in found
            continue
        for at, amount in enumerate((shipping, tax)):
            given = [found[order][n][at] for n in range(1, len(nets) + 1)]
            assert sum(given) == amount
            assert given == largest_remainder(amount, nets)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.lists(st.integers(0, 10**18 - 1), min_size=1, max_size=5),
    st.sampled_from([1, 100, 1000]),
)
def test_amounts_as_large_as_there_are(amount: int, weights: list[int], unit: int) -> None:
    at = np.zeros(len(weights), np.int64)
    found = shares_of(np.array([amount]), at, np.array(weights), np.array([unit])).tolist()
    assert sum(found) == amount
    if unit == 100:
        exact = largest_remainder(Decimal(amount) / 10_000, [Decimal(weight) for weight in weights])
        assert [Decimal(each) / 10_000 for each in found] == exact
