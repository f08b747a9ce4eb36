"""Which columns name rows, of their own feed or another; how a feed changes; what holds what an entity asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from shoplake.draft.columns import LOOK, is_id
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.synonyms import ANYWHERE, NOUNS, OWN
from shoplake.silver import BY_BASE
from shoplake.sources.declaration import FILE_NAME, Change

THINGS = ("customer", "product", "store", "order")
_TYPES = {"decimal": {"integer", "decimal"}, "int": {"integer"}, "boolean": {"boolean"}}
_TYPES |= {"date": {"date", "timestamp"}, "timestamp": {"date", "timestamp"}}
_OF_THE_ORDER = {"order_discount_amount", "shipping_amount", "tax_amount"}  # of a line, where lines have them
_GENERIC = {"id", "key", "no", "nr", "num", "number", "code", "ref", "fk", "pk"}
_DISTINCTIVE = 50  # different values, from which on it's no chance that all of them are in another column
_DATED = re.compile(r"(?<!\d)\d{4}[-_.]?\d{2}[-_.]?\d{2}(?!\d)")
_UPDATED = re.compile(r"(last_)?(updated|modified|changed)(_at|_on|_date|_time)?|effective_(at|date|from)|valid_from")
_IDS = {"source", *(f"{thing}_id" for thing in THINGS)}


def find_keys(feeds: list[Feed]) -> list[Feed]:
    """Fill in `keys` and `references`. Of several unique columns the key is the one that others refer to most."""
    columns = [(feed, column) for feed in feeds for column in feed.columns.values()]
    likely = [(f, c) for f, c in columns if is_id(c.words) or c.guess.type in {"string", "integer"}]
    unique = [(feed, column) for feed, column in likely if is_unique(feed, column.name)]
    for feed in feeds:
        own = [column for other, column in unique if other is feed]
        keys = [(column, other) for other, column in unique if other is not feed]
        again = [c for c in feed.columns.values() if is_id(c.words) and is_unique(feed, c.name, in_each_file=True)]
        candidates = [c for c in again if c in own or not any(_refers(c, *key) for key in keys)] or own
        rank = {c.name: sum(_refers(x, c, feed) for f, x in columns if f is not feed) for c in candidates}
        feed.keys = (max(rank, key=lambda name: rank[name]),) if rank else ()
    for feed, column in columns:
        keyed = [(other.columns[other.keys[0]], other) for other in feeds if other is not feed and other.keys]
        score, name = max(((_refers(column, key, other), other.name) for key, other in keyed), default=(0, ""))
        if score and (column.name,) != feed.keys:
            feed.references[column.name] = name
        if score or (column.name,) == feed.keys:  # text in all feeds, or none of its rows would be found
            column.type = "string"
    return feeds


def is_unique(feed: Feed, *names: str, in_each_file: bool = False) -> bool:
    """Whether no two different rows (of a file, as another may hold newer states) are the same there, or lack one."""
    if any("" in feed.columns[name].counts for name in names) or feed.distinct(*names) < 2:
        return False
    files = ["_file"] * in_each_file
    return feed.distinct(*names, *files) == feed.distinct(*feed.columns, *files)


def delivery_of(feed: Feed, lines: dict[str, str] | None) -> tuple[Change, str]:
    """What to declare for a feed, and why. `lines`: what the map selects of them, if its rows are lines."""
    rows, is_event = feed.table.num_rows, lines is not None
    keys = feed.keys if not is_event or (feed.keys and is_unique(feed, *feed.keys)) else ()
    named = {sql for name, sql in (lines or {}).items() if name in {"order_id", "line_number"}}
    both = tuple(name for name, column in feed.columns.items() if column.sql() in named)
    if len(both) == 2 and is_unique(feed, *both):
        keys = both
    if not keys and (equal := rows - feed.distinct(*feed.columns)):
        return Change(deduplicate=True), f"{LOOK}: {equal:,} of {rows:,} rows equal another, and count once"
    if not keys:
        return Change(), f"{LOOK}: no key, so if your exports overlap, rows count twice" if is_event else "no key"
    why = f"{' with '.join(keys)} is unique in {rows:,} rows"
    if is_event or (len(feed.files) > 1 and is_unique(feed, *keys)):
        return Change(keys=keys), why
    if len(feed.files) == 1:
        return Change(delivery="upsert", keys=keys), why
    times = [c for c in feed.columns.values() if c.guess.type in {"date", "timestamp"} and not c.guess.misfits]
    for column in times:
        if _UPDATED.fullmatch(column.words) and "" not in column.counts:
            return Change(delivery="upsert", keys=keys, effective_at=column.name), f"{column.name} tells the newest"
    dated = FILE_NAME if all(map(_DATED.search, feed.files)) else None
    why = "snapshot, if what a file lacks is gone" if dated else "nothing tells the newest file: date their names"
    return Change(delivery="upsert", keys=keys, effective_at=dated), f"{LOOK}: {why}"


def singular(word: str) -> str:
    return re.sub("s$", "", re.sub("ies$", "y", word))


def _refers(column: Column, key: Column, feed: Feed) -> int:
    """How much speaks for a column to name rows of `feed`: 0 is nothing."""
    values = column.values
    if not values or len(values & key.values) * 10 < len(values) * 9:
        return 0
    own, its, noun = (set(map(singular, w.split("_"))) - _GENERIC for w in (column.words, key.words, feed.name))
    if own and own == (its or noun):
        return 3
    if own and (own <= its | noun) and len(values) > 1:
        return 2
    return int(len(values) >= _DISTINCTIVE and not all(re.fullmatch(r"\d{1,4}", text) for text in values))


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
        """Canonical column -> the feed's that is most like it by name (or by its `words`) and type, each used once."""
        is_own = self.own.get(entity) is feed or entity in {"order", "order_line", "return_line"}
        left_out = _IDS | (_OF_THE_ORDER if entity == "order" and self.own.get("order") is not feed else set())
        found = sorted(
            (-_likeness(entity, canonical, (words or {}).get(name, column.words), is_own=is_own), position, canonical)
            for canonical in {*OWN[entity], *BY_BASE[entity].column_names} - left_out
            for position, (name, column) in enumerate(feed.columns.items())
            if type_of(entity, canonical, column)
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


def type_of(entity: str, canonical: str, column: Column) -> str:
    """The type that a canonical column asks of a feed's, such as decimal of a price; nothing if it can't have it."""
    kind = next((c.type for c in BY_BASE[entity].columns if c.name == canonical), "decimal").partition("(")[0]
    found = column.guess.type if column.guess.type in _TYPES.get(kind, {column.guess.type}) else ""
    return kind if found and kind in {"decimal", "string"} else found


def _is_id(entity: str, feed: Feed, column: Column) -> int:
    """How much a column is like an entity's id; a plain «id» only where the feed's name says whose."""
    is_called = re.search(rf"^(?!.*(line|_item))(.*_)?({NOUNS[entity]})(e?[sn])?(_|$)", feed.name)
    return _likeness(entity, f"{entity}_id", column.words, is_own=is_called is not None)


def _likeness(entity: str, canonical: str, words: str, *, is_own: bool) -> int:
    """How much a name is like a canonical column's: 0 is not at all."""
    own, anywhere = OWN[entity].get(canonical, "x^"), ANYWHERE.get(canonical, "x^")
    if re.fullmatch(f"({NOUNS[entity]})_({own})", words) or words == canonical:
        return 3
    if re.fullmatch(anywhere, words) or (canonical == f"{entity}_id" and re.fullmatch(NOUNS[entity], words)):
        return 2
    return int(is_own and bool(re.fullmatch(own, words)))
