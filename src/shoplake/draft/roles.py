"""Which feed and which columns hold what a canonical entity asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shoplake.draft.feeds import Column, Feed
from shoplake.draft.synonyms import NAMES, NOUNS
from shoplake.silver import BY_BASE

_RETURNS = re.compile("return|refund|credit_note|rma|retour")
TYPES = {"decimal": {"integer", "decimal"}, "int": {"integer"}, "boolean": {"boolean"}, "date": {"date", "timestamp"}}
TYPES["timestamp"] = TYPES["date"]
_OF_THE_ORDER = {"order_discount_amount", "shipping_amount", "tax_amount"}  # of a line, where lines have them


@dataclass(frozen=True, slots=True)
class Roles:
    """The driving feed of each entity, and the feeds that list things by their key."""

    driving: dict[str, Feed]
    own: dict[str, Feed]

    def id_of(self, entity: str, feed: Feed) -> Column | None:
        """The column of `feed` that names a row of `entity`: one that refers to its feed, or has its name."""
        own = self.own.get(entity)
        if own is feed:
            return feed.columns[feed.keys[0]]
        for name, other in feed.references.items():
            if own and other == own.name:
                return feed.columns[name]
        is_own = _is_called(entity, feed)
        for canonical in (f"{entity}_id", *["email"] * (entity == "customer")):
            named = [(_likeness(entity, canonical, c.words, is_own=is_own), c) for c in feed.columns.values()]
            score, best = max(named, key=lambda item: item[0])
            if score:
                return best
        return None

    def columns_of(self, entity: str, feed: Feed) -> dict[str, Column]:
        """Canonical column -> the feed's column that is most like it by name and type, each used once."""
        is_own = self.own.get(entity) is feed or entity in {"order", "order_line", "return_line"}
        left_out = _OF_THE_ORDER if entity == "order" and self.own.get("order") is not feed else set()
        found = sorted(
            (-_likeness(entity, canonical, column.words, is_own=is_own), position, canonical)
            for canonical in NAMES[entity].keys() - left_out
            for position, column in enumerate(feed.columns.values())
            if _fits(entity, canonical, column)
        )
        columns, chosen, taken = list(feed.columns.values()), dict[str, Column](), set[int]()
        for score, position, canonical in found:
            if score and canonical not in chosen and position not in taken:
                chosen[canonical] = columns[position]
                taken.add(position)
        return chosen


def find_roles(feeds: list[Feed]) -> Roles:
    """Things from the feed whose key is theirs, else from the feed of orders or lines that names them."""
    things = ("customer", "product", "store", "order")
    roles = Roles({}, {entity: feed for entity in things for feed in feeds if _is_own(entity, feed)})
    returns = [feed for feed in feeds if _RETURNS.search(feed.name) and feed not in roles.own.values()]
    others = [feed for feed in feeds if feed not in returns and roles.id_of("order", feed)]
    lines = sorted(others, key=lambda feed: _line_score(roles, feed))[-1:]
    driving = {"order_line": lines, "return_line": returns}
    for entity in things:
        own = [roles.own[entity]] if entity in roles.own else []
        header = roles.own.get("order")
        driving[entity] = own + [feed for feed in (header, *lines) if feed and roles.id_of(entity, feed)]
    roles.driving.update({entity: found[0] for entity, found in driving.items() if found})
    return roles


def _is_own(entity: str, feed: Feed) -> bool:
    is_of_orders = any(_likeness("order", "order_id", c.words, is_own=False) for c in feed.columns.values())
    if not feed.keys or (is_of_orders and entity != "order"):
        return False
    key = feed.columns[feed.keys[0]].words
    return _likeness(entity, f"{entity}_id", key, is_own=_is_called(entity, feed)) > 0


def _is_called(entity: str, feed: Feed) -> bool:
    """Whether a feed's name says that a plain «id» in it is the entity's."""
    is_called = re.search(rf"(^|_)({NOUNS[entity]})(e?[sn])?(_|$)", feed.name)
    return is_called is not None and not re.search("line|_item", feed.name)


def _line_score(roles: Roles, feed: Feed) -> tuple[bool, bool, bool]:
    found = roles.columns_of("order_line", feed)
    has_worth = bool(found.keys() & {"net_amount", "gross_amount", "unit_price", "quantity"})
    return has_worth, roles.id_of("product", feed) is not None, roles.own.get("order") is not feed


def _likeness(entity: str, canonical: str, words: str, *, is_own: bool) -> int:
    """How much a name is like a canonical column's: 0 is not at all."""
    generic, anywhere = NAMES[entity].get(canonical, ("", ""))
    noun = NOUNS[entity]
    if (generic and re.fullmatch(f"(?:{noun})_(?:{generic})", words)) or words == canonical:
        return 3
    if (anywhere and re.fullmatch(anywhere, words)) or (canonical == f"{entity}_id" and re.fullmatch(noun, words)):
        return 2
    return int(is_own and bool(generic) and bool(re.fullmatch(generic, words)))


def _fits(entity: str, canonical: str, column: Column) -> bool:
    kind, found = kind_of(entity, canonical), column.guess
    if kind == "string":
        return canonical != "age_band" or found.type == "string"
    kinds = {found.type, found.nearly.type if found.nearly else ""}
    return bool(kinds & TYPES[kind]) or (kind == "decimal" and found.is_too_precise)


def kind_of(entity: str, canonical: str) -> str:
    """The type of a canonical column; of others, such as a price, it is decimal."""
    return next((c.type for c in BY_BASE[entity].columns if c.name == canonical), "decimal").partition("(")[0]
