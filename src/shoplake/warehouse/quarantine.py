"""The refused rows as they lie in quarantine: counted, shown, exported."""

from __future__ import annotations

import json
from dataclasses import dataclass

import duckdb

from shoplake.errors import QueryError
from shoplake.lake import Lake
from shoplake.warehouse.query import Answer

_COLUMNS = "entity, reasons, row, _file, _row_number, _item_number"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that `entity` refused (`parse`: all of them do), as it came. `item` is 0 where nothing is exploded."""

    source: str
    feed: str
    entity: str
    reasons: tuple[str, ...]
    row: str
    file: str
    number: int
    item: int

    @property
    def place(self) -> tuple[str, str, str, str, int, int]:
        return self.source, self.feed, self.entity, self.file, self.number, self.item


def refused_rows(lake: Lake, wanted: str = "", reason: str = "") -> list[RefusedRow]:
    """The rows that the last run refused, published or not, in the order of their files.

    `wanted` is a source or `source.feed`; `reason` begins one of a row's reasons.
    """
    source_wanted, _, feed_wanted = wanted.partition(".")
    folders = sorted(path.name for path in (lake.root / "quarantine").glob("*__*"))
    there = [name.partition("__")[::2] for name in folders if lake.exists(f"quarantine.{name}")]
    chosen = [(s, f) for s, f in there if source_wanted in {"", s} and feed_wanted in {"", f}]
    if wanted and not chosen:
        names = ", ".join(".".join(pair) for pair in there)
        remedy = f"There are: {names}" if names else "Run `shoplake run` first"
        raise QueryError(f"there is no quarantine of «{wanted}»", remedy=remedy)
    found: list[RefusedRow] = []
    for source, feed in chosen:
        name = f"quarantine.{source}__{feed}"
        files = list(lake.sizes(name, lake.head(name).version))
        if not files:
            continue
        with lake.at_hand(name, files) as root:
            paths = [str(root / file) for file in files]
            rows = duckdb.execute(f"SELECT {_COLUMNS} FROM read_parquet(?) ORDER BY 4, 5, 6, 1", [paths]).fetchall()  # noqa: S608
            found += [RefusedRow(source, feed, r[0], tuple(r[1]), r[2] or "", *r[3:]) for r in rows]
    return [row for row in found if any(each.startswith(reason) for each in row.reasons)]


def counted(rows: list[RefusedRow]) -> Answer:
    """How many rows were refused, by source, feed, entity and reason, and where the first of them is."""
    counts: dict[tuple[str, str, str, str], list[RefusedRow]] = {}
    for row in rows:
        for reason in row.reasons:
            counts.setdefault((row.source, row.feed, row.entity, reason), []).append(row)
    columns = ["source", "feed", "refused by", "reason", "rows", "first in"]
    return Answer(columns, [(*k, len(v), f"{v[0].file}, row {v[0].number}") for k, v in sorted(counts.items())])


def listed(rows: list[RefusedRow]) -> Answer:
    """The rows with their values in columns; what couldn't be split stands under `row`."""
    values = [_values(row.row) for row in rows]
    names = list(dict.fromkeys(name for each in values for name in each))
    columns = ["source", "feed", "refused by", "reasons", "file", "row number", "item", *names]
    return Answer(
        columns,
        [
            (r.source, r.feed, r.entity, " ".join(r.reasons), r.file, r.number, r.item, *(v.get(n) for n in names))
            for r, v in zip(rows, values, strict=True)
        ],
    )


def compared(before: list[RefusedRow], after: list[RefusedRow]) -> str:
    """What became of the refused rows: one sentence."""
    then, now = {row.place for row in before}, {row.place for row in after}
    places = [(len(then - now), "are refused no longer"), (len(then & now), "still are"), (len(now - then), "are new")]
    return f"Of {len(then):,} refused rows " + ", ".join(f"{count:,} {what}" for count, what in places) + "."


def _values(row: str) -> dict[str, str]:
    try:
        found = json.loads(row)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"row": row}
