"""How a feed tells of changes."""

from __future__ import annotations

import re

from shoplake.draft.entities import Entity
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.guess import LOOK
from shoplake.draft.keys import is_unique
from shoplake.sources.declaration import FILE_NAME, Change

_DATED = re.compile(r"(?<!\d)\d{4}[-_.]?\d{2}[-_.]?\d{2}(?!\d)")
_UPDATED = re.compile(r"(last_)?(updated|modified|changed)(_at|_on|_date|_time)?|effective_(at|date|from)|valid_from")


def delivery_of(feed: Feed, drives: dict[str, Entity]) -> tuple[Change, str]:
    """What to declare for a feed that drives these entities, and why."""
    looked = f"unique in {feed.rows:,} rows"
    if line := drives.get("order_line") or drives.get("return_line"):
        if feed.keys and is_unique(feed, *feed.keys):
            return Change(keys=feed.keys), f"events; {feed.keys[0]} is {looked}"
        named = {name: line.select.get(name, ("", ""))[0] for name in ("order_id", "line_number", "product_id")}
        for second in ("line_number", "product_id"):
            keys = tuple(n for n, c in feed.columns.items() if c.sql in {named["order_id"], named[second]} - {""})
            if len(keys) == 2 and is_unique(feed, *keys, is_strict=second == "product_id"):
                more = "" if second == "line_number" else f"{LOOK}: a second line of one product would be refused; "
                return Change(keys=keys), f"{more}{' with '.join(keys)} is {looked}"
        return Change(), f"{LOOK}: nothing tells equal rows apart, so if your exports overlap, rows count twice"
    if not feed.keys:
        return Change(), "no column is unique"
    key = feed.columns[feed.keys[0]]
    upsert = {"delivery": "upsert", "keys": feed.keys}
    if len(feed.samples) == 1:
        return Change.model_validate(upsert), f"things; {key.name} is {looked}"
    updated = next((c.name for c in feed.columns.values() if _is_update(c)), None)
    if updated:
        return Change.model_validate(upsert | {"effective_at": updated}), f"things; {key.name} is {looked}"
    if all(_DATED.search(sample.file.name) for sample in feed.samples):
        why = f"{LOOK}: snapshot, if what a file lacks is gone"
        return Change.model_validate(upsert | {"effective_at": FILE_NAME}), why
    if len(key.values) == len(set(zip(*(c.texts for c in feed.columns.values()), strict=True))):
        return Change(keys=feed.keys), f"{key.name} is {looked} of {len(feed.samples)} files, so none is a newer state"
    why = f"{LOOK}: nothing says which file is newer; give their names dates and declare effective_at: {FILE_NAME}"
    return Change.model_validate(upsert), why


def _is_update(column: Column) -> bool:
    return (
        bool(_UPDATED.fullmatch(column.words)) and column.guess.type in {"date", "timestamp"} and "" not in column.texts
    )
