"""dim_date: every day of the calendar years that something falls in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table
from shoplake.gold.dimensions.calendar import fiscal_day, holiday_names
from shoplake.lake import union_of
from shoplake.silver import marketing_cost, order, payment, return_line

# What has a day that the calendar must have.
_DATED = (
    (order.TABLE, "order_date"),
    (return_line.TABLE, "return_date"),
    (payment.TABLE, "payment_date"),
    (marketing_cost.TABLE, "cost_date"),
)
_DAYS = tuple(day for _, day in _DATED)


def build(table: Table, *dated: DataFrame, as_of: date, **settings: Any) -> DataFrame:
    """A calendar is small and of Python's own; only its ends are asked of the engine."""
    days = union_of(rows.select(F.col(day).alias("day")) for rows, day in zip(dated, _DAYS, strict=True))
    ends = days.agg(F.min("day"), F.max("day")).first()
    rows = list(days_of(ends[0].year, ends[1].year, as_of, **settings)) if ends and ends[0] else []
    schema = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    return days.sparkSession.createDataFrame(rows, schema)


def days_of(
    first_year: int,
    last_year: int,
    as_of: date,
    *,
    fiscal_year_start: int = 1,
    fiscal_weeks: str = "",
    fiscal_week_start: int = 1,
    holidays: tuple[str, ...] = (),
) -> Iterator[tuple[Any, ...]]:
    """The rows of the calendar, in the order of `TABLE.columns`."""
    names = holiday_names(holidays, range(first_year, last_year + 1))
    day, week_of_as_of = date(first_year, 1, 1), _monday(as_of)
    while day.year <= last_year:
        iso, fiscal = day.isocalendar(), fiscal_day(day, fiscal_year_start, fiscal_weeks, fiscal_week_start)
        quarter = (day.month + 2) // 3
        yield (
            day,
            day.year,
            quarter,
            day.month,
            _MONTHS[day.month - 1],
            f"{day.year}-{day.month:02}",
            f"{day.year}-Q{quarter}",
            day.day,
            iso.year,
            iso.week,
            f"{iso.year}-W{iso.week:02}",
            iso.weekday,
            _WEEKDAYS[iso.weekday - 1],
            iso.weekday > 5,
            fiscal.year,
            fiscal.quarter,
            fiscal.period,
            fiscal.week,
            day in names,
            names.get(day),
            (day - as_of).days,
            (_monday(day) - week_of_as_of).days // 7,
            (day.year - as_of.year) * 12 + day.month - as_of.month,
            day.year - as_of.year,
        )
        day += timedelta(days=1)


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _of_day(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind, meaning, required=True, made_of=("date",))


TABLE = Table(
    name="gold.dim_date",
    title="Calendar",
    meaning="Days, for every role: order date, return date",
    grain="one row per day of each calendar year that has orders, returns, payments or costs",
    key=("date",),
    columns=(
        Column("date", "date", "the day", required=True, made_of=_DAYS),
        _of_day("year", "int", "calendar year"),
        _of_day("quarter", "int", "calendar quarter, 1 to 4"),
        _of_day("month", "int", "calendar month, 1 to 12"),
        _of_day("month_name", "string", "the month in English"),
        _of_day("year_month", "string", "the month as 2017-03, which sorts"),
        _of_day("year_quarter", "string", "the quarter as 2017-Q1"),
        _of_day("day_of_month", "int", "1 to 31"),
        _of_day("iso_year", "int", "year that the ISO week belongs to"),
        _of_day("iso_week", "int", "ISO 8601 week, 1 to 53"),
        _of_day("year_week", "string", "the ISO week as 2017-W01"),
        _of_day("day_of_week", "int", "1 is Monday, 7 is Sunday"),
        _of_day("day_name", "string", "the day in English"),
        _of_day("is_weekend", "boolean", "Saturday or Sunday"),
        _of_day(
            "fiscal_year", "int", "fiscal year: the calendar year in which it begins, or ends if it begins after June"
        ),
        _of_day("fiscal_quarter", "int", "fiscal quarter, 1 to 4"),
        _of_day("fiscal_period", "int", "fiscal period, 1 to 12: months, or weeks by a pattern such as 4-4-5"),
        _of_day("fiscal_week", "int", "week of the fiscal year, 1 to 53"),
        _of_day("is_holiday", "boolean", "whether it is a public holiday in one of the declared countries"),
        Column("holiday_names", "string", "its public holidays by country", made_of=("date",)),
        _of_day("relative_day", "int", "days from the reference date; yesterday is -1"),
        _of_day("relative_week", "int", "weeks from that of the reference date, which is 0"),
        _of_day("relative_month", "int", "months from that of the reference date, which is 0"),
        _of_day("relative_year", "int", "years from that of the reference date, which is 0"),
    ),
    reads=tuple(table for table, _ in _DATED),
    build=build,
    needs_as_of=True,
    uses=("fiscal_year_start", "fiscal_weeks", "fiscal_week_start", "holidays"),
)
