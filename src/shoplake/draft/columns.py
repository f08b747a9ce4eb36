"""What the texts of a column are: type, format, texts for «no value», each with its evidence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from shoplake.draft.dates import read_dates
from shoplake.draft.guess import Guess
from shoplake.draft.numbers import read_numbers

_NULLS = {"na", "n/a", "#n/a", "null", "none", "nan", "-"}
_WORDS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})
_ID = re.compile(r"(.*_)?(id|key|no|nr|num|number|code|sku|ean|upc|gtin|zip|plz|postcode|phone|mobile|fax|vat|iban)")
_COUNT = re.compile(r".*(line|item|sequence|position).*_(no|nr|num|number)|.*line_item|(no|num|number)_of_.*")
PERSONAL = re.compile(r"(.*_)?(name|e_?mail|phone|mobile|address|street|birth.*|dob|zip|post(al)?_?code)(_.*)?")


def guess(name: str, texts: dict[str, str]) -> Guess:
    """The declaration of a column called `name` (in snake_case) that holds `texts`, by the places where they stand.

    >>> guess("paid", {"row 2": "1,50", "row 3": "12,00"}).formats
    ('1234,56',)
    """
    counts = Counter(text for text in texts.values() if text)
    nulls = frozenset(text for text in counts if text.lower() in _NULLS)
    if sum(counts[text] for text in nulls) * 2 > counts.total():
        nulls = frozenset()
    values = {text: count for text, count in counts.items() if text not in nulls}
    if not values:
        return Guess(why="always empty" if texts else "")
    plain, total, partly = _text(name, values, nulls), sum(values.values()), ""
    if is_id(name) or plain.why == "has leading zeros":
        return plain
    for found in (_boolean(values), read_dates(name, values), read_numbers(values)):
        bad = sum(values[text] for text in found.misfits) if found else total
        if found and bad * 20 <= total:
            first = next((place for place, text in texts.items() if text in found.misfits), "")
            refused = f"{bad:,} of {total:,} would be quarantined, such as {first}" if bad else ""
            why = "; ".join(filter(None, (found.why, refused))) or f"all {total:,} fit"
            return replace(found, nulls=nulls, why=why, is_sure=found.is_sure and not bad)
        if found and bad * 2 <= total:
            partly = "; ".join(filter(None, (f"only {100 - -(-100 * bad // total)}% fit {found.type}", found.why)))
    return replace(plain, why=partly, is_sure=False) if partly else plain


def is_id(name: str) -> bool:
    """Whether a column is an id by its name: its digits are no number to count with."""
    return bool(_ID.fullmatch(name)) and not _COUNT.fullmatch(name)


def _boolean(values: dict[str, int]) -> Guess | None:
    """Two words of one pair; a lone letter may be anything."""
    words = {text.lower() for text in values}
    is_pair = any(words == pair or (words < pair and len(max(pair)) > 1) for pair in _WORDS)
    return Guess("boolean") if is_pair else None


def _text(name: str, values: dict[str, int], nulls: frozenset[str]) -> Guess:
    """A text. Codes of two letters may hold NA (Namibia), and a person may be called Null."""
    if PERSONAL.fullmatch(name) or all(re.fullmatch("[A-Z]{2}", text) for text in values):
        nulls = frozenset()
    if any(re.fullmatch(r"0\d+", text) for text in values):
        return Guess(nulls=nulls, why="has leading zeros")
    drops_zero = all(re.fullmatch(r"\d+[.]0", text) for text in values)
    return Guess(
        nulls=nulls, why="written like 123.0: the map drops the .0" if drops_zero else "", drops_zero=drops_zero
    )
