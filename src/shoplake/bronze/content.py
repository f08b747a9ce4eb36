"""What a raw file holds: its bytes uncompressed, and the errors of one that can't be read."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from shoplake.errors import InputError, ShoplakeError
from shoplake.lake.place import Place
from shoplake.lake.refusals import is_of_storage

AGAIN = "Export or copy it again"
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Text shrinks to a tenth, seldom to a hundredth: what grows more than this is made to fill a disk.
_MOST_GROWTH, _HARMLESS = 500, 4 << 20

# How files of other kinds begin (in small letters), and of which format that is.
_KINDS = {
    b"pk\x03\x04": ("a workbook, or a zip archive (whose name must end in .zip)", "xlsx"),
    b"pk\x05\x06": ("an empty zip archive", ""),
    b"\xd0\xcf\x11\xe0": ("an old Office document, or one with a password", ""),
    b"par1": ("a Parquet file", "parquet"),
    b"pare": ("an encrypted Parquet file", ""),
    b"%pdf": ("a PDF document", ""),
    b"sqlite format 3": ("an SQLite database", ""),
    b"<?xml": ("an XML document", ""),
    **dict.fromkeys((b"<!doctype html", b"<html"), ("a web page, perhaps an error message", "")),
    **dict.fromkeys((b"\x89png", b"\xff\xd8\xff", b"gif8"), ("a picture", "")),
    **dict.fromkeys((b"7z\xbc\xaf", b"rar!", b"bzh", b"\xfd7zxz"), ("an archive of a kind that isn't read", "")),
    **dict.fromkeys((_GZIP, _ZSTD), ("compressed once more", "")),
}


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Whatever a damaged file makes a library say becomes an error with a place and a remedy."""
    try:
        yield
    except (ShoplakeError, MemoryError, PermissionError):
        raise
    except FileNotFoundError as failure:
        raise InputError("it has gone", where=where, remedy="Run again, or put it back") from failure
    except Exception as failure:
        if is_of_storage(failure):
            raise
        raise InputError(f"it can't be read: {said(failure)}", where=where, remedy=AGAIN) from failure


def said(failure: Exception) -> str:
    """The first line of what a library says."""
    return next(iter(str(failure).splitlines()), type(failure).__name__)


def other_kind(path: Place, member: str, where: str, wanted: str) -> InputError | None:
    """The error of a file that can't be read as the format that is wanted, since it plainly is of another kind."""
    with suppress(InputError), open_bytes(path, member, where) as stream:
        start = stream.read(4096).lower()
        alike = [kind for magic, kind in _KINDS.items() if start.startswith(magic) or start.lstrip().startswith(magic)]
        kind, known_as = (
            alike[0] if alike else ("nothing but NUL bytes" if start and not start.strip(b"\0") else "", "")
        )
        if kind and known_as != wanted:
            remedy = f"Export it as {wanted}, or correct the feed's format in source.yml"
            return InputError(f"it is {kind}, not {wanted}", where=where, remedy=remedy)
    return None


@contextmanager
def open_bytes(path: Place, member: str, where: str) -> Iterator[Any]:
    """The uncompressed bytes, to read in pieces; damage, and growth beyond reason, are errors with a remedy."""
    with path.open("rb") as file:
        if member:
            with _unpacking(where):
                inner = zipfile.ZipFile(file).open(member)  # noqa: SIM115
            yield _Unpacked(inner, None, where)
            return
        start = file.read(4)
        file.seek(0)
        most = max(path.stat().st_size * _MOST_GROWTH, _HARMLESS)
        if start.startswith(_GZIP):
            yield _Unpacked(gzip.GzipFile(fileobj=file), most, where)
        elif start.startswith(_ZSTD):
            import pyarrow as pa

            yield _Unpacked(pa.CompressedInputStream(pa.PythonFile(file), "zstd"), most, where)
        else:
            yield file


class _Unpacked:
    """A decompressing stream that refuses to grow beyond reason; an archive's members are judged by their headers."""

    def __init__(self, stream: Any, most: int | None, where: str) -> None:
        self._stream, self._most, self._where = stream, most, where
        self._read = 0

    def read(self, size: int) -> bytes:
        with _unpacking(self._where):
            data: bytes = self._stream.read(size)
        self._read += len(data)
        if self._most and self._read > self._most:
            raise _bomb(self._where)
        return data


@contextmanager
def _unpacking(where: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, OSError, zipfile.BadZipFile, NotImplementedError) as failure:
        if isinstance(failure, OSError) and failure.errno is not None:  # the disk's, not the file's
            raise
        raise InputError(
            f"the compressed file is damaged or cut off ({failure})", where=where, remedy=AGAIN
        ) from failure


def check_growth(members: Iterable[zipfile.ZipInfo], where: str) -> None:
    """Refuse an archive (a workbook is one) whose parts grow beyond reason."""
    if any(member.file_size > max(member.compress_size * _MOST_GROWTH, _HARMLESS) for member in members):
        raise _bomb(where)


def _bomb(where: str) -> InputError:
    return InputError(
        f"it grows to more than {_MOST_GROWTH} times its size when it is unpacked",
        where=where,
        remedy="If it is meant so, unpack it yourself and put the plain file there",
    )
