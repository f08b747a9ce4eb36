"""Which columns name a row, which name a row of another feed, and how a feed tells of changes."""

from __future__ import annotations

import re

from shoplake.draft.columns import LOOK, is_id
from shoplake.draft.feeds import Column, Feed
from shoplake.sources.declaration import FILE_NAME, Change

_GENERIC = {"id", "key", "no", "nr", "num", "number", "code", "ref", "fk", "pk"}
_DISTINCTIVE = 50  # different values, from which on it's no chance that all of them are in another column
_DATED = re.compile(r"(?<!\d)\d{4}[-_.]?\d{2}[-_.]?\d{2}(?!\d)")
_UPDATED = re.compile(r"(last_)?(updated|modified|changed)(_at|_on|_date|_time)?|effective_(at|date|from)|valid_from")


def find_keys(feeds: list[Feed]) -> None:
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


def is_unique(feed: Feed, *names: str, in_each_file: bool = False) -> bool:
    """Whether no two different rows have the same values there, and none lacks one.

    `in_each_file`: another may hold newer states.
    """
    if any("" in feed.columns[name].counts for name in names) or feed.distinct(*names) < 2:
        return False
    if in_each_file:
        return feed.distinct(*names, "_file") == feed.distinct(*feed.columns, "_file")
    return feed.distinct(*names) == feed.different


def delivery_of(feed: Feed, lines: dict[str, str] | None) -> tuple[Change, str]:
    """What to declare for a feed, and why. `lines`: what the map selects of them, if its rows are lines."""
    rows, is_event = feed.table.num_rows, lines is not None
    keys = feed.keys if not is_event or (feed.keys and is_unique(feed, *feed.keys)) else ()
    named = {sql for name, sql in (lines or {}).items() if name in {"order_id", "line_number"}}
    both = tuple(name for name, column in feed.columns.items() if column.sql() in named)
    if not keys and len(both) == 2 and is_unique(feed, *both):
        keys = both
    if not keys and (equal := rows - feed.different):
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
    why = (
        "snapshot, if what a file lacks is gone" if dated else "nothing tells the newest file: put dates in their names"
    )
    return Change(delivery="upsert", keys=keys, effective_at=dated), f"{LOOK}: {why}"


def singular(word: str) -> str:
    return re.sub("s$", "", re.sub("ies$", "y", word))


def _refers(column: Column, key: Column, feed: Feed) -> int:
    """How much speaks for a column to name rows of `feed`: 0 is nothing."""
    values = column.values
    if not values or len(values & key.values) * 10 < len(values) * 9:
        return 0
    own, its, noun = ({singular(w) for w in x.split("_")} - _GENERIC for x in (column.words, key.words, feed.name))
    if own and own == (its or noun):
        return 3
    if own and (own <= its | noun) and len(values) > 1:
        return 2
    return int(len(values) >= _DISTINCTIVE and not all(re.fullmatch(r"\d{1,4}", text) for text in values))
