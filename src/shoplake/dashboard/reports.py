"""Reports on the data themselves, from the record of a published state: how fresh, how complete, which versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shoplake.dashboard.declaration import Report
from shoplake.dashboard.shown import Column, Rows, Shown
from shoplake.runs.account import EXPANDED, LOADED, QUARANTINED, READ, Account, Entry
from shoplake.runs.manifest import Manifest


def reports_of(manifest: Manifest) -> dict[Report, Shown]:
    """Each report by its name. No value of any row is in one."""
    makers: dict[Report, Callable[[Manifest], Shown]] = {
        "freshness": _freshness,
        "account": _account,
        "quarantine": _quarantine,
        "versions": _versions,
    }
    return {name: make(manifest) for name, make in makers.items()}


def _freshness(manifest: Manifest) -> Shown:
    """When each feed came last; ages are days before the state was published."""
    feeds: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for load in manifest.loads:
        feeds.setdefault((load["source"], load["feed"]), []).append(load)
    published = datetime.fromisoformat(manifest.published_at)
    rows = []
    for (source, feed), loads in sorted(feeds.items()):
        newest = max(loads, key=lambda load: (load["recorded_at"], load["file"]))
        landed = datetime.fromisoformat(newest["recorded_at"])
        count = sum(load["rows"] for load in loads)
        age = (published - landed).days
        rows.append((source, feed, len(loads), count, newest["file"], f"{landed:%Y-%m-%d %H:%M} UTC", age))
    columns = (
        Column("source", "Source", "text"),
        Column("feed", "Feed", "text"),
        Column("files", "Files", "count"),
        Column("rows", "Rows", "count"),
        Column("newest_file", "Newest file", "text"),
        Column("landed", "Landed", "text"),
        Column("age", "Days before this state", "count"),
    )
    return Shown(columns, tuple(rows), note="" if rows else "No file has landed.")


def _account(manifest: Manifest) -> Shown:
    """What was read for each table, and what became of it."""
    columns = (
        Column("way", "On the way", "text"),
        Column("table", "Table", "text"),
        Column("read", "Rows read", "count"),
        Column("loaded", "Loaded", "count"),
        Column("refused", "Refused", "count"),
        Column("other", "Neither", "count"),
        Column("why", "Why neither", "text"),
        Column("amount", "Control total loaded", "quantity", 2),
    )
    rows: Rows = tuple(_balance(entries) for entries in Account.from_json(manifest.account).subjects().values())
    return Shown(columns, rows, note="" if rows else "No rows were accounted for.")


def _balance(entries: list[Entry]) -> tuple[Any, ...]:
    counted = {entry.fate: entry for entry in entries if entry.rows}
    read = sum(counted[fate].rows for fate in (READ, EXPANDED) if fate in counted)
    loaded, refused = (counted[fate].rows if fate in counted else 0 for fate in (LOADED, QUARANTINED))
    others = counted.keys() - {READ, EXPANDED, LOADED, QUARANTINED}
    amount = next((entry.amount for entry in entries if entry.fate == LOADED), None)
    why = ", ".join(_words(fate) for fate in counted if fate in others)
    first = entries[0]
    way = first.layers.replace("->", "→")
    return way, first.target, read, loaded, refused, sum(counted[f].rows for f in others), why, amount


def _quarantine(manifest: Manifest) -> Shown:
    """Refused rows by reason, the most frequent first; a row may have several reasons."""
    columns = (
        Column("feed", "Feed", "text"),
        Column("refused_by", "Refused by", "text"),
        Column("reason", "Reason", "text"),
        Column("rows", "Rows", "count"),
    )
    refused = sorted(Account.from_json(manifest.account).refused, key=lambda each: (-each.rows, each.table))
    rows = tuple((_feed(each.table), each.entity, _words(each.reason), each.rows) for each in refused)
    return Shown(columns, rows, note="" if rows else "No row was refused.")


def _versions(manifest: Manifest) -> Shown:
    """Each table's published version, gold first."""
    columns = (
        Column("layer", "Layer", "text"),
        Column("table", "Table", "text"),
        Column("version", "Version", "count"),
        Column("rows", "Rows", "count"),
    )
    order = ("gold", "silver", "staging", "bronze")
    named = [(*name.split(".", 1), table.version, table.rows) for name, table in manifest.tables.items()]
    rows = sorted((row for row in named if row[0] in order), key=lambda row: (order.index(str(row[0])), row[1]))
    return Shown(columns, tuple(rows))


def _feed(table: str) -> str:
    """shop.orders of quarantine.shop__orders."""
    return table.partition(".")[2].replace("__", ".", 1)


def _words(name: str) -> str:
    """not a number: quantity, of not_a_number:quantity."""
    what, _, of = name.partition(":")
    return what.replace("_", " ") + (f": {of}" if of else "")
