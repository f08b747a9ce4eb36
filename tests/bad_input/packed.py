"""Compressed files, archives, and files that are of another kind than their name or feed says."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zipfile
from collections.abc import Iterator

import openpyxl
import pyarrow as pa
from pyarrow import parquet

from shoplake.sources.declaration import Feed
from tests.bad_input.case import NO_JSON, Case, Whole
from tests.bronze.files import AB

TEXT = b"a,b\n1,2\n"
ROWS = ((2, "1", "2"),)
PLAIN = Feed(files="*.csv", columns=AB)
DAMAGED = "the compressed file is damaged or cut off .*Export or copy it again"
# Random, but always the same: it doesn't shrink.
NOISE = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * 2654435761 % 4294967296) for n in range(5000))
GROWING = b"a,b\n" + b"0,0\n" * 3_000_000
BOMB = "it grows to more than 500 times its size when it is unpacked. If it is meant so, unpack it yourself"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name twice
        for name, text in members:
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return content.getvalue()


def zstd(text: bytes) -> bytes:
    return bytes(pa.compress(text, codec="zstd", asbytes=True))


def workbook() -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["a", "b"])
    book.save(content)
    return content.getvalue()


def parquet_table() -> bytes:
    content = io.BytesIO()
    parquet.write_table(pa.table({"a": ["1"], "b": ["2"]}), content)
    return content.getvalue()


def cases() -> Iterator[Case]:
    yield from compressed()
    yield from archives()
    yield from harmful()
    yield from other_kinds()


def compressed() -> Iterator[Case]:
    for name, pack in (("csv.gz", gzip.compress), ("csv.zst", zstd)):
        whole = pack(NOISE)
        for cut in (2, 5, 12, len(whole) // 2, len(whole) - 3):
            if cut > 4 or name == "csv.gz":
                case = f"cut_{cut}.{name}"
                yield Case("a compressed file cut off", case, whole[:cut], PLAIN, refused=DAMAGED)
        if name == "csv.gz":  # Arrow's zstd has no checksum
            wrong = bytearray(whole)
            wrong[len(whole) // 2] ^= 0xFF
            yield Case("a compressed file with a wrong byte", "wrong.csv.gz", bytes(wrong), PLAIN, refused=DAMAGED)
        yield Case("a compressed file of nothing", f"nothing.{name}", pack(b""), PLAIN, refused="the file is empty")
        rows = ((2, "1", "2"), (3, "3", "4"))
        both = pack(TEXT) + pack(b"3,4\n")
        yield Case("compressed files one after another", f"two.{name}", both, PLAIN, rows=rows)
        yield Case(
            "other bytes behind a compressed file", f"behind.{name}", pack(TEXT) + b"junk", PLAIN, refused=DAMAGED
        )
        twice = "it is compressed once more, not csv. Export it as csv"
        yield Case("compressed twice", f"twice.{name}", pack(pack(TEXT)), PLAIN, refused=twice)
        yield Case("a plain file under a packed one's name", f"plain.{name}", TEXT, PLAIN, rows=ROWS)
        yield Case("a packed file under a plain one's name", f"{name[4:]}.csv", pack(TEXT), PLAIN, rows=ROWS)
        yield Case("growth beyond reason", f"growing.{name}", pack(GROWING), PLAIN, refused=BOMB)
    zeros = gzip.compress(TEXT) + bytes(512)  # as tapes and some tools pad
    yield Case("a padded compressed file", "padded.csv.gz", zeros, PLAIN, rows=ROWS)


def archives() -> Iterator[Case]:
    whole = zipped(("orders.csv", NOISE))
    for cut in (30, len(whole) // 2, len(whole) - 5):
        refused = "not a zip archive, or a damaged one .*Export or copy it again"
        yield Case("an archive cut off", f"cut_{cut}.zip", whole[:cut], PLAIN, refused=refused)
    wrong = bytearray(whole)
    wrong[200] ^= 0xFF
    yield Case("an archive with a wrong byte", "deflated.zip", bytes(wrong), PLAIN, refused="damaged or cut off")
    stored = zipped(("orders.csv", NOISE), method=zipfile.ZIP_STORED).replace(b"4999,", b"4998,", 1)
    yield Case("an archive with a wrong byte", "stored_wrong.zip", stored, PLAIN, refused="damaged or cut off")
    yield Case("no archive at all", "text.zip", TEXT, PLAIN, refused="not a zip archive, or a damaged one")
    yield Case("an archive of an unknown method", "method.zip", _with_method(99), PLAIN, refused="damaged or cut off")
    for name, method in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA), ("stored", zipfile.ZIP_STORED)):
        content = zipped(("orders.csv", TEXT), method=method)
        yield Case("an archive of another method", f"{name}.zip", content, PLAIN, rows=ROWS)
    # Such archives hold no file of the feed, which the run says.
    for name, members in (
        ("empty", ()),
        ("folders", (("2024/", b""),)),
        ("others", (("readme.txt", b"x"), ("__MACOSX/._orders.csv", b"x"), (".orders.csv", b"x"))),
        ("zip", (("inner.zip", zipped(("orders.csv", TEXT))),)),
        ("gzip", (("orders.csv.gz", gzip.compress(TEXT)),)),
    ):
        kind = "an archive in an archive" if name in {"zip", "gzip"} else "an archive without a file of the feed"
        yield Case(kind, f"{name}.zip", zipped(*members), PLAIN, rows=())
    packed = zipped(("orders.csv", gzip.compress(TEXT)))
    yield Case(
        "an archive in an archive", "disguised.zip", packed, PLAIN, refused="it is compressed once more, not csv"
    )
    twice = zipped(("orders.csv", TEXT), ("orders.csv", b"a,b\n3,4\n"))
    yield Case(
        "a file twice in an archive", "twice.zip", twice, PLAIN, refused="it holds «orders.csv» twice. Pack it again"
    )
    folders = zipped(("1/orders.csv", TEXT), ("2/orders.csv", b"a,b\n3,4\n"))
    yield Case(
        "files of one name in an archive's folders", "folders_two.zip", folders, PLAIN, rows=(*ROWS, (2, "3", "4"))
    )
    yield Case("an empty file in an archive", "hollow.zip", zipped(("o.csv", b"")), PLAIN, refused="the file is empty")


def harmful() -> Iterator[Case]:
    yield Case("growth beyond reason", "growing.zip", zipped(("orders.csv", GROWING)), PLAIN, refused=BOMB)
    other = zipped(("orders.csv", TEXT), ("other.bin", bytes(12_000_000)))
    yield Case("growth beyond reason", "growing_other.zip", other, PLAIN, refused=BOMB)
    # The size that the archive tells is a lie: what is read stops there.
    lying = zipped(("orders.csv", GROWING)).replace(struct.pack("<I", len(GROWING)), struct.pack("<I", 100))
    yield Case("growth beyond reason", "lying.zip", lying, PLAIN, refused="damaged or cut off")
    for number, name in enumerate(
        ("../orders.csv", "a/../../orders.csv", "/etc/orders.csv", "C:\\orders.csv", "..\\orders.csv")
    ):
        content = zipped((name, TEXT))
        refused = "its name leads out of the archive. Pack the archive again"
        yield Case("a name that leads out of an archive", f"out_{number}.zip", content, PLAIN, refused=refused)
    link = zipfile.ZipInfo("orders.csv")
    link.external_attr = 0o120777 << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    yield Case(
        "a link in an archive", "link.zip", content.getvalue(), PLAIN, refused="it is a link, not a file. Pack the file"
    )
    plain = zipped(("orders.csv", TEXT))
    flagged = bytearray(plain)
    for at in (plain.index(b"PK\x03\x04") + 6, plain.index(b"PK\x01\x02") + 8):
        flagged[at] |= 1
    yield Case(
        "an encrypted archive", "locked.zip", bytes(flagged), PLAIN, refused="it is encrypted. Unpack it and put"
    )
    for number, name in enumerate(("orders\x1b[2J.csv", "orders\n.csv")):
        content = zipped((name, TEXT))
        refused = r"orders\\(x1b\[2J|n).csv: its name holds signs that can't be shown. Rename it"
        yield Case("a name that can't be shown", f"shown_{number}.zip", content, PLAIN, refused=refused)


def other_kinds() -> Iterator[Case]:
    page = b"<!DOCTYPE html>\n<html><body>403, Forbidden</body></html>\n"
    kinds = {
        "archive": (zipped(("orders.csv", TEXT)), r"a workbook, or a zip archive \(whose name must end in .zip\)"),
        "empty_archive": (zipped(), "an empty zip archive"),
        "workbook": (workbook(), "a workbook"),
        "old_workbook": (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "an old Office document, or one with a password",
        ),
        "parquet": (parquet_table(), "a Parquet file"),
        "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF document"),
        "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", "a picture"),
        "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a picture"),
        "page": (page, "a web page, perhaps an error message"),
        "page_below": (b"\r\n\r\n  " + page.lower(), "a web page"),
        "xml": (b'<?xml version="1.0"?>\n<orders/>\n', "an XML document"),
        "sqlite": (b"SQLite format 3\0" + bytes(100), "an SQLite database"),
        "seven": (b"7z\xbc\xaf\x27\x1c\0\4" + bytes(60), "an archive of a kind that isn't read"),
        "rar": (b"Rar!\x1a\7\1\0", "an archive of a kind that isn't read"),
        "xz": (b"\xfd7zXZ\0\0\4", "an archive of a kind that isn't read"),
    }
    for name, (content, kind) in kinds.items():
        refused = f"it is {kind}.*, not csv. Export it as csv, or correct the feed's format"
        yield Case("a file of another kind", f"{name}_called.csv", content, refused=refused)
    workbooks, tables, documents, lines = (
        Feed(files="*", format=f, columns=AB) for f in ("xlsx", "parquet", "json", "ndjson")
    )
    for name, content, feed, refused in (
        ("csv.xlsx", TEXT, workbooks, "not an XLSX workbook, or a damaged one"),
        (
            "password.xlsx",
            kinds["old_workbook"][0],
            workbooks,
            "an old Office document, or one with a password, not xlsx",
        ),
        ("page.xlsx", page, workbooks, "it is a web page, perhaps an error message, not xlsx"),
        ("parquet.xlsx", parquet_table(), workbooks, "it is a Parquet file, not xlsx"),
        ("archive.xlsx", zipped(("orders.csv", TEXT)), workbooks, "not an XLSX workbook"),
        ("csv.parquet", TEXT, tables, "not a Parquet file, or a damaged one"),
        ("workbook.parquet", workbook(), tables, "it is a workbook.*, not parquet"),
        ("encrypted.parquet", b"PARE" + bytes(20) + b"PARE", tables, "it is an encrypted Parquet file, not parquet"),
        ("page.json", page, documents, "it is a web page, perhaps an error message, not json"),
        ("csv.json", TEXT, documents, "not valid JSON: Expecting value: line 1 column 1"),
    ):
        yield Case("a file of another kind", name, content, feed, refused=refused)
    held = (Whole(1, "<!DOCTYPE html>", NO_JSON), Whole(2, "<html><body>403, Forbidden</body></html>", NO_JSON))
    yield Case("a file of another kind", "page.ndjson", page, lines, rows=held)


def _with_method(method: int) -> bytes:
    content = bytearray(zipped(("orders.csv", TEXT)))
    content[8] = content[content.index(b"PK\x01\x02") + 10] = method
    return bytes(content)
