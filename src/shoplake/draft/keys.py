"""Which columns name a row, and which name a row of another feed."""

from __future__ import annotations

import re

from shoplake.draft.columns import is_id
from shoplake.draft.feeds import Column, Feed

_GENERIC = {"id", "key", "no", "nr", "num", "number", "code", "ref", "fk", "pk"}
_DISTINCTIVE = 50  # different values, from which on it's no chance that all of them are in another column


def find_keys(feeds: list[Feed]) -> None:
    """Fill in `keys` and `references`. Of several unique columns the key is the one that others refer to most."""
    unique = {feed.name: [c for c in feed.columns.values() if _may_be_key(feed, c)] for feed in feeds}
    pointed: dict[tuple[str, str], int] = {}
    for feed in feeds:
        for column in feed.columns.values():
            for other in feeds:
                for key in unique[other.name] if other is not feed else ():
                    score = _refers(column, key, other)
                    pointed[other.name, key.name] = pointed.get((other.name, key.name), 0) + score
    for feed in feeds:
        if unique[feed.name]:
            best = max(unique[feed.name], key=lambda key: (pointed.get((feed.name, key.name), 0), is_id(key.words)))
            feed.keys = (best.name,)
    for feed in feeds:
        for column in feed.columns.values():
            others = [other for other in feeds if other is not feed and other.keys]
            scores = {other.name: _refers(column, other.columns[other.keys[0]], other) for other in others}
            if scores and max(scores.values()) and (column.name,) != feed.keys:
                feed.references[column.name] = max(scores, key=lambda name: scores[name])


def is_unique(feed: Feed, *names: str) -> bool:
    """Whether no two rows looked at have the same values there, and none lacks one."""
    rows = list(zip(*(feed.columns[name].texts for name in names), strict=True))
    return len(rows) > 1 and len(set(rows)) == len(rows) and all(map(all, rows))


def _may_be_key(feed: Feed, column: Column) -> bool:
    is_like_id = is_id(column.words) or column.guess.type in {"string", "integer"}
    return is_like_id and is_unique(feed, column.name)


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
