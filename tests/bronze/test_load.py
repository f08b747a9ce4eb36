"""A load is what a file holds, not what it is called."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shoplake.bronze.load import inspect
from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

FEED = Feed(files="*.csv", columns={"a": None})
NOW = datetime(2024, 3, 1, tzinfo=UTC)


def load(folder: Path, name: str, content: bytes, feed: Feed = FEED, source: str = "shop") -> object:
    path = folder / name
    path.write_bytes(content)
    return inspect(path, folder, source, "feed", feed, NOW)


def test_identity_is_the_content_within_a_feed(tmp_path: Path) -> None:
    first = load(tmp_path, "x.csv", b"a\n1\n")
    assert load(tmp_path, "y.csv", b"a\n1\n").load_id == first.load_id  # type: ignore[attr-defined]
    assert load(tmp_path, "x.csv", b"a\n2\n").load_id != first.load_id  # type: ignore[attr-defined]
    assert load(tmp_path, "x.csv", b"a\n1\n", source="other").load_id != first.load_id  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"a\nx\n", "utf-8"),
        ("a\nñ\n".encode(), "utf-8"),
        (b"\xef\xbb\xbfa\nx\n", "utf-8-sig"),
        ("a\nñ€\n".encode("cp1252"), "cp1252"),
        ("a\nñ\n".encode("utf-16"), "utf-16"),
        # a multi-byte character that straddles two chunks of a mebibyte
        (b"a\n" + b"x" * ((1 << 20) - 3) + "ñ\n".encode(), "utf-8"),
    ],
)
def test_detected_encoding(tmp_path: Path, content: bytes, encoding: str) -> None:
    assert load(tmp_path, "x.csv", content).encoding == encoding  # type: ignore[attr-defined]


def test_a_declared_encoding_must_fit(tmp_path: Path) -> None:
    feed = Feed(files="*.csv", encoding="ascii", columns={"a": None})
    with pytest.raises(InputError, match="the bytes are not ascii text"):
        load(tmp_path, "x.csv", "a\nñ\n".encode(), feed)
