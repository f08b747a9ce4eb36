"""Figures as people of a place write them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision, get_currency_symbol

ABSENT = "–"


class Numbers:
    """A place's way to write amounts, shares, months. Amounts are in one currency."""

    def __init__(self, locale: str = "en", currency: str = "") -> None:
        try:
            self.locale = Locale.parse(locale.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            self.locale = Locale("en")
        self.currency = currency

    def text(self, value: Any, unit: str, places: int = 0, *, is_short: bool = False) -> str:
        """A value with its unit; `is_short`: without what is behind the point, where it is large."""
        if value is None:
            return ABSENT
        if unit == "month":
            return self.month(str(value))
        if unit == "text" or isinstance(value, str):
            return str(value)
        if unit == "percent":
            return str(format_percent(_rounded(value, places + 2), f"#,##0{_point(places)} %", locale=self.locale))
        if unit == "money" and self.currency:
            places = get_currency_precision(self.currency)
        if is_short and abs(value) >= 10_000:
            places = 0
        if unit == "money" and self.currency:
            return self._amount(_rounded(value, places), places)
        return str(format_decimal(_rounded(value, places), f"#,##0{_point(places)}", locale=self.locale))

    def _amount(self, value: Decimal, places: int) -> str:
        pattern = self.locale.currency_formats["standard"].pattern.split(";")[0]
        pattern = pattern.replace("0.00", f"0{_point(places)}")
        return str(format_currency(value, self.currency, pattern, locale=self.locale, currency_digits=False))

    def month(self, value: str) -> str:
        """2017-03 as Mar 2017."""
        try:
            return str(format_skeleton("yMMM", date.fromisoformat(f"{value}-01"), locale=self.locale))
        except ValueError:
            return value

    @property
    def symbol(self) -> str:
        return str(get_currency_symbol(self.currency, self.locale)) if self.currency else ""

    def for_charts(self) -> dict[str, Any]:
        """How D3 writes numbers in this place: what a chart's axes need."""
        symbols = self.locale.number_symbols["latn"]
        before = self.locale.currency_formats["standard"].pattern.startswith("¤")
        return {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": [self.symbol, ""] if before else ["", f" {self.symbol}"],
        }


def _rounded(value: Any, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _point(places: int) -> str:
    return f".{'0' * places}" if places else ""
