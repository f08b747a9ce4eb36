"""Comparisons, worked out by hand: leap days, months cut off, weekdays, 28 days, shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from shoplake.errors import QueryError
from tests.metrics.small_gold import SmallGold


def sold(day: str, amount: int, **more: object) -> dict[str, object]:
    return {"order_date": day, "gross_amount": amount, "order_id": f"O{day}{more}"} | more


@pytest.fixture(scope="module")
def leap() -> SmallGold:
    """Three Februaries around a leap day."""
    return SmallGold(
        [
            sold("2019-02-28", 5),
            sold("2020-02-28", 20),
            sold("2020-02-29", 7),
            sold("2021-02-28", 54),
            sold("2021-03-01", 9),
        ]
    )


def test_february_is_compared_whole(leap: SmallGold) -> None:
    rows = leap.rows("net_sales", "net_sales.year_ago", "net_sales.yoy", by=["month"])
    assert rows == [
        ("2019-02", 5, None, None),
        ("2020-02", 27, 5, 27 / 5 - 1),
        ("2021-02", 54, 27, 1.0),
        ("2021-03", 9, None, None),
        ("2022-02", None, 54, None),
        ("2022-03", None, 9, None),
    ]


def test_the_leap_day_has_no_day_a_year_before_nor_after(leap: SmallGold) -> None:
    found = dict(leap.rows("net_sales.year_ago", by=["date"], first=date(2020, 1, 1), last=date(2021, 12, 31)))
    assert found == {date(2020, 2, 28): 5, date(2021, 2, 28): 20}


def test_a_period_is_compared_without_a_dimension(leap: SmallGold) -> None:
    february = {"first": date(2021, 2, 1), "last": date(2021, 2, 28)}
    assert leap.rows("net_sales", "net_sales.year_ago", **february) == [(54, 27)]
    assert leap.rows("net_sales.year_ago", where="month = '2021-02'") == [(27,)]


def test_a_month_that_is_not_over_is_compared_with_as_many_days() -> None:
    gold = SmallGold(
        [sold("2020-11-03", 10), sold("2020-11-20", 100), sold("2021-11-03", 30)],
        as_of=date(2021, 11, 4),
    )
    assert gold.rows("net_sales.year_ago", by=["month"]) == [("2021-11", 10)]


def test_months_of_different_length() -> None:
    gold = SmallGold(
        [sold(f"2021-01-{day}", 1) for day in (28, 29, 30, 31)] + [sold("2021-02-28", 8), sold("2021-03-31", 2)]
    )
    rows = gold.rows("net_sales", "net_sales.month_ago", "net_sales.mom", by=["month"], last=date(2021, 3, 31))
    assert rows == [("2021-01", 4, None, None), ("2021-02", 8, 4, 1.0), ("2021-03", 2, 8, -0.75)]


def test_the_same_weekdays() -> None:
    # 2021-03-01 is a Monday, as are 2020-03-02 and 2021-02-22
    gold = SmallGold([sold("2020-03-01", 1), sold("2020-03-02", 4), sold("2021-02-22", 5), sold("2021-03-01", 10)])
    asked = ("net_sales.weekday_ago", "net_sales.weekday_yoy", "net_sales.week_ago", "net_sales.wow")
    assert gold.rows(*asked, first=date(2021, 3, 1), last=date(2021, 3, 1)) == [(4, 1.5, 5, 1.0)]
    by_weekday = gold.rows("net_sales.weekday_ago", by=["day_name"], first=date(2021, 2, 22), last=date(2021, 3, 7))
    assert by_weekday == [("Monday", 4), ("Sunday", 1)]


def test_28_days_count_a_person_once() -> None:
    gold = SmallGold(
        [
            sold("2021-01-01", 10, customer_key=1),
            sold("2021-01-02", 5, customer_key=2),
            sold("2021-01-28", 1, customer_key=1),
        ]
    )
    found = {day: rest for day, *rest in gold.rows("net_sales.28d", "customers.28d", by=["date"])}
    assert found[date(2021, 1, 1)] == [10, 1]
    assert found[date(2021, 1, 27)] == [15, 2]
    assert found[date(2021, 1, 28)] == [16, 2]
    assert found[date(2021, 1, 29)] == [6, 2]  # that of 1 January is 28 days old
    assert found[date(2021, 1, 30)] == [1, 1]
    assert found[date(2021, 2, 24)] == [1, 1]
    assert date(2021, 2, 25) not in found


def test_new_customers_of_28_days() -> None:
    gold = SmallGold([sold("2021-01-01", 10), sold("2021-01-28", 1), sold("2021-02-10", 1)])
    found = {day: rest for day, *rest in gold.rows("new_customers.28d", "returning_customers.28d", by=["date"])}
    assert found[date(2021, 1, 28)] == [1, 0]
    assert found[date(2021, 1, 29)] == [0, 1]


def test_shares_are_of_all_in_the_same_time() -> None:
    gold = SmallGold(
        [
            sold("2021-01-01", 30, age_band="18-24", customer_key=1),
            sold("2021-01-02", 10, age_band="25-34", customer_key=1),
            sold("2021-02-01", 60, age_band=None, customer_key=2),
        ]
    )
    assert gold.rows("net_sales.share", by=["month", "age_band"]) == [
        ("2021-01", "18-24", 0.75),
        ("2021-01", "25-34", 0.25),
        ("2021-02", "Unknown", 1.0),
    ]
    assert gold.rows("net_sales.share", by=["age_band"]) == [("18-24", 0.3), ("25-34", 0.1), ("Unknown", 0.6)]
    assert gold.rows("net_sales.share", by=["month"]) == [("2021-01", 0.4), ("2021-02", 0.6)]
    # one person of two is in two bands
    assert gold.rows("customers.share", by=["age_band"]) == [("18-24", 0.5), ("25-34", 0.5), ("Unknown", 0.5)]
    assert gold.rows("net_sales.share", by=["age_band"], where="age_band <> 'Unknown'") == [
        ("18-24", 0.75),
        ("25-34", 0.25),
    ]


def test_new_and_returning_in_the_year_before() -> None:
    gold = SmallGold(
        [sold("2019-05-01", 1), sold("2020-05-01", 1), sold("2020-05-02", 1, customer_key=2), sold("2021-05-01", 1)]
    )
    asked = ("new_customers", "returning_customers", "new_customers.year_ago", "returning_customers.year_ago")
    assert gold.rows(*asked, by=["month"], where="year = 2021") == [("2021-05", 0, 1, 1, 1)]


@pytest.mark.parametrize(
    ("metric", "more", "reason"),
    [
        ("net_sales.mom", {"by": ["date"]}, "Ask it with month"),
        ("net_sales.yoy", {"by": ["week"]}, "week goes with .week_ago, .weekday_ago"),
        ("net_sales.yoy", {"by": ["day_name"]}, "can't be asked with day_name"),
        ("net_sales.yoy", {"by": ["month"], "where": "is_holiday"}, "can't be asked with is_holiday"),
        ("net_sales.yoy", {"by": ["age_band"]}, "compares periods, and none is shown"),
        ("net_sales.yoy", {"first": date(2021, 1, 1)}, "compares periods, and none is shown"),
        ("net_sales.28d", {}, "Ask it by date"),
        ("net_sales.28d", {"by": ["month"]}, "Ask it with date"),
        ("net_sales.wow", {"by": ["month"]}, "Ask it with date, week"),
        ("net_sales.yesterday", {}, "there is no comparison «yesterday»"),
    ],
)
def test_what_cannot_be_compared_is_refused(leap: SmallGold, metric: str, more: dict[str, object], reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        leap.rows(metric, **more)


def test_figures_are_exact_decimals(leap: SmallGold) -> None:
    assert isinstance(leap.one("net_sales"), Decimal)


@pytest.mark.parametrize("metric", ["aov.share", "gross_margin_rate.share"])
def test_a_ratio_is_no_part_of_anything(leap: SmallGold, metric: str) -> None:
    with pytest.raises(QueryError, match="is no part of anything"):
        leap.ask(metric, by=["channel"])


def test_what_a_comparison_leaves_out_is_told() -> None:
    gold = SmallGold([sold("2021-02-26", 5), sold("2021-01-26", 5, currency="GBP")])
    asked = {"first": date(2021, 2, 1), "last": date(2021, 2, 28)}
    assert gold.ask("gross_sales", **asked).cautions == ()
    (told,) = gold.ask("gross_sales.month_ago", **asked).cautions
    assert "1 in GBP, on these or other days" in told
