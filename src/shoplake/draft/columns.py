"""What the texts of a column are: type, format, texts for «no value», each with its evidence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from shoplake.sources.number_format import number_format

LOOK = "LOOK"  # marks in a comment what a person has to decide
_NULLS = {"na", "n/a", "#n/a", "null", "nan", "-"}
_WORDS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"true"}, {"false"})
_ID = re.compile(r"(.*_)?(id|key|no|nr|num|number|code|sku|ean|upc|gtin|zip|plz|postcode|phone|mobile|fax|vat|iban)")
_COUNT = re.compile(r".*(line|item|sequence|position).*_(no|nr|num|number)|(no|num|number)_of_.*")
_PERSONAL = re.compile(".*(name|mail|phone|mobile|address|street|birth|dob|zip|post(al)?_?code).*")
_NUMBER = re.compile(r"[(+-]?\s?(?P<before>[$€£¥]?)[\d\s.,'+-]*\d[\d.,]*(?P<after>\s?[$€£¥])?(?P<minus>-)?\)?")
# How 1234.56 may be written, the likelier first; in pairs what the same text may mean.
_BODIES = [
    "1234",
    "1,234",
    "1234.56",
    "1,234.56",
    "1234,56",
    "1.234",
    "1.234,56",
    "1'234",
    "1'234.56",
    "1 234",
    "1 234,56",
]
_PAIRS = ({"1,234", "1234,56"}, {"1.234", "1234.56"})
_LETTERS = {"yyyy": r"\d{4}", "yy": r"\d\d", "MM": "(0[1-9]|1[0-2])", "M": "(0?[1-9]|1[0-2])"}
_LETTERS |= {"dd": r"(0[1-9]|[12]\d|3[01])", "d": r"(0?[1-9]|[12]\d|3[01])"}
_LETTERS |= {"MMM": "(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"}
# Day before month, so that it wins where both fit.
_DATES = ["yyyy-MM-dd", "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d-MMM-yyyy", "d-MMM-yy", "d MMM yyyy", "MMM d, yyyy"]
_DATES += [sep.join((*order, year)) for order in ("dM", "Md") for sep in "./-" for year in ("yyyy", "yy")]
_PARTS = re.compile(r"(\d.*?|[A-Za-z]{3} .*?)([T ]\d{1,2}:\d.*)?")
_TIME = re.compile(
    r"([T ])(\d\d?):\d\d(?P<s>:\d\d)?(?P<f>[.]\d{1,6})?(?P<a> ?[AaPp][Mm])?(?P<gap> ?)(?P<x>Z|[+-]\d\d:?\d\d)?"
)
_IS_TIME = re.compile(r"(.*_)?(date|day|time|timestamp|datetime|at|on|ts|epoch|created|updated|modified|placed)")
_BARE = {"epoch": r"[1-4]\d{9}", "epoch_ms": r"[1-4]\d{12}", "yyyyMMdd": r"(19|20)\d{6}"}


@dataclass(frozen=True, slots=True)
class Guess:
    """`misfits`: texts that don't fit; `nulls`: those that mean «no value». `why` holds no value of the column.

    The type double stands for numbers with more decimals than a decimal takes: they stay text.
    """

    type: str = "string"
    formats: tuple[str, ...] = ()
    misfits: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    why: str = ""
    zone: str = ""
    first_year: int | None = None


def guess(name: str, counts: dict[str, int]) -> Guess:
    """The declaration of a column called `name` (in snake_case) that holds `counts`: text -> how often.

    >>> guess("paid", {"1,50": 1, "12,00": 3}).formats
    ('1234,56',)
    """
    is_code = all(re.fullmatch("[A-Z]{2}|", text) for text in counts)  # NA is Namibia, and a person may be called Null
    keeps = is_code or _PERSONAL.fullmatch(name)
    nulls = frozenset(text for text in counts if text.lower() in _NULLS and not keeps)
    values = {text: count for text, count in counts.items() if text and text not in nulls}
    if not values:
        return Guess(nulls=nulls, why="always empty" if counts else "")
    if any(re.fullmatch(r"0\d+", text) for text in values):
        return Guess(nulls=nulls, why="has leading zeros")
    for found in () if is_id(name) else (_boolean(values), _dates(name, values), _numbers(values)):
        if found and sum(values[text] for text in found.misfits) * 2 <= sum(values.values()):
            return replace(found, nulls=nulls)
    return Guess(nulls=nulls)


def is_id(name: str) -> bool:
    """Whether a column is an id by its name: its digits are no number to count with."""
    return bool(_ID.fullmatch(name)) and not _COUNT.fullmatch(name)


def _boolean(values: dict[str, int]) -> Guess | None:
    """Both words of a pair: one alone may be anything, such as Norway."""
    return Guess("boolean") if {text.lower() for text in values} in _WORDS else None


def _numbers(values: dict[str, int]) -> Guess | None:
    """Integers or decimals, if any of the texts are: the example of a format that most of them fit."""
    found = {text: match for text in values if (match := _NUMBER.fullmatch(text))}
    signs = [next((m[part] for m in found.values() if m[part]), "") for part in ("before", "after", "minus")]
    is_money, is_open = any(signs[:2]), any(text.startswith("(") for text in found)
    examples = {body: f"{signs[0]}{body}{signs[1]}{signs[2]}" for body in _BODIES}
    examples = {body: f"({text})" if is_open else text for body, text in examples.items()}
    fits = {body: _fitting(body, example, found) for body, example in examples.items()}
    counts = {body: sum(values[text] for text in fits[body]) for body in _BODIES}
    best = max(_BODIES, key=lambda body: (counts[body], is_money and "56" not in body))  # money has no three decimals
    if not counts[best]:
        return None
    misfits, is_decimal = frozenset(values.keys() - fits[best]), "56" in best
    if is_decimal and any(re.fullmatch(r".*[.,]\d{4}\d*[1-9]\D*", text) for text in fits[best]):
        return Guess("double", misfits=misfits, why="some have more than 4 decimals")
    formats = () if examples[best] in {"1234", "1234.56"} else (examples[best],)
    is_sure = is_money or not any(best in pair and len({counts[body] for body in pair}) == 1 for pair in _PAIRS)
    why = "" if is_sure else f"AMBIGUOUS: no text tells whether «{best.strip('123456')}» parts thousands or decimals"
    return Guess("decimal" if is_decimal else "integer", formats, misfits, why=why)


def _fitting(body: str, example: str, texts: dict[str, re.Match[str]]) -> set[str]:
    """The texts that parse would take; none has thousands after a 0, nor more digits than a number has."""
    pattern = re.compile(number_format(example).pattern)
    wrong = re.compile(r".*\d{16}|\D*0" + (re.escape(body[1]) if body[1] != "2" else "x"))
    return {text for text in texts if pattern.match(text) and not wrong.match(text)}


def _dates(name: str, values: dict[str, int]) -> Guess | None:
    """Dates or timestamps, if any of the texts are. Bare digits are times only where the column's name says so."""
    for pattern, digits in _BARE.items() if _IS_TIME.fullmatch(name) else ():
        bad = frozenset(text for text in values if not re.fullmatch(digits, text))
        if len(bad) * 2 < len(values):
            return Guess("date" if pattern == "yyyyMMdd" else "timestamp", (pattern,), bad, why="by the column's name")
    parts = {text: match for text in values if (match := _PARTS.fullmatch(text))}
    times = {text: time for text, match in parts.items() if (time := _time(match[2])) is not None}
    days = Counter[str]()
    for text in times:
        days[parts[text][1]] += values[text]
    fits = {day: {text for text in days if re.fullmatch(_regex(day), text)} for day in _DATES}
    best = max(_DATES, key=lambda day: sum(days[text] for text in fits[day]))
    found = {text: time for text, time in times.items() if parts[text][1] in fits[best]}
    if not found:
        return None
    clocks = {clock.replace("HH", "H").replace("hh", "h"): clock for clock in sorted(set(found.values()), reverse=True)}
    formats = [best + clock for clock in sorted(clocks.values())]
    first_year = 1920 if re.search("birth|dob|born", name) else 1970
    return Guess(
        type="timestamp" if any(":mm" in pattern for pattern in formats) else "date",
        formats=() if formats in (["yyyy-MM-dd"], ["yyyy-MM-dd HH:mm:ss"]) else tuple(formats),
        misfits=frozenset(values.keys() - found),
        why=_why(best, fits),
        zone="UTC" if any("X" in pattern for pattern in formats) else "",  # such texts carry their own
        first_year=first_year if re.search(r"\byy\b", best) else None,
    )


def _regex(pattern: str) -> str:
    return re.sub("y+|M+|d+", lambda letters: _LETTERS[letters[0]], pattern.replace(".", "[.]"))


def _why(best: str, fits: dict[str, set[str]]) -> str:
    """Why the day stands where it does, of two places where it may stand."""
    turned = re.sub("^(d|M)(.)(d|M)(?!M)", r"\3\2\1", best)
    if turned == best:
        return ""
    if fits[best] - fits[turned]:
        return f"the {'first' if best[0] == 'd' else 'second'} number goes above 12"
    return "with points the day is first" if "." in best else "AMBIGUOUS: no number above 12 tells day from month"


def _time(text: str | None) -> str | None:
    """The pattern of what follows the day; None if it is no time."""
    match = _TIME.fullmatch(text or "")
    if not match:
        return None if text else ""
    pattern = ("'T'" if match[1] == "T" else " ") + ("h" if match["a"] else "H") * len(match[2]) + ":mm"
    pattern += (":ss" if match["s"] else "") + ("." + "S" * (len(match["f"]) - 1) if match["f"] else "")
    pattern += " a"[-len(match["a"]) + 1 :] if match["a"] else ""
    zone = match["x"] or ""
    return pattern + match["gap"] + (("XX" if zone[0] != "Z" and ":" not in zone else "XXX") if zone else "")
