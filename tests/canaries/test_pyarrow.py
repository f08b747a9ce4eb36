"""What pyarrow's CSV reader does to rows that aren't as they should be."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pyarrow import csv

from tests.canaries import canary


def read(text: str, *, use_threads: bool = False, **options: Any) -> list[dict[str, str]]:
    reading = csv.ReadOptions(use_threads=use_threads, column_names=["a", "b"])
    table = csv.read_csv(io.BytesIO(text.encode()), read_options=reading, parse_options=csv.ParseOptions(**options))
    found: list[dict[str, str]] = table.to_pylist()
    return found


@canary("pyarrow", "bronze/records.Splitter")
def test_a_quote_in_the_wrong_place_is_lost() -> None:
    assert read('"5" pipe,x\n') == [{"a": "5 pipe", "b": "x"}]


@canary("pyarrow", "bronze/records.Splitter")
def test_an_open_quote_takes_the_lines_behind_it() -> None:
    with pytest.raises(Exception, match='got 1: "5 pipe,x'):
        read('"5 pipe,x\ny,z\n', newlines_in_values=True)


@canary("pyarrow", "bronze/delimited._split")
@pytest.mark.parametrize(("use_threads", "number"), [(False, 2), (True, None)])
def test_only_one_thread_tells_the_number_of_a_ragged_row(use_threads: bool, number: int | None) -> None:
    seen: list[int | None] = []

    def keep(row: Any) -> str:
        seen.append(row.number)
        return "skip"

    assert read("a,b\nc\nd,e\n", use_threads=use_threads, invalid_row_handler=keep)[1] == {"a": "d", "b": "e"}
    assert seen == [number]


@canary("pyarrow", "bronze/delimited._split")
def test_empty_lines_are_left_out_unless_told_otherwise() -> None:
    assert len(read("a,b\n\nc,d\n")) == 2
