"""What holds of any movements: parts are the whole, the bridge closes, the order of rows says nothing."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from shoplake.metrics.declaration import Dimension
from shoplake.metrics.formula import tree
from shoplake.metrics.question import problem_of
from tests.metrics.small_gold import CATALOG, SmallGold, days

cents = st.integers(0, 100_000).map(lambda n: Decimal(n) / 100)
DAYS = [*days("2020-02-25", 8), *days("2020-12-28", 8), *days("2021-02-25", 8)]

sale = st.fixed_dictionaries(
    {
        "order_date": st.sampled_from(DAYS),
        "order_id": st.sampled_from([str(n) for n in range(12)]),
        "customer_key": st.sampled_from([-1, 1, 2, 3, 4, 5]),
        "product_key": st.sampled_from([1, 2, 3]),
        "counts_as": st.sampled_from(["sale", "sale", "sale", "cancelled", "nothing"]),
        "channel": st.sampled_from(["web", "store", None]),
        "currency": st.sampled_from(["EUR", "USD"]),
        "is_guest": st.sampled_from([True, False, None]),
        "age_band": st.sampled_from(["18-24", "25-34", "Unknown", None]),
        "quantity": st.integers(0, 5),
        "gross_amount": cents,
        "discount_amount": cents,
        "order_discount_amount": cents,
        "included_tax_amount": cents,
        "tax_amount": cents,
        "is_merchandise": st.booleans(),
    }
)
back = st.fixed_dictionaries(
    {
        "return_date": st.sampled_from(DAYS),
        "order_date": st.sampled_from([None, *DAYS]),
        "customer_key": st.sampled_from([-1, 1, 2, 3]),
        "product_key": st.sampled_from([1, 2]),
        "channel": st.sampled_from(["web", None]),
        "currency": st.sampled_from(["EUR", "USD"]),
        "is_test": st.sampled_from([True, False, None]),
        "age_band": st.sampled_from(["18-24", None]),
        "return_amount": cents,
        "return_tax_amount": cents,
    }
)
shops = st.tuples(st.lists(sale, max_size=12), st.lists(back, max_size=6))
RATES = {"USD": "0.87654321"}
COSTS = {1: "0.3333", 2: "2"}
SALES = CATALOG.sets["sales"]
TOLD_BY = ["age_band", "gender", "department", "channel", "currency", "month", "week", "date", "day_name"]
MANY = settings(max_examples=15, deadline=None)


def shop(made: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> SmallGold:
    sales, returns = made
    numbered = [row | {"line_number": at} for at, row in enumerate(sales)]
    return SmallGold(numbered, returns, rates=RATES, costs=COSTS, persons={4: 1, 5: 1})


def total(rows: list[tuple[Any, ...]], at: int) -> Decimal:
    return sum((row[at] for row in rows if row[at] is not None), Decimal(0))


@MANY
@given(shops, st.sampled_from([d for d in SALES.dimensions if d.name in TOLD_BY]))
def test_parts_are_the_whole(made: Any, dimension: Dimension) -> None:
    """Sums of the parts are the sum, whatever it is told by, what isn't known included."""
    added = [m for m in SALES.measures if m.unit in {"money", "quantity"} and not tree(m.expr).find(exp.Div)]
    names = [m.name for m in added if not problem_of(SALES, m, dimension)]
    gold = shop(made)
    (whole,) = gold.rows(*names)
    parts = gold.rows(*names, by=[dimension.name])
    for at, name in enumerate(names):
        assert total(parts, at + 1) == (whole[at] or 0), name


@MANY
@given(shops)
def test_the_bridge_closes_by_either_date(made: Any) -> None:
    gold = shop(made)
    asked = (
        "gross_ordered",
        "cancellations",
        "gross_sales",
        "discounts",
        "included_tax",
        "sales",
        "returns",
        "net_sales",
    )
    whole = []
    for basis in ("event", "order"):
        rows = gold.rows(*asked, by=["month", "age_band"], basis=basis)
        for *_, ordered, cancelled, gross, discounts, tax, sales, returns, net in rows:
            assert ordered - cancelled == gross
            assert gross - discounts - tax == sales
            assert sales - returns == net
        whole.append([total(rows, at) for at in range(2, 10)])
    assert whole[0] == whole[1]


@MANY
@given(shops)
def test_figures_equal_a_plain_reckoning(made: Any) -> None:
    """Sales, orders and persons by month and band, reckoned in Python from the rows themselves."""
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    orders, people = defaultdict(set), defaultdict(set)
    person = {4: 1, 5: 1}
    for row in made[0]:
        if row["counts_as"] != "sale":
            continue
        key = (row["order_date"].strftime("%Y-%m"), row["age_band"] or "Unknown")
        taken = row["discount_amount"] + row["order_discount_amount"] + row["included_tax_amount"]
        rate = Decimal(RATES[row["currency"]]) if row["currency"] == "USD" else 1
        sums[key] += (row["gross_amount"] - taken) * rate
        orders[key].add(row["order_id"])
        if row["customer_key"] != -1 and not row["is_guest"]:
            people[key].add(person.get(row["customer_key"], row["customer_key"]))
    found = shop(made).rows("sales", "orders", "customers", by=["month", "age_band"])
    assert {(m, a): (s, o, c) for m, a, s, o, c in found} == {
        k: (sums[k], len(orders[k]), len(people[k])) for k in orders
    }


@MANY
@given(shops, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(made: Any, chance: random.Random) -> None:
    asked = ["net_sales", "aov", "customers", "new_customers", "repeat_purchase_rate", "gross_margin_rate", "tax"]
    before = shop(made).rows(*asked, by=["month"])
    sales, returns = list(made[0]), list(made[1])
    chance.shuffle(sales)
    chance.shuffle(returns)
    assert shop((sales, returns)).rows(*asked, by=["month"]) == before


@MANY
@given(shops, st.sampled_from(["month", "week", "date", "year", "quarter"]))
def test_new_and_returning_are_all_customers(made: Any, period: str) -> None:
    rows = shop(made).rows(
        "customers", "new_customers", "returning_customers", "repeat_customers", by=[period, "channel"]
    )
    for *_, customers, new, returning, repeat in rows:
        assert new + returning == customers
        assert returning <= repeat <= customers


@MANY
@given(shops)
def test_28_days_are_the_days_asked_one_by_one(made: Any) -> None:
    gold = shop(made)
    for day, net, customers in gold.rows("net_sales.28d", "customers.28d", by=["date"], where="date >= '2020-12-25'")[
        :5
    ]:
        first = day.fromordinal(day.toordinal() - 27)
        assert gold.rows("net_sales", "customers", first=first, last=day) == [(net, customers)]


@pytest.mark.parametrize("basis", ["event", "order"])
def test_no_rows_no_figures(basis: str) -> None:
    assert SmallGold().rows("net_sales", "orders", by=["month"], basis=basis) == []
