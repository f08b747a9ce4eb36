"""What is asked of the generator, and the calendar of the shop."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

FIRST_DAY = date(2025, 3, 1)
HOME_ZONE = "Europe/Berlin"
# Days between two snapshots of the products, and between two files of what comes rarely.
PERIOD = 30
_DAY = 86_400
# Monday to Sunday.
_WEEKDAYS = np.array([0.85, 0.8, 0.85, 0.95, 1.2, 1.5, 1.05])


@dataclass(frozen=True, slots=True)
class Plan:
    """`defects`: how many of each kind; `skew`: the share of orders that one customer places."""

    lines: int = 200_000
    days: int = 365
    seed: int = 1
    skew: float = 0.0
    plain: bool = False
    defects: dict[str, int] = field(default_factory=dict)

    @property
    def customers(self) -> int:
        return max(50, self.lines // 25)

    @property
    def products(self) -> int:
        return min(24_000, max(240, int(4 * self.lines**0.5)))

    def rng(self, day: int, use: int) -> np.random.Generator:
        """The dice of one day and one use: other uses don't change what they show."""
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 16 + use]))

    def lines_by_day(self) -> np.ndarray:
        """So many lines each day, and one at least: more at the weekend, in autumn and before Christmas."""
        days = np.arange(self.days)
        weekday = (days + FIRST_DAY.weekday()) % 7
        of_year = (days + FIRST_DAY.timetuple().tm_yday) % 365
        advent = 0.9 * np.exp(-(((of_year - 348) / 14) ** 2))
        weights = _WEEKDAYS[weekday] * (1 + 0.15 * np.sin((of_year - 200) / 365 * 2 * np.pi) + advent)
        upto = np.floor(np.cumsum(weights) / weights.sum() * (self.lines - self.days) + 1e-6).astype(np.int64)
        found: np.ndarray = np.diff(upto, prepend=0) + 1
        return found


def day_of(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def epoch_day(day: int) -> int:
    """The day's number since 1970."""
    return (day_of(day) - date(1970, 1, 1)).days


def utc_of(day: int, second: np.ndarray | int, zone: str) -> np.ndarray:
    """The instants, in seconds since 1970, of local times at four o'clock or later: clocks change before."""
    noon = datetime(*day_of(day).timetuple()[:3], 12, tzinfo=ZoneInfo(zone))
    offset = noon.utcoffset()
    assert offset is not None
    return np.asarray(epoch_day(day) * _DAY + second - int(offset.total_seconds()))


def local(instants: np.ndarray, zone: str) -> np.ndarray:
    """What the zone's clock shows at the instants, in seconds since 1970."""
    changes, offsets = _offsets(zone)
    found: np.ndarray = instants + offsets[np.searchsorted(changes, instants, side="right") - 1]
    return found


def local_day(instants: np.ndarray, zone: str) -> np.ndarray:
    """The date in the zone, in days since 1970."""
    found: np.ndarray = local(instants, zone) // _DAY
    return found


@cache
def _offsets(zone: str) -> tuple[np.ndarray, np.ndarray]:
    """From when on a zone is how many seconds ahead of UTC, found by the hour."""

    def ahead(at: datetime) -> int:
        return int((at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds())

    start = datetime(*FIRST_DAY.timetuple()[:3], tzinfo=UTC) - timedelta(days=2)
    found = [(int(start.timestamp()), ahead(start))]
    for day in range(3660):
        morning = start + timedelta(days=day)
        if ahead(morning + timedelta(days=1)) != found[-1][1]:
            hours = (morning + timedelta(hours=hour) for hour in range(25))
            change = next(at for at in hours if ahead(at) != found[-1][1])
            found.append((int(change.timestamp()), ahead(change)))
    changes, offsets = np.array(found, dtype=np.int64).T
    return changes, offsets
