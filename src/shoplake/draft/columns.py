"""What the texts of a column are: type, format, texts for «no value», each with its evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set
from dataclasses import replace

from shoplake.draft.dates import read_dates
from shoplake.draft.guess import Guess
from shoplake.draft.numbers import read_numbers

_NULLS = {"na", "n/a", "#n/a", "null", "none", "nan", "-"}
_WORDS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"true"}, {"false"})
_ID = re.compile(r"(.*_)?(id|key|no|nr|num|number|code|sku|ean|upc|gtin|zip|plz|postcode|phone|mobile|fax|vat|iban)")
_COUNT = re.compile(r".*(line|item|sequence|position).*_(no|nr|num|number)|.*line_item|(no|num|number)_of_.*")
LEADING_ZEROS = "has leading zeros"
_PERSONAL = re.compile(".*(name|mail|phone|mobile|address|street|birth|dob|zip|post(al)?_?code).*")


def guess(name: str, texts: dict[str, str]) -> Guess:
    """The declaration of a column called `name` (in snake_case) that holds `texts`, by the places where they stand.

    >>> guess("paid", {"row 2": "1,50", "row 3": "12,00"}).formats
    ('1234,56',)
    """
    counts = Counter(text for text in texts.values() if text)
    nulls = frozenset(text for text in counts if text.lower() in _NULLS)
    values = {text: count for text, count in counts.items() if text not in nulls}
    if not values:
        return Guess(why="always empty" if texts else "")
    plain, total = _text(name, counts, values.keys()), sum(values.values())
    if is_id(name) or plain.why == LEADING_ZEROS:
        return plain
    for found in (_boolean(values), read_dates(name, values), read_numbers(values)):
        if found is None:
            continue
        bad = sum(values[text] for text in found.misfits)
        first = next((place for place, text in texts.items() if text in found.misfits), "")
        refused = f"{bad:,} of {total:,} would be quarantined, such as {first}" if bad else ""
        why = "; ".join(filter(None, (found.why, refused))) or f"all {total:,} fit"
        typed = replace(found, nulls=nulls, why=why, is_sure=found.is_sure and not bad)
        if bad * 20 <= total:
            return typed
        if bad * 2 <= total or found.is_too_precise:
            why = "; ".join(filter(None, (f"only {100 - -(-100 * bad // total)}% fit {found.type}", found.why)))
            is_sure = not found.is_too_precise
            plain = replace(plain, why=why, is_sure=is_sure, is_too_precise=not is_sure, nearly=typed)
    return plain


def is_id(name: str) -> bool:
    """Whether a column is an id by its name: its digits are no number to count with."""
    return bool(_ID.fullmatch(name)) and not _COUNT.fullmatch(name)


def _boolean(values: dict[str, int]) -> Guess | None:
    """Both words of a pair: one alone may be anything, such as Norway."""
    return Guess("boolean") if {text.lower() for text in values} in _WORDS else None


def _text(name: str, counts: Counter[str], values: Set[str]) -> Guess:
    """A text. Codes of two letters may hold NA (Namibia), a person may be called Null, and most may be none."""
    nulls = counts.keys() - values
    is_code = all(re.fullmatch("[A-Z]{2}", text) for text in values)
    if _PERSONAL.fullmatch(name) or is_code or sum(counts[text] for text in nulls) * 2 > counts.total():
        nulls = set()
    drops_zero = all(re.fullmatch(r"\d+[.]0", text) for text in values)
    why = "written like 123.0: the map drops the .0" if drops_zero else ""
    why = LEADING_ZEROS if any(re.fullmatch(r"0\d+", text) for text in values) else why
    return Guess(nulls=frozenset(nulls), why=why, drops_zero=drops_zero)
