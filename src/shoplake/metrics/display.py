"""Figures as they are shown: all digits for programs, those that matter for people."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shoplake.metrics.ask import Answer


def exact(answer: Answer) -> list[tuple[Any, ...]]:
    """Rows with all digits that say something: 12.300000000000 is 12.30."""
    places = _places(answer)
    return [tuple(_short(value, p) for value, p in zip(row, places, strict=True)) for row in answer.rows]


def rounded(answer: Answer) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Headings and rows for people; shares in percent, amounts with their currency above."""
    units = [None] * len(answer.question.by) + [asked.unit for asked in answer.question.asked]
    signs = {"percent": " %", "money": f" {answer.currency}" if answer.currency else ""}
    columns = [name + signs.get(unit or "", "") for name, unit in zip(answer.columns, units, strict=True)]
    places = _places(answer)
    rows = [tuple(_round(*cell) for cell in zip(row, places, units, strict=True)) for row in answer.rows]
    return columns, rows


def _places(answer: Answer) -> list[int | None]:
    return [*([None] * len(answer.question.by)), *(asked.places for asked in answer.question.asked)]


def _short(value: Any, places: int | None) -> Any:
    if places is None or not isinstance(value, Decimal):
        return value
    digits = -int(value.normalize().as_tuple().exponent)
    return value.quantize(Decimal(1).scaleb(-max(digits, places, 0)))


def _round(value: Any, places: int | None, unit: str | None) -> Any:
    if places is None or value is None:
        return value
    number = Decimal(str(value)) * (100 if unit == "percent" else 1)
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
