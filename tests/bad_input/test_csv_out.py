"""Cells that a spreadsheet would take for formulas are harmless in every CSV that we write."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from shoplake.warehouse.quarantine import RefusedRow, listed
from shoplake.warehouse.query import Answer, as_csv
from tests.bad_input.values import FORMULAS

ROOT = Path(__file__).parents[2]


def cells(answer: Answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO("\n".join(as_csv(answer)), newline="")))


def test_answers_of_queries() -> None:
    found = cells(Answer(["=a", "b"], [(text, "x") for text in FORMULAS]))
    assert found == [["'=a", "b"], *([f"'{text}", "x"] for text in FORMULAS)]
    plain = [-1, Decimal("-1.50"), -0.5, None, "x=1", "'=1", " =1", "1-2", True]
    assert [row[0] for row in cells(Answer(["a"], [(value,) for value in plain]))][1:] == [
        "-1", "-1.50", "-0.5", "", "x=1", "'=1", " =1", "1-2", "True",
    ]  # fmt: skip
    assert cells(Answer(["a"], [("x\r=1",), ("x\n=1",)])) == [
        ["a"],
        ["x\r=1"],
        ["x\n=1"],
    ]  # quoted: no rows of their own
    assert cells(Answer(["a"], [(timedelta(hours=-1),)]))[1] == ["'-1 day, 23:00:00"]


def test_rows_of_quarantine() -> None:
    rows = [
        RefusedRow("shop", "orders", "parse", (text,), json.dumps({"id": text, text: "x"}), f"shop/{text}.csv", 2, 0)
        for text in FORMULAS
    ]
    rows.append(RefusedRow("shop", "orders", "parse", ("ragged_row",), "=1+1,2", "shop/x.csv", 3, 0))
    found = cells(listed(rows))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")) for row in found for cell in row)
    assert [row[7] for row in found[1 : len(FORMULAS) + 1]] == [f"'{text}" for text in FORMULAS]
    assert found[-1][-1] == "'=1+1,2"


def test_nothing_else_writes_csv_for_people() -> None:
    """The demo and the generator write files as a shop would export them; PostgreSQL takes rows by COPY."""
    modules = (path for path in (ROOT / "src/shoplake").rglob("*.py") if "csv.write" in path.read_text("utf-8"))
    writers = sorted(path.relative_to(ROOT / "src/shoplake").as_posix() for path in modules)
    assert writers == ["demo.py", "generator/files.py", "warehouse/postgres.py", "warehouse/query.py"]
