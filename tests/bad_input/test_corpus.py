"""Every file of the corpus comes to the answer that it must, and none of its lines is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplake.errors import InputError
from tests.bad_input.case import Case, as_rows, breaks_in, lost_from_text
from tests.bad_input.corpus import CASES
from tests.bad_input.test_files import CHANGES, PLACES, UNREADABLE
from tests.bronze.files import loads, read


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 200
    assert len({case.kind for case in CASES}) >= 50
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(bool(case.refused) != (case.rows is not None or case.parsed is not None) for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_file(tmp_path: Path, case: Case) -> None:
    if case.refused:
        with pytest.raises(InputError, match=case.refused) as caught:
            read(tmp_path, case.content, case.feed, case.name)
        assert str(caught.value).startswith(f"shop/{case.name}")
        assert caught.value.remedy
        return
    found = read(tmp_path, case.content, case.feed, case.name)
    rows = as_rows(found, list(case.feed.columns))
    if case.rows is not None:
        assert rows == case.rows
    files = loads(tmp_path, case.name, case.content, case.feed)
    records = [row for row in found if row["_item_number"] < 2]
    breaks = breaks_in(rows) if case.feed.format == "csv" else 0
    assert len(records) == sum(file.lines - file.header_lines for file in files) - breaks
    if case.is_plain_text:
        assert not lost_from_text(case.content, files[0], case.feed, rows)


def test_the_docs_tell_what_becomes_of_each_class() -> None:
    page = (Path(__file__).parents[2] / "docs" / "bad-input.md").read_text("utf-8")
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")]
    told = [kind for row in rows if row != "input" for kind in row.split("; ")]
    assert sorted(told) == sorted({case.kind for case in CASES} | {*PLACES, *CHANGES, *UNREADABLE})
