"""Calendars as companies count them: fiscal years, the weeks of their periods, public holidays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_WEEKS_IN_QUARTER = 13


@dataclass(frozen=True, slots=True)
class FiscalDay:
    """A day's place in the fiscal calendar; periods are 1 to 12, weeks 1 to 53."""

    year: int
    quarter: int
    period: int
    week: int


def fiscal_day(day: date, month: int, weeks: str = "", week_start: int = 1) -> FiscalDay:
    """The place of a day where fiscal years begin with the first day of `month`, or with a week near it.

    With `weeks` (such as 4-4-5) a year begins on the `week_start` (1 is Monday) that is nearest to the first of the
    month, and a 53rd week belongs to the last period; National Retail Federation, 4-5-4 calendar: 2, "4-5-4", 7.
    A year is called by the calendar year in which it begins, or ends where it begins in July or later.

    >>> fiscal_day(date(2024, 1, 31), 2), fiscal_day(date(2024, 7, 1), 7).year
    (FiscalDay(year=2023, quarter=4, period=12, week=53), 2025)
    """
    begins = max(
        start
        for year in (day.year - 1, day.year, day.year + 1)
        if (start := _start(year, month, weeks, week_start)) <= day
    )
    nearest = begins + timedelta(days=15)  # in the month that it is called by, though it may begin a few days before
    year = nearest.year + (1 if month > 6 else 0)
    week = (day - begins).days // 7 + 1
    period = _period(week, weeks) if weeks else (day.year - begins.year) * 12 + day.month - begins.month + 1
    return FiscalDay(year, (period - 1) // 3 + 1, period, week)


def _start(year: int, month: int, weeks: str, week_start: int) -> date:
    first = date(year, month, 1)
    if not weeks:
        return first
    back = (first.isoweekday() - week_start) % 7
    return first - timedelta(days=back) if back <= 3 else first + timedelta(days=7 - back)


def _period(week: int, weeks: str) -> int:
    quarter, left = divmod(min(week, 52) - 1, _WEEKS_IN_QUARTER)
    first, second, _ = (int(part) for part in weeks.split("-"))
    return quarter * 3 + (1 if left < first else 2 if left < first + second else 3)


def holiday_names(countries: Iterable[str], years: range) -> dict[date, str]:
    """Public holidays of whole countries, such as «DE: Christmas Day; US: Christmas Day», in English where there is."""
    from holidays import country_holidays

    found: dict[date, list[str]] = {}
    for country in countries:
        known = country_holidays(country)
        language = next((each for each in ("en_US", "en_GB", "en") if each in known.supported_languages), None)
        for day, name in sorted(country_holidays(country, years=years, language=language).items()):
            found.setdefault(day, []).append(f"{country}: {name}")
    return {day: "; ".join(names) for day, names in found.items()}
