"""dim_date against Python's own calendar and published fiscal years."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from shoplake.gold.dimensions import date as dim_date
from shoplake.gold.dimensions.calendar import fiscal_day
from shoplake.lake import Engine
from shoplake.silver import marketing_cost, order, payment, return_line
from tests.conftest import day as on

NRF = (2, "4-5-4", 7)


def test_every_day_of_the_years(engine: Engine) -> None:
    orders = engine.createDataFrame([(date(2019, 12, 30),)], "order_date date")
    returns = engine.createDataFrame([(date(2021, 1, 3),)], "return_date date")
    payments = engine.createDataFrame([(None,)], "payment_date date")
    costs = engine.createDataFrame([], "cost_date date")
    built = dim_date.build(dim_date.TABLE, orders, returns, payments, costs, as_of=date(2021, 1, 4))
    rows = {row["date"]: row for row in built.collect()}
    first, last = date(2019, 1, 1), date(2021, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sorted(rows) == days
    for day in days:
        row, iso = rows[day], day.isocalendar()
        assert (row["iso_year"], row["iso_week"], row["day_of_week"]) == (iso.year, iso.week, iso.weekday)
        assert row["year_week"] == day.strftime("%G-W%V")
        assert (row["year"], row["month"], row["day_of_month"]) == (day.year, day.month, day.day)
        assert (row["quarter"], row["year_quarter"]) == ((day.month + 2) // 3, f"{day.year}-Q{(day.month + 2) // 3}")
        assert (row["day_name"], row["month_name"]) == (day.strftime("%A"), day.strftime("%B"))
        assert (row["year_month"], row["is_weekend"]) == (day.strftime("%Y-%m"), iso.weekday > 5)
        # a fiscal year that begins in January is the calendar's
        assert (row["fiscal_year"], row["fiscal_quarter"], row["fiscal_period"]) == (
            day.year,
            row["quarter"],
            day.month,
        )
    assert not any(row["is_holiday"] for row in rows.values())


def test_no_orders_no_days(engine: Engine) -> None:
    orders = engine.createDataFrame([], "order_date date")
    returns = engine.createDataFrame([], "return_date date")
    payments = engine.createDataFrame([], "payment_date date")
    costs = engine.createDataFrame([], "cost_date date")
    built = dim_date.build(dim_date.TABLE, orders, returns, payments, costs, as_of=date(2021, 1, 4))
    assert built.count() == 0
    assert dim_date.TABLE.reads == (order.TABLE, return_line.TABLE, payment.TABLE, marketing_cost.TABLE)


def rows_of(year: int, as_of: str, **settings: Any) -> dict[date, dict[str, Any]]:
    rows = dim_date.days_of(year, year, on(as_of), **settings)
    return {row[0]: dict(zip(dim_date.TABLE.column_names, row, strict=True)) for row in rows}


def test_days_are_told_from_the_reference_date() -> None:
    rows = rows_of(2024, "2024-03-01")  # a Friday
    names = ("relative_day", "relative_week", "relative_month", "relative_year")
    assert [rows[on("2024-02-29")][name] for name in names] == [-1, 0, -1, 0]
    assert [rows[on("2024-03-01")][name] for name in names] == [0, 0, 0, 0]
    assert [rows[on("2024-03-04")][name] for name in names] == [3, 1, 0, 0]
    assert [rows[on("2024-12-31")][name] for name in names] == [305, 44, 9, 0]


def test_holidays_of_the_declared_countries() -> None:
    rows = rows_of(2024, "2024-03-01", holidays=("DE", "US"))
    assert rows[on("2024-07-04")]["holiday_names"] == "US: Independence Day"
    assert rows[on("2024-10-03")]["holiday_names"] == "DE: German Unity Day"
    assert rows[on("2024-12-25")]["holiday_names"] == "DE: Christmas Day; US: Christmas Day"
    assert rows[on("2024-12-25")]["is_holiday"]
    assert not rows[on("2024-12-24")]["is_holiday"]


@pytest.mark.parametrize(
    ("day", "start", "year", "quarter", "period"),
    [
        ("2024-01-31", 2, 2023, 4, 12),
        ("2024-02-01", 2, 2024, 1, 1),
        ("2024-06-30", 7, 2024, 4, 12),  # Australia's year 2024 ends in June 2024
        ("2024-07-01", 7, 2025, 1, 1),
        ("2024-10-01", 10, 2025, 1, 1),  # the United States' government
        ("2025-03-31", 4, 2024, 4, 12),  # Japan
    ],
)
def test_fiscal_years_of_months(day: str, start: int, year: int, quarter: int, period: int) -> None:
    found = fiscal_day(on(day), start)
    assert (found.year, found.quarter, found.period) == (year, quarter, period)


@pytest.mark.parametrize(
    ("year", "first", "last", "weeks"),
    [  # as the National Retail Federation publishes its 4-5-4 calendar
        (2017, "2017-01-29", "2018-02-03", 53),
        (2018, "2018-02-04", "2019-02-02", 52),
        (2023, "2023-01-29", "2024-02-03", 53),
        (2024, "2024-02-04", "2025-02-01", 52),
        (2025, "2025-02-02", "2026-01-31", 52),
    ],
)
def test_retail_years(year: int, first: str, last: str, weeks: int) -> None:
    opening, closing = fiscal_day(on(first), *NRF), fiscal_day(on(last), *NRF)
    assert (opening.year, opening.period, opening.week) == (year, 1, 1)
    assert (closing.year, closing.period, closing.week) == (year, 12, weeks)
    assert fiscal_day(on(first) - timedelta(days=1), *NRF).year == year - 1


def test_weeks_of_periods() -> None:
    # NRF 2024: February is weeks 1-4, March 5-9, April 10-13; June ends with week 22; January takes what is left.
    starts = {period: on(day) for period, day in enumerate(("2024-02-04", "2024-03-03", "2024-04-07", "2024-05-05"), 1)}
    for period, day in starts.items():
        assert fiscal_day(day, *NRF).period == period
        assert fiscal_day(day - timedelta(days=1), *NRF).period == (period - 2) % 12 + 1
    assert [fiscal_day(on("2024-01-01") + timedelta(weeks=n), 1, "4-4-5").period for n in (3, 4, 7, 8, 12, 13)] == [
        1,
        2,
        2,
        3,
        3,
        4,
    ]


def test_every_day_has_one_place() -> None:
    day = on("2015-01-01")
    seen: set[tuple[int, int, int]] = set()
    before = fiscal_day(day - timedelta(days=1), *NRF)
    for _ in range(4000):
        place = fiscal_day(day, *NRF)
        seen.add((place.year, place.week, day.isoweekday()))
        assert (place.year, place.week) >= (before.year, before.week)
        before, day = place, day + timedelta(days=1)
    assert len(seen) == 4000
