"""Rates into the reporting currency: as told, the other way round, over a third currency, and for how long."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from shoplake.gold.facts import exchange_rate
from shoplake.lake import Engine
from tests.conftest import day

SILVER = "source string, currency string, quote_currency string, rate_date date, rate decimal(19,12)"
Rate = tuple[str, str, str, str, str]


def rates(
    engine: Engine, told: list[Rate], reporting: str = "EUR", rate_days: int = 3
) -> dict[tuple[str, date], Decimal]:
    rows = [(source, c, q, day(on), Decimal(rate)) for source, c, q, on, rate in told]
    days = engine.createDataFrame([(day("2024-03-01") + timedelta(days=n),) for n in range(10)], "date date")
    silver = engine.createDataFrame(rows, SILVER)
    built = exchange_rate.build(exchange_rate.TABLE, silver, days, reporting_currency=reporting, rate_days=rate_days)
    found = [(row["currency"], row["rate_date"], row["rate"]) for row in built.collect()]
    assert len({each[:2] for each in found}) == len(found)
    return {each[:2]: each[2] for each in found}


def test_a_rate_holds_until_the_next_and_not_for_ever(engine: Engine) -> None:
    told = [("s", "USD", "EUR", "2024-03-01", "0.90"), ("s", "USD", "EUR", "2024-03-02", "0.92")]
    found = rates(engine, [*told, ("s", "USD", "EUR", "2024-03-09", "0.95")])
    usd = {on.day: str(rate) for (currency, on), rate in found.items() if currency == "USD"}
    assert usd == {1: "0.900000000000"} | dict.fromkeys((2, 3, 4), "0.920000000000") | dict.fromkeys(
        (9, 10, 11), "0.950000000000"
    )


def test_the_reporting_currency_is_worth_one_on_each_day(engine: Engine) -> None:
    found = rates(engine, [])
    assert {currency for currency, _ in found} == {"EUR"}
    assert set(found.values()) == {Decimal(1)}
    assert len(found) == 10


def test_none_without_a_reporting_currency(engine: Engine) -> None:
    assert rates(engine, [("s", "USD", "EUR", "2024-03-01", "0.90")], reporting="") == {}


@pytest.mark.parametrize(
    ("told", "rate"),
    [
        ([("s", "USD", "EUR", "2024-03-01", "0.90")], "0.900000000000"),
        ([("s", "EUR", "USD", "2024-03-01", "1.25")], "0.800000000000"),  # one euro is 1.25 dollars
        # both in pounds: 0.8 pounds to the dollar, 1/0.85 euro to the pound
        ([("s", "USD", "GBP", "2024-03-01", "0.8"), ("s", "EUR", "GBP", "2024-03-01", "0.85")], "0.941176470588"),
        # what was told goes before what was worked out
        ([("s", "USD", "EUR", "2024-03-01", "0.90"), ("r", "EUR", "USD", "2024-03-01", "1.25")], "0.900000000000"),
        # of two who tell it the first by name
        ([("s", "USD", "EUR", "2024-03-01", "0.90"), ("r", "USD", "EUR", "2024-03-01", "0.91")], "0.910000000000"),
    ],
)
def test_ways_to_a_rate(engine: Engine, told: list[Rate], rate: str) -> None:
    assert str(rates(engine, told)["USD", day("2024-03-01")]) == rate
    assert str(rates(engine, told[::-1])["USD", day("2024-03-01")]) == rate
