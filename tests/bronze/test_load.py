"""A load is what a file holds, not what it is called."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from shoplake.bronze import scan
from shoplake.errors import InputError
from shoplake.sources.declaration import Change, Feed
from tests.bronze.files import FEED, load


def test_identity_is_the_content_within_a_feed(tmp_path: Path) -> None:
    first = load(tmp_path, "x.csv", b"a\n1\n")
    assert load(tmp_path, "y.csv", b"a\n1\n").load_id == first.load_id
    assert load(tmp_path, "z.csv.gz", gzip.compress(b"a\n1\n")).load_id == first.load_id
    assert load(tmp_path, "x.csv", b"a\n2\n").load_id != first.load_id
    assert load(tmp_path, "x.csv", b"a\n1\n", source="other").load_id != first.load_id


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a\nx\n", "utf-8"),
        ("a\nñ\n".encode(), "utf-8"),
        (b"\xef\xbb\xbfa\nx\n", "utf-8-sig"),
        ("a\nñ€\n".encode("cp1252"), "cp1252"),
        ("a\nñ\n".encode("utf-16"), "utf-16"),
        ("a\nñ\n".encode("utf-16-le"), "utf-16-le"),
        ("a\nñ\n".encode("utf-16-be"), "utf-16-be"),
        # a multi-byte character that straddles two chunks of a mebibyte
        (b"a\n" + b"x" * ((1 << 20) - 3) + "ñ\n".encode(), "utf-8"),
    ],
)
def test_detected_encoding(tmp_path: Path, content: bytes, encoding: str) -> None:
    assert load(tmp_path, "x.csv", content).encoding == encoding


def test_a_declared_encoding_must_fit(tmp_path: Path) -> None:
    feed = Feed(files="*.csv", encoding="ascii", columns={"a": None})
    with pytest.raises(InputError, match="the bytes are not ascii text, first in line 2"):
        load(tmp_path, "x.csv", "a\nñ\n".encode(), feed)


def test_broken_utf8_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the bytes are not utf-8 or cp1252 text, first in line 3"):
        load(tmp_path, "x.csv", b"a\n\xc3\xb1\n\xc3\n")


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"a\n1\n2\n", 3), (b"a\n1\n2", 3), (b"a\r\n1\r\n", 2), (b"a\r1\r", 2), (b"a\n\n1\n", 3), (b'a\n"x\ny"\n', 3)],
)
def test_lines_are_counted(tmp_path: Path, content: bytes, lines: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in (1, 2, 1 << 20):  # a break may lie across two chunks
        monkeypatch.setattr(scan, "CHUNK", chunk)
        assert load(tmp_path, "x.csv", content).lines == lines


def test_the_date_in_a_name(tmp_path: Path) -> None:
    dated = Change(delivery="snapshot", keys=("a",), effective_at="_file")
    for name in ("shop_2024-03-01.csv", "20240301.csv", "v12_2024_03_01_final.csv"):
        assert load(tmp_path, name, b"a\n1\n", change=dated).effective_at == "2024-03-01"
    with pytest.raises(InputError, match="the file's name holds no date"):
        load(tmp_path, "shop_2024-13-01.csv", b"a\n1\n", change=dated)
    # the same content of another day is another delivery
    again = load(tmp_path, "shop_2024-03-02.csv", b"a\n1\n", change=dated)
    assert again.load_id != load(tmp_path, "shop_2024-03-01.csv", b"a\n1\n", change=dated).load_id


def test_a_file_without_header_does_not_tell_its_first_row(tmp_path: Path) -> None:
    feed = Feed(files="*.csv", columns={"email": None, "name": None})
    with pytest.raises(InputError) as caught:
        load(tmp_path, "x.csv", b"ada@example.org,Nime\n", feed)
    assert "ada" not in str(caught.value)
    assert "it has «Nime»" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "above", "lines", "columns"),
    [
        (b"a,b\n1,2\n", 0, 1, {"a": "a", "b": "b"}),
        (b"My shop\n\nexported 2024-03-01\nb,a\n2,1\n", 3, 1, {"a": "a", "b": "b"}),
        (b" A ,B\n1,2\n", 0, 1, {"a": "A", "b": "B"}),  # other case, blanks around
        (b'"a",b,"a long\nname"\n1,2,3\n', 0, 2, {"a": "a", "b": "b"}),
        (b"a,A,b\n1,2,3\n", 0, 1, {"a": "a", "b": "b"}),  # to the letter before any case
    ],
)
def test_the_header_is_the_first_line_that_names_the_columns(
    tmp_path: Path, content: bytes, above: int, lines: int, columns: dict[str, str]
) -> None:
    found = load(tmp_path, "x.csv", content, Feed(files="*.csv", columns={"a": None, "b": None}))
    assert (found.above, found.header_lines, found.columns) == (above, lines, columns)


def test_names_that_nobody_declared_are_told_apart(tmp_path: Path) -> None:
    assert load(tmp_path, "x.csv", b"a,,z,z,\n").names == ("a", "column_2", "z", "z_4", "column_5")
    with pytest.raises(InputError, match="the file has the column «a» 2 times"):
        load(tmp_path, "x.csv", b"a,b,a\n", FEED)
