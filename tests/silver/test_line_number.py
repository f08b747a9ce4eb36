"""Numbers for lines that have none are the same however the lines arrive."""

from __future__ import annotations

import random

from shoplake.contract import Text
from shoplake.lake import Engine
from shoplake.silver import order_line
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


def test_extra_columns_are_content(engine: Engine) -> None:
    """Lines that differ in nothing else are still told apart, however they arrive."""
    table = order_line.TABLE.plus([Text("engraving", "text to engrave")])
    names = table.column_names
    schema = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    lines = [{"source": "s", "order_id": "o1", "product_id": "p1", "engraving": e} for e in ("Zoe", "Ada", None, "Max")]
    orders = engine.createDataFrame([], "source string, order_id string, order_date date")
    for rows in (lines, lines[::-1]):
        frame = engine.createDataFrame([tuple(row.get(name) for name in names) for row in rows], schema)
        found = {row["engraving"]: row["line_number"] for row in order_line.build(table, frame, orders).collect()}
        assert found == {None: 1, "Ada": 2, "Max": 3, "Zoe": 4}
