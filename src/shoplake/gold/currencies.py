"""Currencies as the Unicode locale data know them."""

from __future__ import annotations

from functools import cache

USUAL_PLACES = 2


@cache
def decimal_places() -> dict[str, int]:
    """Those of the currencies whose smallest unit isn't a hundredth, such as the yen."""
    from babel.core import get_global  # late: reading it takes as long as a run that finds nothing new

    fractions = sorted(get_global("currency_fractions").items())
    return {code: places for code, (places, *_) in fractions if code != "DEFAULT" and places != USUAL_PLACES}


def currencies() -> list[tuple[str, str, int]]:
    """Code, English name and decimal places of every currency that is or was."""
    from babel.numbers import get_currency_name, list_currencies

    places = decimal_places()
    codes = sorted(list_currencies("en"))
    return [(code, get_currency_name(code, locale="en"), places.get(code, USUAL_PLACES)) for code in codes]
