"""How dates and times are written, as Spark patterns."""

from __future__ import annotations

import re

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
_DAYS = [s.join(order) for order in ("dMy", "Mdy") for s in "./-"]
_DATES = [day.replace("y", year) for day in _DAYS for year in ("yyyy", "yy")]
_DATES = [
    "yyyy-M-d",
    "yyyy/M/d",
    "yyyy.M.d",
    *_DATES,
    "d-MMM-yyyy",
    "d MMM yyyy",
    "d-MMM-yy",
    "d MMM yy",
    "MMM d, yyyy",
]
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
    formats: list[str] = []
    whys: list[str] = []
    while left and len(formats) < _MOST_FORMATS:
        fits = {day: {text for text in left if _regex(day).fullmatch(days[text])} for day in _DATES}
        best = max(_DATES, key=lambda day: len(fits[day]))
        if len(fits[best]) * 100 < len(values):  # a rare way of writing is a mistake rather than a format
            break
        whys.append(_why(best, fits))
        for time in sorted({times[text] or "" for text in fits[best]}):
            formats.append(_widest(best, [days[text] for text in fits[best]]) + time)
        left -= fits[best]
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


def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub("y+|M+|d+", lambda letters: _LETTERS[letters[0]], pattern.replace(".", "[.]")))


def _why(best: str, fits: dict[str, set[str]]) -> str:
    """Why the day stands where it does, of two places where it may stand."""
    day_first = best.startswith("d")
    if "MMM" in best or best.startswith("yyyy"):
        return ""
    sep, year = best[1], best[4:]
    other = sep.join(("M", "d", year) if day_first else ("d", "M", year))
    count = len(fits[best] - fits[other])
    if count:
        return f"the {'first' if day_first else 'second'} number goes above 12"
    return "with points the day is first" if sep == "." else "AMBIGUOUS: no number above 12 tells day from month"


def _widest(pattern: str, days: list[str]) -> str:
    """With two letters where all texts have two digits."""
    for letter in "Md":
        wide = re.sub(rf"(?<!M){letter}(?!M)", letter * 2, pattern)
        pattern = wide if all(_regex(wide).fullmatch(day) for day in days) else pattern
    return pattern


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
