"""Many states of a page in little: markup apart from what stands in it, and nothing twice."""

from __future__ import annotations

import re
from typing import Any

# What differs from state to state: texts, lines of drawings, and what these are in words.
_WORDS = re.compile(r'(?<=>)[^<>]+(?=<)|(?<= d=")[^"]*(?=")|(?<=aria-label=")[^"]*(?=")')
# So many digits of a number are more than a chart can show.
_DIGITS = 6


class Packed:
    """Takes states one by one; a part is the number of its markup and the words in it."""

    def __init__(self) -> None:
        self._forms: dict[tuple[str, ...], int] = {}
        self._parts: dict[str, _Each] = {}
        self._rows: dict[str, _Each] = {}
        self._keys: dict[str, list[str]] = {}
        self._count = 0

    def add(self, parts: dict[str, str], rows: dict[str, list[dict[str, Any]]]) -> None:
        """The parts of a page in the next state, and the rows of its charts."""
        for place in (*parts, *(place for place in self._parts if place not in parts)):
            html = parts.get(place, "")  # what isn't there in a state is empty in it
            form = tuple(_WORDS.split(html))
            number = self._forms.setdefault(form, len(self._forms))
            self._parts.setdefault(place, _Each(self._count, self._empty())).add((number, *_WORDS.findall(html)))
        for tile in (*rows, *(tile for tile in self._rows if tile not in rows)):
            each = rows.get(tile, [])
            if each:
                self._keys.setdefault(tile, list(each[0]))
            values = tuple(_short(row[key]) for row in each for key in self._keys.get(tile, ()))
            self._rows.setdefault(tile, _Each(self._count, ())).add(values)
        self._count += 1

    def _empty(self) -> tuple[Any, ...]:
        return (self._forms.setdefault(("",), len(self._forms)),)

    def to_json(self) -> dict[str, Any]:
        return {
            "forms": [*self._forms],
            "parts": {place: each.to_json() for place, each in self._parts.items()},
            "rows": {tile: {"keys": self._keys.get(tile, []), **each.to_json()} for tile, each in self._rows.items()},
        }


class _Each:
    """What there is, each once, and which of it each state has."""

    def __init__(self, before: int, empty: tuple[Any, ...]) -> None:
        """`before`: so many states had it empty."""
        self._known: dict[tuple[Any, ...], int] = {empty: 0} if before else {}
        self._at = [0] * before

    def add(self, told: tuple[Any, ...]) -> None:
        self._at.append(self._known.setdefault(told, len(self._known)))

    def to_json(self) -> dict[str, Any]:
        return {"each": [*self._known], "at": self._at}


def _short(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
