"""Which columns name a row, and which name a row of another feed."""

from __future__ import annotations

import re

from shoplake.draft.columns import is_id
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.guess import Guess

_GENERIC = {"id", "key", "no", "nr", "num", "number", "code", "ref", "fk", "pk"}
_DISTINCTIVE = 50  # different values, from which on it's no chance that all of them are in another column


def find_keys(feeds: list[Feed]) -> None:
    """Fill in `keys` and `references`. Of several unique columns the key is the one that others refer to most."""
    unique = {feed.name: [c for c in feed.columns.values() if _is_key(feed, c)] for feed in feeds}
    for feed in feeds:
        others = [other for other in feeds if other is not feed]
        keys = [(key, other) for other in others for key in unique[other.name]]
        again = [c for c in feed.columns.values() if is_id(c.words) and is_unique(feed, c.name, in_each_file=True)]
        candidates = unique[feed.name] or [c for c in again if not any(_refers(c, *key) for key in keys)]
        pointing = [column for other in others for column in other.columns.values()]
        rank = {c.name: (sum(_refers(column, c, feed) for column in pointing), is_id(c.words)) for c in candidates}
        feed.keys = (max(rank, key=lambda name: rank[name]),) if rank else ()
    for feed in feeds:
        keyed = [(other.columns[other.keys[0]], other) for other in feeds if other is not feed and other.keys]
        for column in feed.columns.values() if keyed else ():
            score, name = max((_refers(column, key, other), other.name) for key, other in keyed)
            if score and (column.name,) != feed.keys:
                feed.references[column.name] = name
    for feed in feeds:
        for name in {*feed.keys, *feed.references}:  # an id is text in all feeds, or none of its rows would be found
            if feed.columns[name].guess.type == "integer":
                feed.columns[name].guess = Guess(nulls=feed.columns[name].guess.nulls)


def _is_key(feed: Feed, column: Column) -> bool:
    return (is_id(column.words) or column.guess.type in {"string", "integer"}) and is_unique(feed, column.name)


def is_unique(feed: Feed, *names: str, in_each_file: bool = False, is_strict: bool = False) -> bool:
    """Whether no two rows looked at have the same values there, and none lacks one.

    Equal rows are one, in one file too unless it `is_strict`. `in_each_file`: another may hold newer states.
    """
    files = [position for position, sample in enumerate(feed.samples) for _ in sample.rows]
    keys = list(zip(*(feed.columns[name].texts for name in names), strict=True))
    rows = list(zip(*(column.texts for column in feed.columns.values()), strict=True))
    if len(set(keys)) < 2 or not all(map(all, keys)):
        return False
    if is_strict and len(set(zip(files, keys, strict=True))) < len(keys):
        return False
    if in_each_file:
        return len(set(zip(files, keys, strict=True))) == len(set(zip(files, rows, strict=True)))
    return len(set(keys)) == len(set(rows))


def _refers(column: Column, key: Column, feed: Feed) -> int:
    """How much speaks for a column to name rows of `feed`: 0 is nothing."""
    values = column.values
    if not values or len(values & key.values) * 10 < len(values) * 9:
        return 0
    own, its = _words(column.words), _words(key.words)
    noun = _words(feed.name)
    if own and own == (its or noun):
        return 3
    if own and (own <= its | noun) and len(values) > 1:
        return 2
    return int(len(values) >= _DISTINCTIVE and not all(re.fullmatch(r"\d{1,4}", text) for text in values))


def _words(name: str) -> set[str]:
    """The telling words of a name, in the singular."""
    singular = (re.sub("s$", "", re.sub("ies$", "y", word)) for word in name.split("_"))
    return set(singular) - _GENERIC
