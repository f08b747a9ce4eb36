"""The stretch of days that a page shows, and the one that it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates, both inclusive."""

    first: date
    last: date

    @property
    def is_of_months(self) -> bool:
        """Whether it is whole calendar months."""
        return self.first.day == 1 and (self.last + _DAY).day == 1

    def before(self) -> Period:
        """The stretch of the same length just before; of whole months, as many months."""
        if self.is_of_months:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
            return Period(month_start(self.first, -months), self.first - _DAY)
        return Period(self.first - (self.last - self.first) - _DAY, self.first - _DAY)

    def year_ago(self) -> Period:
        """The same days a year before; 29 February counts with the last day of its month."""
        return Period(_year_ago(self.first), _year_ago(self.last + _DAY) - _DAY)

    def clipped(self, first: date, last: date) -> Period | None:
        """The part within some days, if any."""
        found = Period(max(self.first, first), min(self.last, last))
        return found if found.first <= found.last else None


def month_start(day: date, months: int = 0) -> date:
    """The first day of the month that lies so many months after that of a day.

    >>> month_start(date(2025, 3, 31), -3)
    datetime.date(2024, 12, 1)
    """
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def _year_ago(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


# Presets by name: what they are called, and the days, given the last day that there are data of.
PRESETS: dict[str, tuple[str, Callable[[date], Period]]] = {
    "last_12_months": ("Last 12 months", lambda last: Period(month_start(last, -11), last)),
    "last_3_months": ("Last 3 months", lambda last: Period(month_start(last, -2), last)),
    "this_month": ("This month", lambda last: Period(month_start(last), last)),
    "last_month": ("Last month", lambda last: Period(month_start(last, -1), month_start(last) - _DAY)),
    "last_28_days": ("Last 28 days", lambda last: Period(last - 27 * _DAY, last)),
    "this_year": ("This year", lambda last: Period(date(last.year, 1, 1), last)),
    "last_year": ("Last year", lambda last: Period(date(last.year - 1, 1, 1), date(last.year - 1, 12, 31))),
    "all": ("All time", lambda last: Period(date.min, last)),
}
DEFAULT = "last_12_months"
