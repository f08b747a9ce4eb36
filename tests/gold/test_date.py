"""dim_date against Python's own calendar."""

from __future__ import annotations

from datetime import date, timedelta

from shoplake.gold.dimensions import date as dim_date
from shoplake.lake import Engine
from shoplake.silver import order, return_line


def test_every_day_of_the_years(engine: Engine) -> None:
    orders = engine.createDataFrame([(date(2019, 12, 30),)], "order_date date")
    returns = engine.createDataFrame([(date(2021, 1, 3),)], "return_date date")
    rows = {row["date"]: row for row in dim_date.build(dim_date.TABLE, orders, returns).collect()}
    first, last = date(2019, 1, 1), date(2021, 12, 31)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert sorted(rows) == days
    for day in days:
        row, iso = rows[day], day.isocalendar()
        assert (row["iso_year"], row["iso_week"], row["day_of_week"]) == (iso.year, iso.week, iso.weekday)
        assert (row["year"], row["month"], row["day_of_month"]) == (day.year, day.month, day.day)
        assert row["quarter"] == (day.month + 2) // 3
        assert (row["day_name"], row["month_name"]) == (day.strftime("%A"), day.strftime("%B"))
        assert (row["year_month"], row["is_weekend"]) == (day.strftime("%Y-%m"), iso.weekday > 5)


def test_no_orders_no_days(engine: Engine) -> None:
    orders = engine.createDataFrame([], "order_date date")
    returns = engine.createDataFrame([], "return_date date")
    assert dim_date.build(dim_date.TABLE, orders, returns).count() == 0
    assert dim_date.TABLE.reads == (order.TABLE, return_line.TABLE)
