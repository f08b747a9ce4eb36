"""For any bytes: every line is split, kept whole, or in the error that stops the run; nothing else is ever raised."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplake.bronze import delimited
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed
from tests.bad_input.case import as_rows, breaks_in, lost_from_text
from tests.bad_input.documents import _parquet, _workbook
from tests.bronze.files import AB, loads, read

QUICK = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])


def rows_of(folder: Path, content: bytes, feed: Feed, name: str) -> list[dict[str, Any]] | None:
    """The rows of a file, or nothing where it is refused with a place and a remedy."""
    try:
        return read(folder, content, feed, name)
    except InputError as stopped:
        error = stopped
    assert error.where.startswith(f"shop/{name}")
    assert error.remedy
    return None


def check_nothing_lost(folder: Path, content: bytes, feed: Feed) -> None:
    found = rows_of(folder, content, feed, "f.csv")
    if found is not None:
        (load,) = loads(folder, "f.csv", content, feed)
        rows = as_rows(found, list(feed.columns))
        assert len(found) == load.lines - load.header_lines - breaks_in(rows)
        assert not lost_from_text(content, load, feed, rows)


LINES = st.lists(st.text('ab1 ,;\t"T\x1fé', max_size=9) | st.sampled_from(["a,b", "b,a", "a b", "", "T"]), max_size=12)


@QUICK
@given(
    lines=LINES,
    ends=st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=13, max_size=13),
    last=st.booleans(),
    encoding=ENCODINGS,
    delimiter=st.sampled_from([",", "whitespace"]),
    skip_lines=st.integers(0, 2),
    ends_before=st.sampled_from([None, "", "T"]),
    has_header=st.booleans(),
    block=st.integers(1, 40),
)
def test_tables_among_other_lines(
    tmp_path: Path, lines: list[str], ends: list[str], last: bool, encoding: str, block: int, **declared: Any
) -> None:
    header = ["a,b" if declared["delimiter"] == "," else "a b"]
    text = "".join(line + end for line, end in zip(header + lines, ends, strict=False))
    text = text if last else text.rstrip("\r\n")
    content = text.encode(encoding, "ignore")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", block)  # a line may lie across two pieces of the file
        check_nothing_lost(tmp_path, content, Feed(files="*", columns=AB, **declared))


@QUICK
@given(
    body=st.binary(max_size=120),
    feed=st.sampled_from([{"delimiter": "whitespace"}, {"ends_before": ""}, {"skip_lines": 1}]),
)
def test_any_bytes_among_other_lines(tmp_path: Path, body: bytes, feed: dict[str, Any]) -> None:
    header = b"a b\n" if "delimiter" in feed else b"\na,b\n"
    check_nothing_lost(tmp_path, header + body, Feed(files="*", columns=AB, **feed))


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc.é"), inner, max_size=3),
    max_leaves=6,
)
DUMPED = st.builds(json.dumps, VALUES, ensure_ascii=st.booleans())
RECORDS = st.builds(json.dumps, st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3))
PIECES = st.lists(RECORDS | DUMPED | st.text('{}[]":,\\ud83dab 1\r\0é', max_size=9), max_size=8)


@QUICK
@given(pieces=PIECES, encoding=ENCODINGS)
def test_lines_of_json(tmp_path: Path, pieces: list[str], encoding: str) -> None:
    lines = "\n".join(pieces).encode(encoding, "ignore")
    check_json_lines(tmp_path, lines)


@QUICK
@given(content=st.binary(max_size=120))
def test_any_bytes_as_lines_of_json(tmp_path: Path, content: bytes) -> None:
    check_json_lines(tmp_path, content)


def check_json_lines(folder: Path, content: bytes) -> None:
    feed = Feed(files="*", format="ndjson", columns=AB)
    found = rows_of(folder, content, feed, "f.ndjson")
    if found is None:
        return
    (load,) = loads(folder, "f.ndjson", content, feed)
    lines = content.decode(load.encoding).removeprefix("\ufeff").split("\n")
    lines = lines if lines[-1] else lines[:-1]
    assert [row["_row_number"] for row in found] == list(range(1, len(lines) + 1))
    for row, line in zip(found, lines, strict=True):
        if row["_reason"]:
            assert row["_unsplit"] == line.strip()
        elif line.strip():
            names = {name for name, value in json.loads(line).items() if value is not None}
            told = {name for name in AB if row[name] is not None} | set(json.loads(row["_extra"] or "{}"))
            assert len(told) == len(names)


@QUICK
@given(
    text=DUMPED
    | st.lists(RECORDS, max_size=4).map(lambda all_of: f"[{','.join(all_of)}]")
    | st.text('{}[]":,\\a1 ', max_size=20)
)
def test_documents_of_json(tmp_path: Path, text: str) -> None:
    content = text.encode("utf-8", "ignore")
    found = rows_of(tmp_path, content, Feed(files="*", format="json", columns=AB), "f.json")
    if found is not None:
        document = json.loads(content)
        assert len(found) == (1 if isinstance(document, dict) else len(document))


def packed(kind: str, content: bytes) -> bytes:
    if kind == "gz":
        return gzip.compress(content)
    if kind == "zst":
        return bytes(pa.compress(content, codec="zstd", asbytes=True))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("f.csv", content)
    return archive.getvalue()


@QUICK
@given(
    content=st.binary(max_size=200) | st.text("ab,1\n", max_size=200).map(lambda text: ("a,b\n" + text).encode()),
    kind=st.sampled_from(["gz", "zst", "zip"]),
    wrong=st.tuples(st.floats(0, 1), st.integers(0, 255)) | st.none(),
    cut=st.floats(0, 1) | st.none(),
)
def test_packed_bytes_that_are_damaged(
    tmp_path: Path, content: bytes, kind: str, wrong: tuple[float, int] | None, cut: float | None
) -> None:
    whole = bytearray(packed(kind, content))
    if wrong:
        whole[int(wrong[0] * (len(whole) - 1))] = wrong[1]
    if cut is not None:
        whole = whole[: int(cut * len(whole))]
    name = f"f.csv.{kind}" if kind != "zip" else "f.zip"
    found = rows_of(tmp_path, bytes(whole), Feed(files="*.csv", columns=AB), name)
    if found is not None and not wrong and cut is None:
        check_nothing_lost(tmp_path, content, Feed(files="*", columns=AB))


WORKBOOK = _workbook(["a", "b"], [1, "x"], ["=1+1", "#N/A"])
PARQUET = _parquet(a=["1", "2"], b=[1.5, None])


@QUICK
@given(
    damage=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
    kind=st.sampled_from(["xlsx", "parquet"]),
)
def test_workbooks_and_parquet_files_that_are_damaged(
    tmp_path: Path, damage: list[tuple[float, int]], kind: str
) -> None:
    content = bytearray(WORKBOOK if kind == "xlsx" else PARQUET)
    for place, byte in damage:
        content[int(place * (len(content) - 1))] = byte
    rows_of(tmp_path, bytes(content), Feed(files="*", format=kind, columns=AB), f"f.{kind}")
