"""Which of a key's rows holds, under each kind of delivery; arrival doesn't matter."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest

from shoplake.lake import Engine
from shoplake.silver.change import fates, row_hash, spare_rows
from shoplake.sources.declaration import Change

SCHEMA = (
    "id string, name string, seq bigint, op string, "
    "_reasons array<string>, _effective_at timestamp, _sequence bigint, _fate string, "
    "_load_id string, _file string, _row_number bigint, _item_number bigint"
)
COLUMNS = ["id", "name", "seq", "op"]


def row(
    number: int, key: str, name: str, day: int, seq: int = 0, op: str = "u", bad: bool = False, fate: str | None = None
) -> tuple[Any, ...]:
    return (key, name, seq, op, ["x"] if bad else None, datetime(2024, 1, day), seq, fate, f"L{day}", "f", number, 0)


ROWS = [
    row(1, "a", "old", 1),
    row(2, "a", "new", 2),
    row(3, "a", "new", 2),
    row(4, "b", "low", 1, seq=1),
    row(5, "b", "high", 1, seq=2),
    row(6, "c", "gone", 1),
    row(7, "c", "gone", 2, op="d"),
    row(8, "d", "bad", 2, bad=True),
    row(9, "d", "good", 1),
]


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        # events that differ contradict each other: one holds, the others are refused
        ({"delivery": "append"}, {1: "refused", 3: "deduplicated", 4: "refused", 6: "refused", 8: "refused"}),
        ({"delivery": "upsert"}, {1: "superseded", 3: "deduplicated", 4: "superseded", 6: "superseded", 8: "refused"}),
        (
            {"delivery": "cdc", "apply_as_deletes": "op = 'd'"},
            {1: "superseded", 3: "deduplicated", 4: "superseded", 6: "superseded", 7: "deleted", 8: "refused"},
        ),
        # a snapshot of the 2nd holds a, c and (in a row that is refused) d; b was only in the one of the 1st
        (
            {"delivery": "snapshot"},
            {1: "superseded", 3: "deduplicated", 4: "superseded", 5: "deleted", 6: "superseded", 8: "refused"},
        ),
    ],
)
def test_fates(engine: Engine, change: dict[str, Any], wanted: dict[int, str]) -> None:
    declared = Change(keys=("id",), sequence_by="seq", **change)
    for seed in range(3):
        rows = ROWS.copy()
        random.Random(seed).shuffle(rows)
        assert fates_of(engine, rows, declared) == wanted


def fates_of(engine: Engine, rows: list[tuple[Any, ...]], declared: Change) -> dict[int, str]:
    """What became of the rows that don't hold, by their number."""
    found = fates(engine.createDataFrame(rows, SCHEMA), declared, COLUMNS).collect()
    assert len(found) == len(rows)
    fate = {r["_row_number"]: "refused" if r["_reasons"] else r["_fate"] for r in found}
    return {number: what for number, what in fate.items() if what}


# Loads of the 1st, 2nd and 3rd. Of «a» the newest has two rows, equal ones; of «b» it has none; of «c» one that is
# refused beside one that isn't; of «d» only one that is none of the feed.
LINES = [
    row(1, "a", "tea", 1),
    row(2, "a", "mug", 1),
    row(3, "a", "tea", 3),
    row(4, "a", "tea", 3),
    row(5, "b", "tea", 2),
    row(6, "b", "mug", 2),
    row(7, "b", "tea", 1),
    row(8, "c", "tea", 2),
    row(9, "c", "tea", 3),
    row(10, "c", "x", 3, bad=True),
    row(11, "d", "tea", 2),
    row(12, "d", "image", 3, fate="filtered:image"),
]


def test_many_rows_of_a_key_hold_together(engine: Engine) -> None:
    declared = Change(delivery="upsert", keys=("id",), rows_per_key="many")
    wanted = {1: "superseded", 2: "superseded", 7: "superseded", 8: "superseded", 10: "refused", 12: "filtered:image"}
    for seed in range(3):
        rows = LINES.copy()
        random.Random(seed).shuffle(rows)
        assert fates_of(engine, rows, declared) == wanted


def test_what_is_none_of_the_feed_names_no_key_of_a_snapshot(engine: Engine) -> None:
    rows = [row(1, "a", "x", 1), row(2, "b", "x", 1), row(3, "a", "x", 2), row(4, "b", "x", 2, fate="filtered:gone")]
    found = fates_of(engine, rows, Change(delivery="snapshot", keys=("id",)))
    assert found == {1: "deduplicated", 2: "deleted", 4: "filtered:gone"}


def test_hash_frames_and_marks_nulls(engine: Engine) -> None:
    pairs = [("a", None), (None, "a"), ("ab", "c"), ("a", "bc"), ("", None), (None, ""), (None, None), ("-", "")]
    rows = engine.createDataFrame(pairs, "x string, y string")
    assert len({r[0] for r in rows.select(row_hash(["x", "y"])).collect()}) == len(pairs)


def test_spare_rows_err_towards_looking_closer(engine: Engine) -> None:
    pairs = [("a", "b"), ("ab", "c"), ("a", "bc"), ("", "x"), ("x", ""), ("-", "")]
    rows = engine.createDataFrame(pairs, "x string, y string")
    assert spare_rows(rows, ["x", "y"]) == 0
    assert spare_rows(rows.union(rows), ["x", "y"]) == len(pairs)
    with_nulls = engine.createDataFrame([("a", None), (None, "a"), ("a", None)], "x string, y string")
    assert spare_rows(with_nulls, ["x", "y"]) >= 1
