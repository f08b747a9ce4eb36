"""How dates and times are written, as Spark patterns."""

from __future__ import annotations

import re
from functools import cache

from shoplake.draft.guess import Guess

_LETTERS = {
    "yyyy": r"\d{4}",
    "yy": r"\d\d",
    "MMM": "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
    "MM": "(?:0[1-9]|1[0-2])",
    "M": "(?:0?[1-9]|1[0-2])",
    "dd": r"(?:0[1-9]|[12]\d|3[01])",
    "d": r"(?:0?[1-9]|[12]\d|3[01])",
}
# Day before month, so that it wins where both fit.
_ORDERS = [sep.join((*order, year)) for order in ("dM", "Md") for sep in "./-" for year in ("yyyy", "yy")]
_NAMED = [sep.join(("d", "MMM", year)) for sep in "- " for year in ("yyyy", "yy")]
_DATES = ["yyyy-MM-dd", "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", *_ORDERS, *_NAMED, "MMM d, yyyy"]
_PARTS = re.compile(r"(?P<day>\d.*?|[A-Za-z]{3} .*?)(?P<time>[T ]\d{1,2}:\d.*)?")
_TIME = re.compile(
    r"(?P<T>[T ])(?P<h>\d\d?):\d\d(?P<sec>:\d\d)?(?P<frac>[.]\d{1,6})?(?P<half> ?[AaPp][Mm])?(?P<off>.*)"
)
_OFFSET = re.compile(r"(?P<gap> ?)(?:Z|[+-]\d\d(?P<colon>:?)\d\d)")
_IS_TIME = re.compile(r"(.*_)?(date|day|time|timestamp|datetime|at|on|ts|epoch|created|updated|modified|placed)")
_DEFAULTS = {("yyyy-MM-dd",), ("yyyy-MM-dd HH:mm:ss",)}
_MOST_FORMATS = 3


def read_dates(name: str, values: dict[str, int]) -> Guess | None:
    """Dates or timestamps, if any of the texts are. Bare digits are times only where the column's name says so."""
    bare = {r"[1-4]\d{9}": "epoch", r"[1-4]\d{12}": "epoch_ms", r"(?:19|20)\d{6}": "yyyyMMdd"}
    for digits, pattern in bare.items() if _IS_TIME.fullmatch(name) else ():
        bad = frozenset(text for text in values if not re.fullmatch(digits, text))
        if len(bad) * 2 < len(values):
            return Guess("date" if pattern == "yyyyMMdd" else "timestamp", (pattern,), bad, why="by the column's name")
    days = {text: match["day"] for text in values if (match := _PARTS.fullmatch(text))}
    times = {text: _time(text.removeprefix(day)) for text, day in days.items()}
    left = {text for text, time in times.items() if time is not None}
    fits = {day: {text for text in left if _regex(day).fullmatch(days[text])} for day in _DATES}
    formats: list[str] = []
    whys: list[str] = []
    while fits and len(formats) < _MOST_FORMATS:
        best = max(fits, key=lambda day: sum(values[text] for text in fits[day] & left))
        found = fits[best] & left
        if len(found) * 100 <= len(values):  # a rare way of writing is a mistake rather than a format
            break
        other = _turned(best)
        whys.append(_why(best, found, fits.get(other, set())))
        clocks = {times[text] or "" for text in found}
        clocks -= {clock for clock in clocks if _short(clock) != clock and _short(clock) in clocks}
        formats += [best + clock for clock in sorted(clocks)]
        left -= found
        fits = {day: texts for day, texts in fits.items() if day not in {best, other}}
    if not formats:
        return None
    births = re.search("birth|dob|born", name)
    return Guess(
        type="timestamp" if any(":mm" in pattern for pattern in formats) else "date",
        formats=() if tuple(formats) in _DEFAULTS else tuple(formats),
        misfits=frozenset(values.keys() - (times.keys() - left)),
        why="; ".join(dict.fromkeys(filter(None, whys))),
        is_sure=not any("AMBIGUOUS" in why for why in whys),
        zone="UTC" if any("X" in pattern for pattern in formats) else "",  # such texts carry their own
        first_year=(1920 if births else 1970) if any(re.search(r"\byy\b", pattern) for pattern in formats) else None,
    )


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub("y+|M+|d+", lambda letters: _LETTERS[letters[0]], pattern.replace(".", "[.]")))


def _turned(pattern: str) -> str:
    """Month and day the other way round, where both are numbers in front."""
    return re.sub("^(d|M)(.)(d|M)(?!M)", r"\3\2\1", pattern)


def _short(clock: str) -> str:
    return re.sub("HH|hh", lambda hour: hour[0][0], clock)


def _why(best: str, found: set[str], other: set[str]) -> str:
    """Why the day stands where it does, of two places where it may stand."""
    if _turned(best) == best:
        return ""
    if found - other:
        return f"the {'first' if best[0] == 'd' else 'second'} number goes above 12"
    return "with points the day is first" if "." in best else "AMBIGUOUS: no number above 12 tells day from month"


def _time(text: str) -> str | None:
    """The pattern of what follows the day; None if it is no time."""
    match = _TIME.fullmatch(text)
    offset = _OFFSET.fullmatch(match["off"]) if match and match["off"] else None
    if not match or (match["off"] and not offset):
        return None if text else ""
    pattern = ("'T'" if match["T"] == "T" else " ") + ("h" if match["half"] else "H") * len(match["h"]) + ":mm"
    pattern += (":ss" if match["sec"] else "") + ("." + "S" * (len(match["frac"]) - 1) if match["frac"] else "")
    pattern += (" a" if " " in match["half"] else "a") if match["half"] else ""
    if offset:
        pattern += offset["gap"] + ("XX" if offset["colon"] == "" and match["off"][-1] != "Z" else "XXX")
    return pattern
