"""Columns of one's own: what the sources declare on an entity, as one contract for all of them."""

from __future__ import annotations

from collections.abc import Iterable

from shoplake.contract import Column, Extras
from shoplake.errors import DeclarationError
from shoplake.sources.declaration import Source


def extras_of(sources: Iterable[Source]) -> Extras:
    """The extra columns of each entity, by name; refuses two columns of one name that aren't the same."""
    seen: dict[str, tuple[str, str, Column]] = {}
    for source in sources:
        for entity, columns in source.extend.items():
            for name, extra in columns.items():
                here, column = f"{source.source}/source.yml: extend: {entity}: {name}", extra.contract(name)
                there, *others = seen.setdefault(name, (here, entity, column))
                if others != [entity, column]:
                    raise DeclarationError(
                        f"it is another column than {there}; one name has one entity, type, unit, meaning and title,"
                        " and is personal everywhere or nowhere",
                        where=here,
                        remedy="Make the two the same, or rename one",
                    )
    found: dict[str, tuple[Column, ...]] = {}
    for _, entity, column in sorted(seen.values(), key=lambda each: each[2].name):
        found[entity] = (*found.get(entity, ()), column)
    return found
