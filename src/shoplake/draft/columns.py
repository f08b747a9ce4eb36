"""What the texts of a column are: type, format, texts for «no value», each with its evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from shoplake.sources.number_format import number_format

LOOK = "LOOK"  # marks in a comment what a person has to decide
_NULLS = {"na", "n/a", "#n/a", "null", "nan", "-"}
# Both words of a pair: one alone may be anything, such as Norway.
_WORDS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"true"}, {"false"})
_ID = re.compile(r"(.*_)?(id|key|no|nr|num|number|code|sku|ean|upc|gtin|zip|plz|postcode|phone|mobile|fax|vat|iban)")
_COUNT = re.compile(r".*(line|item|sequence|position).*_(no|nr|num|number)|(no|num|number)_of_.*")
_PERSONAL = re.compile(".*(name|mail|phone|mobile|address|street|birth|dob|zip|post(al)?_?code).*")
_NUMBER = re.compile(r"[(+-]?\s?([$€£¥]?)[\d\s.,'+-]*\d[\d.,]*(\s?[$€£¥])?(-)?\)?")
# How 1234.56 may be written, the likelier first; in pairs what the same text may mean.
_BODIES = re.split("[|]", "1234|1,234|1234.56|1,234.56|1234,56|1.234|1.234,56|1'234|1'234.56|1 234|1 234,56")
_PAIRS = ({"1,234", "1234,56"}, {"1.234", "1234.56"})
_LETTERS = {"yyyy": r"\d{4}", "yy": r"\d\d", "MMM": "[A-Za-z]{3}", "M": "(0?[1-9]|1[0-2])", "a": "[AaPp][Mm]"}
_LETTERS |= {"d": r"(0?[1-9]|[12]\d|3[01])", "H": r"\d\d?", "h": r"\d\d?", "mm": r"\d\d", "ss": r"\d\d", ".": "[.]"}
# Day before month, so that it wins where both fit.
_DAYS = [sep.join((*order, year)) for order in ("dM", "Md") for sep in "./-" for year in ("yyyy", "yy")]
_DAYS += ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d-MMM-yyyy", "d-MMM-yy", "d MMM yyyy", "MMM d, yyyy"]
_ISO = r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d([.]\d{1,6})?)?( ?(Z|[+-]\d\d:?\d\d))?)?"
_DATES = {"": _ISO} | {  # as Spark patterns
    day + clock: re.sub("y+|M+|mm|ss|[dHha.]", lambda letters: _LETTERS[letters[0]], day + clock)
    for clock in ("", " H:mm", " H:mm:ss", " h:mm a", " h:mm:ss a")
    for day in _DAYS
}
_BARE = {"epoch": r"[1-4]\d{9}", "epoch_ms": r"[1-4]\d{12}", "yyyyMMdd": r"(19|20)\d{6}"}
_IS_TIME = re.compile(r"(.*_)?(date|day|time|timestamp|datetime|at|on|ts|epoch|created|updated|modified|placed)")


@dataclass(frozen=True, slots=True)
class Guess:
    """`misfits`: texts that don't fit; `nulls`: those that mean «no value». `why` holds no value of the column."""

    type: str = "string"
    formats: tuple[str, ...] = ()
    misfits: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    why: str = ""
    first_year: int = 1970
    drops_zero: bool = False  # ids written like 123.0


def guess(name: str, counts: dict[str, int]) -> Guess:
    """The declaration of a column called `name` (in snake_case) that holds `counts`: text -> how often."""
    keeps = _PERSONAL.fullmatch(name) or all(re.fullmatch("[A-Z]{2}|", text) for text in counts)  # Ms Null; Namibia
    nulls = frozenset(text for text in counts if text.lower() in _NULLS and not keeps)
    values = {text: count for text, count in counts.items() if text and text not in nulls}
    if not values:
        return Guess(nulls=nulls, why="always empty" if counts else "")
    if any(re.fullmatch(r"0\d+", text) for text in values):
        return Guess(nulls=nulls, why="has leading zeros")
    if is_id(name) and all(re.fullmatch(r"\d+[.]0", text) for text in values):
        return Guess(nulls=nulls, why="written like 123.0: the map drops the .0", drops_zero=True)
    boolean = Guess("boolean") if {text.lower() for text in values} in _WORDS else None
    for found in () if is_id(name) else (boolean, _dates(name, values), _numbers(values)):
        if found and sum(values[text] for text in found.misfits) * 2 <= sum(values.values()):
            return replace(found, nulls=nulls)
    return Guess(nulls=nulls)


def is_id(name: str) -> bool:
    """Whether a column is an id by its name: its digits are no number to count with."""
    return bool(_ID.fullmatch(name)) and not _COUNT.fullmatch(name)


def _numbers(values: dict[str, int]) -> Guess:
    """Integers or decimals, by the example of a format that most of the texts fit."""
    found = {text: match for text in values if (match := _NUMBER.fullmatch(text))}
    before, after, minus = (next((m[i] for m in found.values() if m[i]), "") for i in (1, 2, 3))
    is_money, is_open = bool(before or after), any(text.startswith("(") for text in found)
    examples = {body: f"{before}{body}{after}{minus}" for body in _BODIES}
    examples = {body: f"({text})" if is_open else text for body, text in examples.items()}
    fits = {}
    for body, example in examples.items():  # no thousands after a 0, nor more digits than a number takes
        right, thousands = re.compile(number_format(example).pattern), body[1].replace("2", "x")
        wrong = re.compile(rf".*\d{{16}}|\D*0[{thousands}]|.*[.,]\d{{4}}\d*[1-9]\D*$")
        fits[body] = {text for text in found if right.match(text) and not wrong.match(text)}
    counts = {body: sum(values[text] for text in fits[body]) for body in _BODIES}
    best = max(_BODIES, key=lambda body: (counts[body], is_money and "56" not in body))  # money has no three decimals
    formats = () if examples[best] in {"1234", "1234.56"} else (examples[best],)
    is_sure = is_money or not any(best in pair and len({counts[body] for body in pair}) == 1 for pair in _PAIRS)
    why = "" if is_sure else f"{LOOK}: no text tells whether «{best.strip('123456')}» parts thousands or decimals"
    return Guess("decimal" if "56" in best else "integer", formats, frozenset(values.keys() - fits[best]), why=why)


def _dates(name: str, values: dict[str, int]) -> Guess:
    """Dates or timestamps. Bare digits are times only where the column's name says so."""
    patterns = _BARE | _DATES if _IS_TIME.fullmatch(name) else _DATES
    some = [*values][:: len(values) // 1000 + 1]
    best = max(patterns, key=lambda each: sum(values[text] for text in some if re.fullmatch(patterns[each], text)))
    turned = re.sub("^(d|M)(.)(d|M)(?!M)", r"\3\2\1", best)  # both places where the day may stand
    fits = {each: {text for text in values if re.fullmatch(patterns[each], text)} for each in (best, turned)}
    best = max(fits, key=lambda each: sum(values[text] for text in fits[each]))
    why = "by the column's name" if best in _BARE else ""
    for other in fits.keys() - {best}:
        why = "with points the day is first" if "." in best else f"{LOOK}: no number above 12 tells day from month"
        if fits[best] - fits[other]:
            why = f"the {'first' if best[0] == 'd' else 'second'} number goes above 12"
    is_time = best in {"epoch", "epoch_ms"} or any(":" in text for text in fits[best])
    first_year = 1920 if re.search("birth|dob|born", name) and re.search(r"\byy\b", best) else 1970
    formats, misfits = (best,) if best else (), frozenset(values.keys() - fits[best])
    return Guess("timestamp" if is_time else "date", formats, misfits, why=why, first_year=first_year)
