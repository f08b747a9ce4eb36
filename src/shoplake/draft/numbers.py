"""How numbers are written: decimal mark, thousands, currency sign, negatives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from shoplake.draft.guess import Guess

_SIGNS = "$€£¥"
_NUMBER = re.compile(
    rf"(?P<open>\()?[-+]? ?(?P<before>[{_SIGNS}]?) ?[-+]?(?P<digits>\d[\d.,' \u00a0\u202f]*?|[.,]\d+)(?P<gap> ?)"
    rf"(?P<after>[{_SIGNS}]?)(?P<minus>-)?(?P<close>\))?"
)
CURRENCY_OF = dict(zip(_SIGNS, ("USD", "EUR", "GBP", "JPY"), strict=True))


def read_numbers(values: dict[str, int]) -> Guess | None:
    """Integers or decimals, if any of the texts are; the format is the widest example of how they are written."""
    found = {text: match for text in values if (match := _NUMBER.fullmatch(text))}
    if not found:
        return None
    before, after, gap, opened, minus = (
        next((match[name] for match in found.values() if match[name]), "")
        for name in ("before", "after", "gap", "open", "minus")
    )
    point, thousands, is_sure = _marks((match["digits"] for match in found.values()), is_money=bool(before or after))
    whole = rf"(\d{{1,3}}({re.escape(thousands)}\d{{3}})+|\d{{1,18}})" if thousands else r"\d{1,18}"
    integer, precise = re.compile(whole), re.compile(rf"(\d{{0,14}}|{whole}){re.escape(point)}\d*")
    decimal = re.compile(precise.pattern.removesuffix(r"\d*") + r"\d{0,4}0*")
    parts = {text: match["digits"] for text, match in found.items()}
    broken = {text for text, part in parts.items() if not integer.fullmatch(part)}
    is_decimal = any(precise.fullmatch(parts[text]) for text in broken)
    why = "" if is_sure else f"AMBIGUOUS: no text tells whether «{thousands or point}» parts thousands or decimals"
    if is_decimal:
        broken = {text for text in broken if not decimal.fullmatch(parts[text])}
    is_too_precise = any(precise.fullmatch(parts[text]) for text in broken)
    example = f"{before}1{thousands}234" + (f"{point}56" if is_decimal else "") + (gap + after if after else "")
    example = f"({example})" if opened else example + minus
    return Guess(
        type="decimal" if is_decimal else "integer",
        formats=() if example in {"1234", "1234.56"} else (example,),
        misfits=frozenset(values.keys() - found.keys() | broken),
        why="some have more than 4 decimals" if is_too_precise else why,
        is_sure=is_sure,
        currency=before or after,
        is_too_precise=is_too_precise,
    )


def _marks(numbers: Iterable[str], *, is_money: bool) -> tuple[str, str, bool]:
    """Decimal mark, mark of thousands, and whether the texts tell."""
    points, groups, unsure = Counter[str](), Counter[str](), Counter[str]()
    for digits in numbers:
        marks = re.findall(r"\D", digits)
        if len(set(marks)) > 1:
            groups[marks[0]] += 1
            points[marks[-1]] += 1
        elif marks and (len(marks) > 1 or marks[0] not in ".,"):
            groups[marks[0]] += 1
        elif marks:  # one alone: 1,234 may be either
            (unsure if re.fullmatch(r"[1-9]\d{0,2}\D\d{3}", digits) else points)[marks[0]] += 1
    point = next((mark for mark, _ in points.most_common(1)), "")
    group = next((mark for mark, _ in groups.most_common(1) if mark != point), "")
    is_sure = bool(point or group or is_money or not unsure)  # money has no three decimals
    for mark in unsure.keys() - {point, group}:
        if mark == "." and not point and not is_money:
            point = mark
        else:
            group = group or mark
    return point or ("," if group == "." else "."), group, is_sure
