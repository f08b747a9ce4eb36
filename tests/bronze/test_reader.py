"""The tolerant reader loses nothing: every row of a file comes back, split or whole, under its own number."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplake.bronze import delimited
from shoplake.bronze.records import Splitter
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed
from tests.bronze.files import AB, read

CSV = Feed(files="*.csv", columns=AB)


def cells(rows: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [(r["_row_number"], r["a"], r["b"], r["_unsplit"]) for r in rows]


def split(raw: Path, content: bytes, **declared: Any) -> list[tuple[object, ...]]:
    return cells(read(raw, content, CSV.model_copy(update=declared)))


def test_ragged_rows_are_kept_whole_and_numbers_go_on(tmp_path: Path) -> None:
    found = read(tmp_path, b"a,b\n1,2\n3\n4,5\n6,7,8\n9,10\n", CSV)
    assert cells(found) == [
        (2, "1", "2", None),
        (3, None, None, "3"),
        (4, "4", "5", None),
        (5, None, None, "6,7,8"),
        (6, "9", "10", None),
    ]
    assert [row["_reason"] for row in found] == [None, "ragged_row", None, "ragged_row", None]


def test_numbers_stay_right_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"{i},x" if i % 7 else f"{i}" for i in range(2, 300)]
    for size in (1, 7, 64, 1 << 20):
        monkeypatch.setattr(delimited, "_BLOCK", size)
        found = read(tmp_path, ("a,b\n" + "\n".join(lines) + "\n").encode(), CSV)
        assert [int(str(row["a"] or row["_unsplit"])) for row in found] == list(range(2, 300))
        assert [row["_row_number"] for row in found] == list(range(2, 300))


def test_blank_lines_count_as_rows(tmp_path: Path) -> None:
    assert split(tmp_path, b"a,b\n1,2\n\n3,4\n") == [(2, "1", "2", None), (3, "", "", None), (4, "3", "4", None)]


def test_columns_may_come_in_another_order_and_more_of_them(tmp_path: Path) -> None:
    (row,) = read(tmp_path, b"z,b,a\nx,2,1\n", CSV)
    assert (row["a"], row["b"], row["_extra"]) == ("1", "2", '{"z": "x"}')


def test_values_stay_text(tmp_path: Path) -> None:
    (row,) = read(tmp_path, b'a,b\n 007 ,"NULL"\n', CSV)
    assert (row["a"], row["b"]) == (" 007 ", "NULL")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-be", "utf-8-sig"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (row,) = read(tmp_path, "a,b\nZoë,€5\n".encode(encoding), CSV)
    assert (row["a"], row["b"]) == ("Zoë", "€5")


@pytest.mark.parametrize("content", [b"a,b", b"a,b\n", b"a,b\r\n", b"a,b\r"])
def test_a_header_alone_has_no_rows(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content, CSV) == []


def test_empty_values_too_many_or_under_nameless_columns_are_no_harm(tmp_path: Path) -> None:
    assert split(tmp_path, b"a,b\n1,2,\n3,4,,\n5,6,x\n") == [
        (2, "1", "2", None),
        (3, "3", "4", None),
        (4, None, None, "5,6,x"),
    ]
    assert split(tmp_path, b"a,b,\n1,2,\n3,4\n") == [(2, "1", "2", None), (3, "3", "4", None)]


def test_a_quote_in_the_wrong_place_costs_its_own_line_alone(tmp_path: Path) -> None:
    content = b'a,b\n1,"5" pipe\n2,"open\n3,x\n"4",y\n5,8" pan\n6,"two\nlines"\n7,"never closed\n8,z\n'
    found = read(tmp_path, content, CSV)
    assert cells(found) == [
        (2, None, None, '1,"5" pipe'),
        (3, None, None, '2,"open'),
        (4, "3", "x", None),
        (5, "4", "y", None),
        (6, "5", '8" pan', None),
        (7, "6", "two\nlines", None),
        (8, None, None, '7,"never closed'),
        (9, "8", "z", None),
    ]
    assert {row["_reason"] for row in found if row["_unsplit"]} == {"unbalanced_quotes"}


def test_a_quote_that_takes_the_columns_of_another_line_with_it(tmp_path: Path) -> None:
    """Pairwise the quotes look well, but the record that they make has three values."""
    assert split(tmp_path, b'a,b\n1,"x\n2,y\n3,",z\n4,w\n') == [
        (2, None, None, '1,"x'),
        (3, "2", "y", None),
        (4, None, None, '3,",z'),
        (5, "4", "w", None),
    ]


def test_white_space_columns(tmp_path: Path) -> None:
    found = split(tmp_path, b"  a    b\n 1\t 2\n3 4 \n5 6 7\n", delimiter="whitespace")
    assert found == [(2, "1", "2", None), (3, "3", "4", None), (4, None, None, "5 6 7")]


def test_lines_around_the_table_are_kept_aside(tmp_path: Path) -> None:
    content = b"Report\n\na;b\n1;2\n3;4\nTotal;6\n\nc;d\n"
    found = read(tmp_path, content, CSV.model_copy(update={"delimiter": ";", "ends_before": "Total"}))
    aside = [(row["_row_number"], row["_unsplit"]) for row in found if row["_reason"] == "outside_the_table"]
    assert aside == [(1, "Report"), (2, ""), (6, "Total;6"), (7, ""), (8, "c;d")]
    assert cells(found)[2:4] == [(4, "1", "2", None), (5, "3", "4", None)]


def test_a_table_ends_at_a_record_not_within_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b'a,b\n1,"Total\nTotal of"\n2,8" pan\n3,"open\nTotal,5\nTotal,6\n'
    for size in (5, 11, 1 << 20):
        monkeypatch.setattr(delimited, "_BLOCK", size)
        found = read(tmp_path, content, CSV.model_copy(update={"ends_before": "Total"}))
        assert cells(found) == [
            (2, "1", "Total\nTotal of", None),
            (3, "2", '8" pan', None),
            (4, None, None, '3,"open'),
            (5, None, None, "Total,5"),
            (6, None, None, "Total,6"),
        ]
        assert [row["_reason"] for row in found[3:]] == ["outside_the_table"] * 2


def test_the_second_of_two_tables_in_a_file(tmp_path: Path) -> None:
    content = b"x,y\n7,8\n\na,b\n1,2\n\nend\n"
    found = read(tmp_path, content, CSV.model_copy(update={"ends_before": ""}))
    assert [cell for cell in cells(found) if cell[3] is None] == [(5, "1", "2", None)]


def test_without_header_columns_come_in_their_order(tmp_path: Path) -> None:
    assert split(tmp_path, b"junk\n1,2\n3,4\n", has_header=False, skip_lines=1)[1:] == [
        (2, "1", "2", None),
        (3, "3", "4", None),
    ]
    with pytest.raises(InputError, match="its first row has 3 values, and the feed 2 columns"):
        read(tmp_path, b"1,2,3\n", CSV.model_copy(update={"has_header": False}))


def test_a_value_of_ten_megabytes(tmp_path: Path) -> None:
    long = "x" * 10_000_000 + "\n" + "y" * 10
    (row,) = read(tmp_path, f'a,b\n1,"{long}"\n'.encode(), CSV)
    assert row["b"] == long


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r"), max_size=12)
QUICK = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@QUICK
@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=20))
def test_what_was_written_comes_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    """Against Python's own csv module: quotes, commas, line breaks and any script survive."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    found = read(tmp_path, text.getvalue().encode(), CSV)
    assert [(row["a"], row["b"]) for row in found] == rows
    assert [row["_row_number"] for row in found] == list(range(2, len(rows) + 2))


@QUICK
@given(lines=st.lists(st.lists(st.text("xyz 1", max_size=4), min_size=1, max_size=4), max_size=20))
def test_every_line_is_split_or_kept_whole(tmp_path: Path, lines: list[list[str]]) -> None:
    texts = [",".join(line) for line in lines]
    found = read(tmp_path, "".join(f"{text}\n" for text in ["a,b", *texts]).encode(), CSV)
    as_lines = [row["_unsplit"] if row["_reason"] else f"{row['a']},{row['b']}" for row in found]
    assert as_lines == [_expected(text) for text in texts]


def _expected(text: str) -> str:
    values = text.split(",")
    is_mended = len(values) > 2 and not any(value.strip() for value in values[2:])
    return ",".join(values[:2]) if is_mended else text or ","


@QUICK
@given(content=st.text('ab",\n\r', max_size=60).map(str.encode), size=st.integers(1, 70))
def test_blocks_do_not_depend_on_where_the_text_is_cut(content: bytes, size: int) -> None:
    """Nor on whether the fast way or the careful one was taken."""

    def found(chunk: int) -> tuple[bytes, list[bytes]]:
        pieces = (content[at : at + chunk] for at in range(0, len(content), chunk))
        blocks = list(Splitter(",", 2).blocks(pieces))
        return b"".join(b.data for b in blocks), [line for b in blocks for _, line in b.unsplit]

    data, lines = found(size)
    careful, _ = Splitter(",", 2).split(content)
    assert len(data) + sum(map(len, lines)) <= len(content)
    kept = sorted((data + b"\n".join(lines)).replace(b"\r", b"").replace(b"\n", b""))
    assert kept == sorted(content.replace(b"\r", b"").replace(b"\n", b""))
    if size >= len(content) and lines:
        assert (data, lines) == (careful.data, [line for _, line in careful.unsplit])


@QUICK
@given(body=st.binary(max_size=200) | st.text('ab",\n\r\0é', max_size=80).map(lambda text: text.encode()))
def test_any_bytes_are_in_bronze_or_in_the_error(tmp_path: Path, body: bytes) -> None:
    """Every line of any file is split, kept whole, or in the error that stops the run."""
    try:
        found = read(tmp_path, b"a,b\n" + body, CSV)
    except InputError as stopped:
        stop = (stopped.where, bool(stopped.remedy))
        found = []
    else:
        stop = None
    if stop:
        assert stop == ("shop/f.csv", True)
        return
    text = body.decode("utf-8", "strict") if _is_utf8(b"a,b\n" + body) else body.decode("cp1252")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    wanted = lines.count("\n") + (not lines.endswith("\n")) if lines else 0
    breaks = 0
    for row in found:
        for name in ("a", "b", "_unsplit"):
            breaks += (row[name] or "").replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert len(found) + breaks == wanted
    assert [row["_row_number"] for row in found] == list(range(2, len(found) + 2))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
