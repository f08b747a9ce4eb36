"""How to declare a column, and why."""

from __future__ import annotations

from dataclasses import dataclass

LOOK = "LOOK"  # marks in a comment what a person has to decide


@dataclass(frozen=True, slots=True)
class Guess:
    """`misfits`: texts that it doesn't fit; `nulls`: those that mean «no value». `why` holds no value of the column."""

    type: str = "string"
    formats: tuple[str, ...] = ()
    misfits: frozenset[str] = frozenset()
    nulls: frozenset[str] = frozenset()
    why: str = ""
    is_sure: bool = True
    zone: str = ""
    first_year: int | None = None
    currency: str = ""
    drops_zero: bool = False  # ids written like 123.0
    is_too_precise: bool = False  # numbers with more decimals than a decimal takes
    nearly: Guess | None = None  # what most of a text column's values are
