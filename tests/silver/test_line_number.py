"""Numbers for lines that have none are the same however the lines arrive."""

from __future__ import annotations

import random

from shoplake.lake import Engine
from shoplake.silver.line_number import number_lines

SCHEMA = "order_id string, line_number int, product_id string, amount int"
LINES = [
    ("o1", None, "p2", 5),
    ("o1", None, "p1", 9),
    ("o1", None, "p1", 3),
    ("o1", None, None, 3),
    ("o2", 7, "p1", 1),
    ("o2", None, "p1", 2),
    ("o2", None, "p0", 2),
    ("o3", None, "p1", 1),
    ("o3", None, "p1", 1),
]


def test_rank_by_content_after_the_numbered_lines(engine: Engine) -> None:
    for seed in range(3):
        lines = LINES.copy()
        random.Random(seed).shuffle(lines)
        numbered = number_lines(engine.createDataFrame(lines, SCHEMA), within=["order_id"], by=["product_id", "amount"])
        found = sorted((r["order_id"], r["line_number"], r["product_id"], r["amount"]) for r in numbered.collect())
        assert found == [
            ("o1", 1, None, 3),
            ("o1", 2, "p1", 3),
            ("o1", 3, "p1", 9),
            ("o1", 4, "p2", 5),
            ("o2", 7, "p1", 1),
            ("o2", 8, "p0", 2),
            ("o2", 9, "p1", 2),
            ("o3", 1, "p1", 1),
            ("o3", 2, "p1", 1),
        ]
