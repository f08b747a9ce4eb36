"""Which feed and which columns hold what a canonical entity asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from shoplake.draft.feeds import Column, Feed
from shoplake.draft.synonyms import NAMES, NOUNS
from shoplake.silver import BY_BASE

THINGS = ("customer", "product", "store", "order")
_TYPES = {"decimal": {"integer", "decimal", "double"}, "int": {"integer"}, "boolean": {"boolean"}}
_TYPES |= {"date": {"date", "timestamp"}, "timestamp": {"date", "timestamp"}}
_OF_THE_ORDER = {"order_discount_amount", "shipping_amount", "tax_amount"}  # of a line, where lines have them
_IDS = {"source", *(f"{thing}_id" for thing in THINGS)}


@dataclass(frozen=True, slots=True)
class Roles:
    """The driving feed of each entity, and the feeds that list things by their key."""

    driving: dict[str, Feed]
    own: dict[str, Feed]

    def id_of(self, entity: str, feed: Feed) -> Column | None:
        """The column of `feed` that names a row of `entity`: one that refers to its feed, or has its name."""
        own = self.own.get(entity)
        names = feed.keys if own is feed else [n for n, other in feed.references.items() if own and other == own.name]
        likely = max(feed.columns.values(), key=lambda column: _is_id(entity, feed, column))
        return feed.columns[names[0]] if names else likely if _is_id(entity, feed, likely) else None

    def columns_of(self, entity: str, feed: Feed, words: dict[str, str] | None = None) -> dict[str, Column]:
        """Canonical column -> the feed's column that is most like it by name and type, each used once.

        `words`: column -> what to take for its name.
        """
        is_own = self.own.get(entity) is feed or entity in {"order", "order_line", "return_line"}
        left_out = _IDS | (_OF_THE_ORDER if entity == "order" and self.own.get("order") is not feed else set())
        found = sorted(
            (-_likeness(entity, canonical, (words or {}).get(name, column.words), is_own=is_own), position, canonical)
            for canonical in {*NAMES[entity], *BY_BASE[entity].column_names} - left_out
            for position, (name, column) in enumerate(feed.columns.items())
            if column.guess.type in _TYPES.get(kind_of(entity, canonical), {column.guess.type})
        )
        columns, chosen = list(feed.columns.values()), dict[str, Column]()
        for score, position, canonical in found:
            if score and canonical not in chosen and columns[position] not in chosen.values():
                chosen[canonical] = columns[position]
        return chosen


def find_roles(feeds: list[Feed]) -> Roles:
    """Things from the feed whose key is theirs, else from the feed of orders or lines that names them."""
    keyed = [feed for feed in feeds if feed.keys]
    of_orders = {feed.name for feed in keyed if any(_is_id("order", feed, c) > 1 for c in feed.columns.values())}
    roles = Roles({}, {})
    for entity, feed in product(THINGS, keyed):
        if _is_id(entity, feed, feed.columns[feed.keys[0]]) and (entity == "order" or feed.name not in of_orders):
            roles.own[entity] = feed
    returns = [feed for feed in feeds if re.search(NOUNS["return_line"], feed.name) and feed not in roles.own.values()]
    orders = [feed for feed in feeds if feed not in returns and roles.id_of("order", feed)]
    lines = sorted(orders, key=lambda f: (bool(roles.id_of("product", f)), f is not roles.own.get("order")))[-1:]
    driving = {"order_line": lines, "return_line": returns}
    for entity in THINGS:
        candidates = [roles.own.get(entity), roles.own.get("order"), *lines]
        driving[entity] = [feed for feed in candidates if feed and roles.id_of(entity, feed)]
    roles.driving.update({entity: found[0] for entity, found in driving.items() if found})
    return roles


def kind_of(entity: str, canonical: str) -> str:
    """The type of a canonical column; of others, such as a price, it is decimal."""
    return next((c.type for c in BY_BASE[entity].columns if c.name == canonical), "decimal").partition("(")[0]


def _is_id(entity: str, feed: Feed, column: Column) -> int:
    """How much a column is like an entity's id; a plain «id» only where the feed's name says whose."""
    is_called = re.search(rf"(^|_)({NOUNS[entity]})(e?[sn])?(_|$)", feed.name) and not re.search(
        "line|_item", feed.name
    )
    return _likeness(entity, f"{entity}_id", column.words, is_own=bool(is_called))


def _likeness(entity: str, canonical: str, words: str, *, is_own: bool) -> int:
    """How much a name is like a canonical column's: 0 is not at all."""
    generic, anywhere = NAMES[entity].get(canonical, ("", ""))
    if re.fullmatch(f"({NOUNS[entity]})_({generic or 'x^'})", words) or words == canonical:
        return 3
    if re.fullmatch(anywhere or "x^", words) or (canonical == f"{entity}_id" and re.fullmatch(NOUNS[entity], words)):
        return 2
    return int(is_own and bool(re.fullmatch(generic or "x^", words)))
