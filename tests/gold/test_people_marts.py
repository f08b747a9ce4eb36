"""Marts about people against figures worked out by hand, and by properties that hold for any figures."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract.business import Business
from shoplake.gold.facts import exchange_rate, returns, sales
from shoplake.gold.marts import buyers, cohort, customer, customer_day, demographics
from shoplake.gold.marts.attributes import ATTRIBUTES
from shoplake.gold.marts.decomposition import effects
from shoplake.gold.marts.segments import SEGMENTS, segment, segment_of
from shoplake.lake import Engine
from tests.conftest import day
from tests.gold.frames import frame

USD = {"2024-01-10": "0.90", "2024-02-20": "0.80", "2025-01-10": "0.50"}
# order, day, customer, currency, sales amount; a second line of an order has its id again
LINES = [
    ("O1", "2024-01-10", 1, "EUR", "10.00"),
    ("O1", "2024-01-10", 1, "EUR", "5.0001"),
    ("O2", "2024-01-10", 1, "USD", "10.00"),  # 9.00
    ("O3", "2024-01-31", 2, "EUR", "40.00"),
    ("O4", "2024-02-20", 1, "USD", "1.01"),  # 0.808
    ("O5", "2024-02-21", 1, "USD", "7.00"),  # no rate on that day
    ("O6", "2024-04-01", 3, "EUR", "8.00"),
    ("O7", "2025-01-10", 3, "EUR", "60.00"),
    ("O8", "2025-01-10", -1, "EUR", "99.00"),  # nobody
    ("O9", "2025-01-11", 2, "EUR", "4.00"),  # not before the reference date
]
RETURNS = [  # day, customer, currency, amount
    ("2024-01-30", 2, "EUR", "4.00"),
    ("2024-02-20", 2, "USD", "5.00"),  # 4.00
    ("2024-02-22", 2, "USD", "6.00"),  # no rate
    ("2025-01-11", 2, "EUR", "7.00"),  # later
    ("2025-01-01", -1, "EUR", "7.00"),
]
AS_OF = date(2025, 1, 11)
# customer, born, gender, region, from, to; customer 1 moves in February, 4 never bought and changed in March
VERSIONS = [
    (1, "1999-01-20", "F", "North", "1900-01-01", "2024-02-20"),
    (1, "1999-01-20", "F", "South", "2024-02-20", "9999-12-31"),
    (2, None, "M", "North", "1900-01-01", "9999-12-31"),
    (3, None, "Unknown", "South", "1900-01-01", "9999-12-31"),
    (4, None, "F", "North", "1900-01-01", "2024-03-05"),
    (4, None, "F", "South", "2024-03-05", "9999-12-31"),
    (5, None, "M", "South", "1900-01-01", "9999-12-31"),
]
BANDS = (18, 25, 65)


def version_of(who: int, on: str) -> int:
    """A key for each row of VERSIONS."""
    return next((at for at, (key, *_, since, until) in enumerate(VERSIONS) if key == who and since <= on < until), -1)


@pytest.fixture(scope="module")
def days(engine: Engine) -> DataFrame:
    lines = [
        {
            **{"source": "s", "order_id": order, "line_number": at, "order_date": day(on), "rate_date": day(on)},
            **{"order_month": on[:7], "customer_key": who, "customer_version_key": version_of(who, on)},
            **{"age_band": "18-24" if who == 1 and on < "2024-01-20" else "25-64" if who == 1 else "Unknown"},
            **{"currency": currency, "counts_as": "sale", "quantity": Decimal(2), "is_merchandise": True},
            **dict.fromkeys(("gross_amount", "net_amount", "sales_amount"), Decimal(amount)),
            "discount_amount": Decimal(0),
        }
        for at, (order, on, who, currency, amount) in enumerate(LINES)
    ]
    return customer_day.build(customer_day.TABLE, frame(engine, sales.TABLE, lines), rates(engine))


def rates(engine: Engine) -> DataFrame:
    told = [{"currency": "USD", "rate_date": day(on), "rate": Decimal(rate)} for on, rate in USD.items()]
    every = {on for _, on, *_ in LINES} | {on for on, *_ in RETURNS}
    told += [{"currency": "EUR", "rate_date": day(on), "rate": Decimal(1)} for on in every]
    return frame(engine, exchange_rate.TABLE, told)


def came_back(engine: Engine) -> DataFrame:
    rows = [
        {"return_date": day(on), "rate_date": day(on), "customer_key": who, "currency": c, "return_amount": Decimal(a)}
        for on, who, c, a in RETURNS
    ]
    return frame(engine, returns.TABLE, rows)


def versions(engine: Engine) -> DataFrame:
    rows = [
        {
            **dict.fromkeys(ATTRIBUTES, "Unknown"),
            **{"customer_version_key": at, "customer_key": who, "birth_date": day(born) if born else None},
            **{"gender": gender, "region": region, "valid_from": day(since), "valid_to": day(until)},
        }
        for at, (who, born, gender, region, since, until) in enumerate(VERSIONS)
    ]
    return frame(engine, demographics.TABLE.reads[1], rows)


@pytest.fixture(scope="module")
def customers(engine: Engine, days: DataFrame) -> DataFrame:
    built = customer.build(customer.TABLE, days, came_back(engine), rates(engine), as_of=AS_OF)
    return customer.finish(customer.TABLE, built, as_of=AS_OF, churn_days=180)


def test_amounts_in_the_reporting_currency_keep_all_digits(days: DataFrame) -> None:
    found = {(str(r["order_date"]), r["customer_key"], r["currency"]): r for r in days.collect()}
    assert len(found) == 8  # nobody's isn't there
    usd = found["2024-02-20", 1, "USD"]
    assert (usd["sales_amount"], usd["reporting_sales_amount"]) == (Decimal("1.01"), Decimal("0.808"))
    none = found["2024-02-21", 1, "USD"]
    assert (none["sales_amount"], none["reporting_sales_amount"], none["unconverted_line_count"]) == (7, 0, 1)
    first = found["2024-01-10", 1, "EUR"]
    assert (first["order_count"], first["line_count"], first["unit_quantity"]) == (1, 2, 4)
    assert first["reporting_sales_amount"] == Decimal("15.0001")


def test_customers(customers: DataFrame) -> None:
    found = {
        row["customer_key"]: (
            *(row["order_count"], row["reporting_sales_amount"], row["unconverted_line_count"]),
            *(row["return_line_count"], row["reporting_return_amount"], row["unconverted_return_line_count"]),
            *(str(row["first_order_date"]), str(row["last_order_date"]), row["cohort_month"], row["recency_days"]),
            *(row["churn_status"], row["customer_type"]),
        )
        for row in customers.collect()
    }
    # the last order of 1 is 325 days ago, that of 2 is 346, that of 3 is one
    assert found == {
        1: (4, Decimal("24.8081"), 1, 0, 0, 0, "2024-01-10", "2024-02-21", "2024-01", 325, "churned", "returning"),
        2: (1, Decimal("40"), 0, 3, Decimal("8"), 1, "2024-01-31", "2024-01-31", "2024-01", 346, "churned", "new"),
        3: (2, Decimal("68"), 0, 0, 0, 0, "2024-04-01", "2025-01-10", "2024-04", 1, "active", "returning"),
    }


@pytest.mark.parametrize(
    ("as_of", "status"),
    [("2024-04-10", "active"), ("2024-04-11", "lapsing"), ("2024-07-09", "lapsing"), ("2024-07-10", "churned")],
)
def test_who_has_churned(engine: Engine, as_of: str, status: str) -> None:
    """Of 180 days: active up to the 90th after the last order, on 11 January, churned from the 181st on."""
    rows = frame(
        engine,
        customer.TABLE,
        [{"customer_key": 1, "first_order_date": day("2024-01-11"), "last_order_date": day("2024-01-11"),
          "order_count": 1, "reporting_sales_amount": Decimal(1)}],
    )  # fmt: skip
    (row,) = customer.finish(customer.TABLE, rows, as_of=day(as_of), churn_days=180).collect()
    assert row["churn_status"] == status


def test_every_combination_of_scores_has_one_segment(engine: Engine) -> None:
    scores = list(product(range(1, 6), repeat=3))
    rows = engine.createDataFrame(scores, "r int, f int, m int").withColumn("segment", segment_of("r", "f", "m"))
    found = {(row["r"], row["f"], row["m"]): row["segment"] for row in rows.collect()}
    assert found == {each: segment(*each) for each in scores}
    assert set(found.values()) == set(SEGMENTS)
    # by hand, from docs/marts.md
    assert [found[each] for each in [(5, 4, 3), (4, 2, 2), (4, 1, 1), (3, 5, 5), (3, 3, 3), (3, 1, 1)]] == [
        "champion", "potential_loyalist", "recent", "loyal", "needs_attention", "about_to_sleep"
    ]  # fmt: skip
    assert [found[each] for each in [(1, 4, 4), (2, 2, 3), (1, 1, 1)]] == ["at_risk", "hibernating", "lost"]


def test_cohorts(engine: Engine, days: DataFrame) -> None:
    rows = cohort.build(cohort.TABLE, days, came_back(engine), rates(engine), as_of=AS_OF).collect()
    found = {(row["cohort_month"], row["months_since_first"]): row for row in rows}
    assert len(rows) == 13 + 10  # from January 2024, and from April, to January 2025
    names = ("customer_count", "active_customer_count", "order_count", "reporting_sales_amount",
             "return_line_count", "reporting_return_amount", "unconverted_return_line_count")  # fmt: skip
    shown = {at: tuple(row[name] for name in names) for at, row in found.items() if any(row[n] for n in names[1:])}
    assert shown == {
        ("2024-01", 0): (2, 2, 3, Decimal("64.0001"), 1, Decimal(4), 0),
        ("2024-01", 1): (2, 1, 2, Decimal("0.808"), 2, Decimal(4), 1),
        ("2024-04", 0): (1, 1, 1, Decimal(8), 0, 0, 0),
        ("2024-04", 9): (1, 1, 1, Decimal(60), 0, 0, 0),
    }
    assert found["2024-01", 12]["customer_count"] == 2


@pytest.fixture(scope="module")
def by_month(engine: Engine, days: DataFrame, customers: DataFrame) -> dict[tuple[str, str, str], Any]:
    people = versions(engine)
    bought = buyers.build(buyers.TABLE, days, people, as_of=AS_OF)
    built = demographics.build(demographics.TABLE, bought, people, customers, as_of=AS_OF, age_bands=BANDS)
    return {(row["year_month"], row["attribute"], row["attribute_value"]): row for row in built.collect()}


def test_population_is_as_it_was(by_month: dict[tuple[str, str, str], Any]) -> None:
    def people(attribute: str, month: str) -> dict[str, int]:
        return {value: row["population"] for (at, of, value), row in by_month.items() if (at, of) == (month, attribute)}

    # 4 is known from the change of March on, 5 since ever: nothing tells since when. 3 is known from April on.
    assert people("all", "2024-01") == {"all": 3}
    assert people("gender", "2024-01") == {"F": 1, "M": 2}
    assert people("region", "2024-01") == {"North": 2, "South": 1}
    assert people("region", "2024-02") == {"North": 1, "South": 2}  # 1 moved on the 20th
    assert people("region", "2024-03") == {"North": 1, "South": 3}
    assert people("gender", "2024-04") == {"F": 2, "M": 2, "Unknown": 1}
    # 25 on the 20th of January: at its end they are in the next band, but they bought in the one before
    assert people("age_band", "2024-01") == {"18-24": 1, "25-64": 1, "Unknown": 2}
    assert people("age_band", "2024-02") == {"25-64": 1, "Unknown": 2}


def test_buyers_are_as_they_were(by_month: dict[tuple[str, str, str], Any]) -> None:
    january, february = by_month["2024-01", "region", "North"], by_month["2024-02", "region", "South"]
    assert (january["buyer_count"], january["order_count"], january["line_count"]) == (2, 3, 4)
    assert january["reporting_sales_amount"] == Decimal("64.0001")
    assert (february["buyer_count"], february["order_count"], february["unconverted_line_count"]) == (1, 2, 1)
    assert by_month["2024-01", "age_band", "18-24"]["buyer_count"] == 1


def test_the_change_of_a_year_by_hand(by_month: dict[tuple[str, str, str], Any]) -> None:
    """January: of all customers 3, of whom 2 bought for 64.0001; a year later 5, of whom 1 bought for 60.

    Per person 0.6667 and 0.2 bought, for 32.00005 and 60 each. People: 2 x ((0.6667 x 32.00005 + 0.2 x 60) / 3 +
    (0.6667 x 60 + 0.2 x 32.00005) / 6) = 2 x (33.33337 / 3 + 46.40001 / 6) = 37.6889; share: (0.2 - 0.6667) x
    ((3 x 32.00005 + 5 x 60) / 3 + (3 x 60 + 5 x 32.00005) / 6) = -0.46667 x (132.00005 + 56.66671) = -88.0445.
    """
    row = by_month["2025-01", "all", "all"]
    assert (row["population"], row["buyer_count"], row["population_before"], row["buyer_count_before"]) == (5, 1, 3, 2)
    assert row["reporting_sales_before_amount"] == Decimal("64.0001")
    assert row["reporting_population_effect_amount"] == Decimal("37.6889")
    assert row["reporting_penetration_effect_amount"] == Decimal("-88.0445")
    assert row["reporting_spend_effect_amount"] == Decimal("60") - Decimal("64.0001") - Decimal("37.6889") + Decimal(
        "88.0445"
    )
    assert by_month["2024-12", "all", "all"]["reporting_sales_before_amount"] is None


def test_a_group_that_is_new_or_gone(by_month: dict[tuple[str, str, str], Any]) -> None:
    new, gone = by_month["2025-01", "gender", "Unknown"], by_month["2025-01", "age_band", "18-24"]
    assert (new["population_before"], new["reporting_sales_before_amount"]) == (0, 0)
    assert new["reporting_population_effect_amount"] == 60
    assert (gone["population"], gone["reporting_sales_amount"]) == (0, 0)
    assert gone["reporting_population_effect_amount"] == Decimal("-24.0001")
    for row in (new, gone):
        assert (row["reporting_penetration_effect_amount"], row["reporting_spend_effect_amount"]) == (0, 0)


def test_parts_sum_to_the_whole(by_month: dict[tuple[str, str, str], Any]) -> None:
    sums: dict[tuple[str, str], tuple[Any, ...]] = {}
    for (month, attribute, _), row in by_month.items():
        told = (row["reporting_sales_amount"], row["order_count"], row["line_count"])
        sums[month, attribute] = tuple(map(sum, zip(sums.get((month, attribute), (0, 0, 0)), told, strict=True)))
    for (month, _), told in sums.items():
        assert told == sums[month, "all"]


def shapley(before: tuple[int, int, int], now: tuple[int, int, int]) -> list[Fraction]:
    """The mean effect of each factor over all orders in which they may change, from the definition, in fractions."""

    def factors(people: int, bought: int, sold: int) -> list[Fraction | None]:
        return [
            Fraction(people),
            Fraction(bought, people) if people else None,
            Fraction(sold, bought) if bought else None,
        ]

    then, after = factors(*before), factors(*now)
    pairs = [
        tuple(Fraction(0) if each is None else each for each in (a if a is not None else b, b if b is not None else a))
        for a, b in zip(then, after, strict=True)
    ]
    found = [Fraction(0)] * 3
    for order in permutations(range(3)):
        state = [pair[0] for pair in pairs]
        for at in order:
            was = state[0] * state[1] * state[2]
            state[at] = pairs[at][1]
            found[at] += (state[0] * state[1] * state[2] - was) / 6
    return found


def test_effects_are_shapley_values_and_leave_no_rest(engine: Engine) -> None:
    rng = random.Random(7)
    rows = []
    for _ in range(300):
        told: list[int] = []
        for _ in range(2):
            people = rng.choice([0, 1, 5, rng.randint(1, 5000)])
            bought = rng.randint(0, people)
            told += [people, bought, rng.randint(0, 10**6) if bought else 0]
        rows.append(tuple(told))
    names = ("p0", "b0", "s0", "p1", "b1", "s1")
    schema = ", ".join(f"{name} {'decimal(38,12)' if name[0] == 's' else 'bigint'}" for name in names)
    typed = [tuple(Decimal(v) if n[0] == "s" else v for n, v in zip(names, row, strict=True)) for row in rows]
    split = effects(("p0", "b0", "s0"), ("p1", "b1", "s1"))
    built = engine.createDataFrame(typed, schema).select(*names, *[e.alias(f"e{at}") for at, e in enumerate(split)])
    found = built.collect()
    assert len(found) == 300
    for row in found:
        told = tuple(int(row[name]) for name in names)
        assert row["e0"] + row["e1"] + row["e2"] == row["s1"] - row["s0"]
        wanted = shapley(told[:3], told[3:])  # type: ignore[arg-type]
        assert all(abs(Fraction(row[f"e{at}"]) - each) < Fraction(1, 1000) for at, each in enumerate(wanted))


def test_no_year_before_no_effects(engine: Engine) -> None:
    rows = engine.createDataFrame(
        [(None, None, None, 1, 1, Decimal(5))], "a int, b int, c decimal(38,12), d int, e int, f decimal(38,12)"
    )
    (row,) = rows.select(*[e.alias(f"e{n}") for n, e in enumerate(effects(("a", "b", "c"), ("d", "e", "f")))]).collect()
    assert tuple(row) == (None, None, None)


def test_the_order_of_rows_does_not_matter(engine: Engine, days: DataFrame, customers: DataFrame) -> None:
    people = versions(engine)

    def built(rows: DataFrame, known: DataFrame) -> list[str]:
        bought = buyers.build(buyers.TABLE, rows, known, as_of=AS_OF)
        told = demographics.build(demographics.TABLE, bought, known, customers, as_of=AS_OF, age_bands=BANDS)
        return sorted(map(str, told.collect()))

    backwards = days.orderBy(F.desc("order_date"), F.desc("customer_key")), people.orderBy(F.desc("valid_from"))
    assert built(*backwards) == built(days, people)


def test_attributes_are_those_that_a_company_may_declare() -> None:
    assert Business().cube_attributes == ATTRIBUTES
