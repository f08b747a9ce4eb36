"""Quarantine is a place to work: rows are found, shown as they came, exported, and tried again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from shoplake.errors import QueryError
from shoplake.lake import Lake
from shoplake.warehouse.quarantine import compared, counted, listed, refused_rows
from shoplake.warehouse.query import as_csv
from tests.conftest import Shop
from tests.test_cli import shoplake


def test_rows_are_counted_by_source_feed_and_reason(open_shop: Shop) -> None:
    assert counted(refused_rows(open_shop.lake)).rows == [
        ("corner_shop", "lines", "parse", "not_a_number:quantity", 1, "corner_shop/lines.csv, row 13"),
        ("corner_shop", "lines", "parse", "ragged_row", 1, "corner_shop/lines.csv, row 14"),
        ("corner_shop", "orders", "parse", "not_a_date:placed", 1, "corner_shop/orders.csv, row 8"),
    ]
    assert [row.number for row in refused_rows(open_shop.lake, "corner_shop.lines", "ragged")] == [14]
    assert refused_rows(open_shop.lake, "corner_shop.stores") == []
    with pytest.raises(QueryError, match=r"no quarantine of «corner_shop.line». There are: corner_shop.customers"):
        refused_rows(open_shop.lake, "corner_shop.line")


def test_an_export_holds_the_values_in_columns(open_shop: Shop) -> None:
    text = "\n".join(as_csv(listed(refused_rows(open_shop.lake, "corner_shop.lines"))))
    split, whole = csv.DictReader(io.StringIO(text))
    assert (split["order_number"], split["quantity"], split["row number"]) == ("O8", "one", "13")
    assert (whole["reasons"], whole["row"]) == ("ragged_row", "O8,2,P1")


@pytest.mark.long
def test_a_correction_is_tried_again(corner_shop: Shop) -> None:
    corner_shop.add("lines.csv", '=1+1,"open quote,P1,1,1,0')
    corner_shop.run()
    before = refused_rows(corner_shop.lake)
    assert [row.reasons for row in before if row.row.startswith("=1+1")] == [("unbalanced_quotes",)]
    assert "'=1+1" in "\n".join(as_csv(listed(before)))  # a spreadsheet must not reckon it
    path = corner_shop.raw("lines.csv")
    path.write_text(path.read_text("utf-8").replace("O8,1,P1,one,", "O8,1,P1,1,"), "utf-8")
    found = shoplake("quarantine", "corner_shop.lines", "--replay", cwd=corner_shop.project.folder)
    assert found.returncode == 0, found.stderr
    assert "Of 3 refused rows 1 are refused no longer, 2 still are, 0 are new." in found.stdout
    assert "ragged_row" in found.stdout
    assert "not_a_number" not in found.stdout
    assert compared(before, refused_rows(corner_shop.lake)).startswith("Of 4 refused rows 1 are refused no longer")


def test_without_a_lake(tmp_path: Path) -> None:
    assert refused_rows(Lake(tmp_path, lambda: pytest.fail("needs no engine"))) == []
    with pytest.raises(QueryError, match="Run `shoplake run` first"):
        refused_rows(Lake(tmp_path, lambda: pytest.fail("needs no engine")), "shop")
