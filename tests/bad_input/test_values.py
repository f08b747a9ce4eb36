"""What becomes of the rows when they are parsed: one call for all files of a declaration."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from shoplake.bronze.land import bronze_table
from shoplake.bronze.reader import FileToRead, read_file
from shoplake.lake import Engine
from shoplake.lake.schema import spark_schema
from shoplake.silver.parse import is_row, parse
from tests.bad_input.case import Bad, Case
from tests.bad_input.corpus import CASES
from tests.bronze.files import loads, source_of


def declaration(case: Case) -> tuple[str, str]:
    """What parsing asks for: files that are split otherwise are parsed alike."""
    return case.feed.model_copy(update={"delimiter": ","}).model_dump_json(), case.clock_changes


def title(cases: list[Case]) -> str:
    return cases[0].kind


GROUPS = [list(cases) for _, cases in groupby(sorted((c for c in CASES if c.parsed), key=declaration), key=declaration)]


@pytest.mark.parametrize("cases", GROUPS, ids=title)
def test_parsed(tmp_path: Path, engine: Engine, cases: list[Case]) -> None:
    source = source_of(cases[0].feed).model_copy(update={"clock_changes": cases[0].clock_changes})
    batches, holds_from = [], {}
    for case in cases:
        (load,) = loads(tmp_path, case.name, case.content, case.feed)
        batches += read_file(FileToRead(str(load.path(tmp_path)), load, case.feed))
        holds_from[load.load_id] = load.holds_from
    bronze = engine.createDataFrame(pa.Table.from_batches(batches), spark_schema(bronze_table(source, "feed")))
    rows = parse(bronze.where(is_row(cases[0].feed)), source, "feed", holds_from).orderBy("_row_number").collect()
    found: dict[str, list[Any]] = {}
    for row in rows:
        values = tuple(row[name] for name in cases[0].feed.columns)
        found.setdefault(row["_file"], []).append(Bad(tuple(row["_reasons"])) if row["_reasons"] else values)
    assert found == {f"shop/{case.name}": list(case.parsed or ()) for case in cases}
