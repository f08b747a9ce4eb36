"""JSON, Parquet, XLSX and compressed files come in as text, and none of their values is lost."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from shoplake.errors import InputError
from shoplake.sources.declaration import Feed, FeedColumn
from tests.bronze.files import AB, read

NDJSON = Feed(files="*", format="ndjson", columns={"a": None, "b": FeedColumn(header="c.d")})
ORDERS = Feed(
    files="*",
    format="json",
    records="data.orders",
    explode="lines",
    columns={"a": FeedColumn(header="id"), "b": FeedColumn(header="lines.sku")},
)


def cells(rows: list[dict[str, Any]], *more: str) -> list[tuple[Any, ...]]:
    return [(row["_row_number"], row["a"], row["b"], *(row[name] for name in more)) for row in rows]


def test_json_lines(tmp_path: Path) -> None:
    text = '{"a": 1.10, "c": {"d": "x"}}\n\n{"a": true, "b": [1, 2.50]}\nnot json\n[1]\n{"a": 1, "a": 2}\n{"a": null}'
    found = read(tmp_path, text.encode(), NDJSON, "f.ndjson")
    assert cells(found, "_extra", "_unsplit", "_reason") == [
        (1, "1.10", "x", '{"c": {"d": "x"}}', None, None),
        (2, None, None, None, None, None),
        (3, "true", None, '{"b": [1, 2.50]}', None, None),
        (4, None, None, None, "not json", "not_a_json_object"),
        (5, None, None, None, "[1]", "not_a_json_object"),
        (6, None, None, None, '{"a": 1, "a": 2}', "not_a_json_object"),
        (7, None, None, None, None, None),
    ]


def test_a_list_is_exploded_and_an_empty_one_keeps_its_record(tmp_path: Path) -> None:
    text = """{"data": {"orders": [{"id": 7, "lines": [{"sku": "A", "n": 1}, {"sku": "B"}], "note": "hi"},
                                   {"id": 8, "lines": []}, 9]}}"""
    found = read(tmp_path, text.encode(), ORDERS, "f.json")
    assert cells(found, "_item_number", "_extra", "_unsplit") == [
        (1, "7", "A", 1, '{"note": "hi", "lines.n": 1}', None),
        (1, "7", "B", 2, None, None),
        (2, "8", None, 0, None, None),
        (3, None, None, 0, None, "9"),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"data": {"orders": [', "not valid JSON: .*line 1 column"),
        ('{"data": {"orders": 5}}', "«data.orders» in it is no list of records"),
        ("[]", "«data.orders» in it is no list"),
    ],
)
def test_json_that_is_no_list_of_records(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read(tmp_path, text.encode(), ORDERS, "f.json")


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "a": pa.array([Decimal("1.10"), None, Decimal("0.00")], pa.decimal128(9, 2)),
            "b": pa.array([datetime(2024, 3, 1, 10, 30), datetime(2024, 3, 1, 10, 30, 0, 5), None], pa.timestamp("us")),
            "c": [1e-7, 17850.0, None],
            "d": [[1, 2], None, []],
            "e": pa.array([date(2024, 3, 1), None, None]),
        }
    )
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    found = read(tmp_path, buffer.getvalue(), Feed(files="*", format="parquet", columns=AB), "f.parquet")
    assert cells(found, "_extra") == [
        (1, "1.10", "2024-03-01 10:30:00", '{"c": "0.0000001", "d": [1, 2], "e": "2024-03-01"}'),
        (2, None, "2024-03-01 10:30:00.000005", '{"c": "17850"}'),
        (3, "0.00", None, '{"d": []}'),
    ]
    with pytest.raises(InputError, match="not a Parquet file, or a damaged one"):
        read(tmp_path, buffer.getvalue()[:-9], Feed(files="*", format="parquet", columns=AB), "f.parquet")


def workbook(rows: list[list[Any]], sheet: str = "Orders") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook(tmp_path: Path) -> None:
    rows = [
        ["My shop"],
        [],
        ["b", "a", "c"],
        [datetime(2024, 3, 1), 17850, 0.1],
        ["x", "007", None, "stray"],
        ["Total"],
    ]
    feed = Feed(files="*", format="xlsx", sheet="Orders", ends_before="Total", columns=AB)
    found = read(tmp_path, workbook(rows), feed, "f.xlsx")
    assert cells(found, "_extra", "_unsplit", "_reason") == [
        (1, None, None, None, '["My shop", "", "", ""]', "outside_the_table"),
        (2, None, None, None, "", "outside_the_table"),
        (4, "17850", "2024-03-01 00:00:00", '{"c": "0.1"}', None, None),
        (5, "007", "x", '{"column_4": "stray"}', None, None),
        (6, None, None, None, '["Total", "", "", ""]', "outside_the_table"),
    ]
    with pytest.raises(InputError, match="it has no sheet «Lines», but «Cover», «Orders»"):
        read(tmp_path, workbook(rows), feed.model_copy(update={"sheet": "Lines"}), "f.xlsx")
    with pytest.raises(InputError, match="not an XLSX workbook, or a damaged one"):
        read(tmp_path, workbook(rows)[:500], feed, "f.xlsx")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


CSV = Feed(files="orders*.csv", columns=AB)


def test_compressed_files_and_archives(tmp_path: Path) -> None:
    text = b"a,b\n1,2\n"
    zstd = pa.compress(text, codec="zstd", asbytes=True)
    for name, content in (("orders.csv.gz", gzip.compress(text)), ("orders.csv.zst", zstd)):
        assert cells(read(tmp_path, content, CSV, name)) == [(2, "1", "2")]
    members = {
        "2024/orders_1.csv": text,
        "orders_2.csv": b"b,a\n3,4\n",
        "other.csv": b"x",
        "__MACOSX/orders_1.csv": b"x",
    }
    found = read(tmp_path, zipped(members), CSV, "export.zip")
    assert [(row["_file"], row["a"], row["b"]) for row in found] == [
        ("shop/export.zip/2024/orders_1.csv", "1", "2"),
        ("shop/export.zip/orders_2.csv", "4", "3"),
    ]


TEXT = b"a,b\n" + bytes(range(97, 123)) * 400
STORED = zipped({"orders.csv": TEXT}, zipfile.ZIP_STORED)
GROWING = b"a,b\n" + b"0,0\n" * 4_000_000


def linked() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("orders.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("orders.csv.gz", gzip.compress(TEXT, mtime=0)[:-20], "damaged or cut off"),
        ("orders.csv.zst", pa.compress(TEXT, codec="zstd", asbytes=True)[:-9], "damaged or cut off"),
        ("orders.csv.gz", gzip.compress(GROWING, mtime=0), "grows to more than 500 times its size"),
        ("x.zip", zipped({"orders.csv": GROWING}), "grows to more than 500 times its size"),
        ("x.zip", zipped({"../orders.csv": b"a,b\n"}), "its name leads out of the archive"),
        ("x.zip", zipped({"C:\\orders.csv": b"a,b\n"}), "its name leads out of the archive"),
        ("x.zip", linked(), "it is a link, not a file"),
        ("x.zip", b"PK\x03\x04 no archive", "not a zip archive, or a damaged one"),
        ("x.zip", STORED.replace(b"xyz", b"xyy", 1), "damaged or cut off"),
    ],
)
def test_archives_that_are_damaged_or_do_harm(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        read(tmp_path, content, CSV, name)
    assert caught.value.where.startswith(f"shop/{name}")


def test_what_is_no_file_of_the_folder(tmp_path: Path) -> None:
    from shoplake.bronze.files import find_files

    raw, outside = tmp_path / "raw", tmp_path / "secret.csv"
    (raw / "shop").mkdir(parents=True)
    outside.write_text("a,b\n1,2\n", "utf-8")
    place = raw / "shop" / "orders.csv"
    for make, what in (
        (lambda: place.symlink_to(outside), "it is a link out of the raw folder"),
        (lambda: place.symlink_to(raw / "nothing"), "it is a link that leads nowhere"),
        (lambda: place.mkdir(), "it is a folder, not a file"),
    ):
        make()
        with pytest.raises(InputError, match=what):
            find_files(raw, "shop", CSV)
        place.rmdir() if place.is_dir() else place.unlink()
