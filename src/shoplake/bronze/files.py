"""Raw files as they lie: plain, compressed or in an archive; opened as the bytes that were exported."""

from __future__ import annotations

import gzip
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from shoplake.errors import InputError
from shoplake.sources.declaration import Feed

_GZIP, _ZSTD, _ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_COMPRESSED = (".gz", ".zst")
_AGAIN = "Export or copy it again"
# Text shrinks to a tenth, seldom to a hundredth: what grows more than this is made to fill a disk.
_MOST_GROWTH, _HARMLESS = 500, 4 << 20


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file on disk, or a member of a zip archive. `name` is what users read, relative to the raw folder."""

    path: Path
    name: str
    member: str = ""


def find_files(raw: Path, source: str, feed: Feed) -> list[RawFile]:
    """The raw files of a feed by name; refuses what can't be a file of it."""
    folder = raw / source
    if not folder.is_dir():
        return []
    found: list[RawFile] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        name = path.relative_to(raw).as_posix()
        plain = path.stem if path.suffix.lower() in _COMPRESSED else path.name
        is_wanted = fnmatchcase(plain, feed.files) or fnmatchcase(path.name, feed.files)
        if path.suffix.lower() == ".zip" and path.is_file():
            _check_place(path, raw, name)
            members = members_of(path, name)
            wanted = [m for m in members if is_wanted or fnmatchcase(PurePosixPath(m).name, feed.files)]
            found += [RawFile(path, f"{name}/{member}", member) for member in wanted]
        elif is_wanted:
            _check_place(path, raw, name)
            found.append(RawFile(path, name))
    return found


def members_of(path: Path, where: str) -> list[str]:
    """The files of a zip archive; refuses one that could harm, or hold a file twice."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if not item.is_dir() and not _is_hidden(item.filename)]
    except (zipfile.BadZipFile, OSError) as failure:
        raise InputError(f"not a zip archive, or a damaged one ({failure})", where=where, remedy=_AGAIN) from failure
    for item in members:
        _check_member(item, f"{where}/{item.filename}")
    twice = [name for name, count in Counter(item.filename for item in members).items() if count > 1]
    if twice:
        raise InputError(f"it holds «{twice[0]}» twice", where=where, remedy="Pack it again with one of the two")
    return sorted(item.filename for item in members)


@contextmanager
def open_bytes(path: Path, member: str, where: str) -> Iterator[Any]:
    """The uncompressed bytes, to read in pieces; damage, and growth beyond reason, are errors with a remedy."""
    try:
        if member:
            with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
                yield stream
            return
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start.startswith(_GZIP):
                yield _Bounded(gzip.GzipFile(fileobj=file), path.stat().st_size, where)
            elif start.startswith(_ZSTD):
                import pyarrow as pa

                yield _Bounded(pa.CompressedInputStream(pa.PythonFile(file), "zstd"), path.stat().st_size, where)
            else:
                yield file
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError) as failure:
        raise _damaged(failure, where) from failure
    except OSError as failure:
        if failure.errno is None:  # pyarrow's own, of zstd
            raise _damaged(failure, where) from failure
        raise


def _damaged(failure: Exception, where: str) -> InputError:
    return InputError(f"the compressed file is damaged or cut off ({failure})", where=where, remedy=_AGAIN)


class _Bounded:
    """A decompressing stream that refuses to grow beyond reason."""

    def __init__(self, stream: Any, size: int, where: str) -> None:
        self._stream, self._most, self._where = stream, max(size * _MOST_GROWTH, _HARMLESS), where
        self._read = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._stream.read(size)
        self._read += len(data)
        if self._read > self._most:
            raise _bomb(self._where)
        return data


def check_growth(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an archive (a workbook is one) whose parts grow beyond reason."""
    for item in archive.infolist():
        if item.file_size > max(item.compress_size * _MOST_GROWTH, _HARMLESS):
            raise _bomb(where)


def _bomb(where: str) -> InputError:
    return InputError(
        f"it grows to more than {_MOST_GROWTH} times its size when it is unpacked",
        where=where,
        remedy="If it is meant so, unpack it yourself and put the plain file there",
    )


def _check_place(path: Path, raw: Path, where: str) -> None:
    if not path.resolve().is_relative_to(raw.resolve()):
        raise InputError("it is a link out of the raw folder", where=where, remedy="Copy the file itself there")
    if not path.exists():
        raise InputError("it is a link that leads nowhere", where=where, remedy="Copy the file itself there")
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no regular file"
        raise InputError(f"it is {what}, not a file", where=where, remedy="Move it away, or rename it")


def _check_member(item: zipfile.ZipInfo, where: str) -> None:
    name = PurePosixPath(item.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
        raise InputError("its name leads out of the archive", where=where, remedy="Pack the archive again")
    if stat.S_ISLNK(item.external_attr >> 16):
        raise InputError("it is a link, not a file", where=where, remedy="Pack the file itself")
    if item.flag_bits & 1:
        raise InputError("it is encrypted", where=where, remedy="Unpack it and put the plain file there")
    if item.file_size > max(item.compress_size * _MOST_GROWTH, _HARMLESS):
        raise _bomb(where)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith(".")
