"""The tolerant reader loses nothing: every row of a file comes back, split or whole, under its own number."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplake.bronze import reader
from shoplake.bronze.reader import FileToRead, read_file


def read(
    path: Path, content: bytes, header: tuple[str, ...] = ("a", "b"), **changes: object
) -> list[dict[str, object]]:
    path.write_bytes(content)
    columns = {name: name for name in ("a", "b") if name in header}
    values = {"encoding": "utf-8", "delimiter": ",", "header": header, "columns": columns} | changes
    batches = list(read_file(FileToRead(path=str(path), load_id="L", file="f.csv", **values)))  # type: ignore[arg-type]
    rows = pa.Table.from_batches(batches).to_pylist() if batches else []
    return sorted(rows, key=lambda row: row["_row_number"])


def cells(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(r["_row_number"], r["a"], r["b"], r["_unsplit"]) for r in rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "f.csv"


def test_ragged_rows_are_kept_whole_and_numbers_go_on(path: Path) -> None:
    found = read(path, b"a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n")
    assert cells(found) == [
        (2, "1", "2", None),
        (3, None, None, "3"),
        (4, "4", "5", None),
        (5, None, None, "6,7,8"),
        (6, "9", "10", None),
    ]
    assert [row["_reason"] for row in found] == [None, "ragged_row", None, "ragged_row", None]


def test_numbers_stay_right_across_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_BLOCK", 64)
    lines = [f"{i},x" if i % 7 else f"{i}" for i in range(2, 300)]
    found = read(path, ("a,b\n" + "\n".join(lines) + "\n").encode())
    assert [int(str(row["a"] or row["_unsplit"])) for row in found] == list(range(2, 300))
    assert [row["_row_number"] for row in found] == list(range(2, 300))


def test_blank_lines_count_as_rows(path: Path) -> None:
    assert cells(read(path, b"a,b\n1,2\n\n3,4\n")) == [(2, "1", "2", None), (3, "", "", None), (4, "3", "4", None)]


def test_columns_may_come_in_another_order_and_more_of_them(path: Path) -> None:
    (row,) = read(path, b"z,b,a\nx,2,1\n", header=("z", "b", "a"))
    assert (row["a"], row["b"], row["_extra"]) == ("1", "2", '{"z": "x"}')


def test_values_stay_text(path: Path) -> None:
    (row,) = read(path, b'a,b\n 007 ,"NULL"\n')
    assert (row["a"], row["b"]) == (" 007 ", "NULL")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_encodings(path: Path, encoding: str) -> None:
    (row,) = read(path, "a,b\nZoë,€5\n".encode(encoding), encoding=encoding)
    assert (row["a"], row["b"]) == ("Zoë", "€5")


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\r\n"])
def test_a_header_alone_has_no_rows(path: Path, content: bytes) -> None:
    assert read(path, content) == []


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=12)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_what_was_written_comes_back(path: Path, rows: list[tuple[str, str]]) -> None:
    """Against Python's own csv module: quotes, commas, line breaks and any script survive."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    found = read(path, text.getvalue().encode())
    assert [(row["a"], row["b"]) for row in found] == rows
    assert [row["_row_number"] for row in found] == list(range(2, len(rows) + 2))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.lists(st.text("xyz 1", max_size=4), min_size=1, max_size=4), max_size=20))
def test_every_line_is_split_or_kept_whole(path: Path, lines: list[list[str]]) -> None:
    texts = [",".join(line) for line in lines]
    found = read(path, "".join(f"{text}\n" for text in ["a,b", *texts]).encode())
    as_lines = [row["_unsplit"] if row["_reason"] else f"{row['a']},{row['b']}" for row in found]
    assert as_lines == [text or "," for text in texts]
