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


def row(number: int, key: str, name: str, day: int, seq: int = 0, op: str = "u", bad: bool = False) -> tuple[Any, ...]:
    return (key, name, seq, op, ["x"] if bad else None, datetime(2024, 1, day), seq, None, "L", "f", number, 0)


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
        found = fates(engine.createDataFrame(rows, SCHEMA), declared, COLUMNS).collect()
        assert len(found) == len(ROWS)
        fate = {r["_row_number"]: "refused" if r["_reasons"] else r["_fate"] for r in found}
        assert {number: what for number, what in fate.items() if what} == wanted


def test_hash_frames_and_marks_nulls(engine: Engine) -> None:
    pairs = [("a", None), (None, "a"), ("ab", "c"), ("a", "bc"), ("", None), (None, ""), (None, None), ("-", "")]
    rows = engine.createDataFrame(pairs, "x string, y string")
    assert len({r[0] for r in rows.select(row_hash(["x", "y"])).collect()}) == len(pairs)
    assert spare_rows(rows, ["x", "y"]) == 0
    assert spare_rows(rows.union(rows), ["x", "y"]) == len(pairs)
