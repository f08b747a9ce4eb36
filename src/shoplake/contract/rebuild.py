"""How much of a table is built anew when something that it is made of changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """How a change in a table that has none of the keys touches them: `on` its columns, which the table `through`
    has beside the keys. Only a change of the columns in `uses` counts, beside those in `on`.

    Without `through` rows aren't looked for: a change touches all. `where`: only rows for which it holds count.
    `is_key`: who names a new row has changed, too; only a change of rows that were there counts.
    """

    on: tuple[str, ...]
    uses: tuple[str, ...]
    through: str = ""
    where: str = "true"
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Rows that are equal in `keys` are built together, from the rows with these keys in what the table reads.

    Without keys the table is built whole. `along`: base name of a table that is read -> how its change touches keys,
    where it isn't by having them. `named_in`: the tables of which only counts whether they have a key at all.
    """

    keys: tuple[str, ...] = ()
    along: Mapping[str, Link] = field(default_factory=dict)
    named_in: tuple[str, ...] = ()


WHOLE = Rebuild()
