"""Raw files as they lie: plain, compressed or in an archive."""

from __future__ import annotations

import re
import stat
import zipfile
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import cast

from shoplake.bronze.content import AGAIN, check_growth, readable
from shoplake.errors import InputError
from shoplake.lake.place import Place, below, matching
from shoplake.sources.declaration import Feed

_COMPRESSED = (".gz", ".zst")
# Control characters, and what the name of a file has instead of bytes that are no UTF-8.
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file on disk, or a member of a zip archive. `name` is what users read, relative to the raw folder."""

    path: Place
    name: str
    member: str = ""


def find_files(raw: Place, source: str, feed: Feed) -> list[RawFile]:
    """The raw files of a feed by name; refuses what can't be a file of it."""
    folder = raw / source
    if not folder.is_dir():
        return []
    files: list[RawFile] = []
    for path in matching(folder, "*"):
        if path.name.startswith("."):
            continue
        name = below(path, raw)
        _check_name(name)
        plain = path.stem if path.suffix.lower() in _COMPRESSED else path.name
        is_wanted = fnmatchcase(plain, feed.files) or fnmatchcase(path.name, feed.files)
        if path.suffix.lower() == ".zip" and path.is_file():
            _check_place(path, raw, name)
            members = members_of(path, name)
            wanted = [m for m in members if is_wanted or fnmatchcase(PurePosixPath(m).name, feed.files)]
            files += [RawFile(path, f"{name}/{member}", member) for member in wanted]
        elif is_wanted:
            _check_place(path, raw, name)
            files.append(RawFile(path, name))
    return files


def members_of(path: Place, where: str) -> list[str]:
    """The files of a zip archive; refuses one that could harm, or hold a file twice."""
    with readable(where):
        try:
            with path.open("rb") as file, zipfile.ZipFile(file) as archive:
                items = [item for item in archive.infolist() if not item.is_dir()]
        except zipfile.BadZipFile as failure:
            what = f"not a zip archive, or a damaged one ({failure})"
            raise InputError(what, where=where, remedy=AGAIN) from failure
    for item in items:
        _check_member(item, f"{where}/{item.filename}")
    members = [item.filename for item in items if not _is_hidden(item.filename)]
    twice = [name for name, count in Counter(members).items() if count > 1]
    if twice:
        raise InputError(f"it holds «{twice[0]}» twice", where=where, remedy="Pack it again with one of the two")
    return sorted(members)


def _check_name(name: str) -> None:
    if _NOT_SHOWN.search(name):
        shown = name.encode("unicode-escape").decode()
        raise InputError("its name holds signs that can't be shown", where=shown, remedy="Rename it")


def _check_place(path: Place, raw: Place, where: str) -> None:
    if not path.exists():
        raise InputError("it is a link that leads nowhere", where=where, remedy="Copy the file itself there")
    if isinstance(path, Path) and not path.resolve().is_relative_to(cast(Path, raw).resolve()):
        raise InputError("it is a link out of the raw folder", where=where, remedy="Copy the file itself there")
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe, a socket or a device"
        raise InputError(f"it is {what}, not a file", where=where, remedy="Move it away, or rename it")


def _check_member(item: zipfile.ZipInfo, where: str) -> None:
    _check_name(where)
    name = PurePosixPath(item.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or ":" in item.filename.split("/")[0]:
        raise InputError("its name leads out of the archive", where=where, remedy="Pack the archive again")
    if stat.S_ISLNK(item.external_attr >> 16):
        raise InputError("it is a link, not a file", where=where, remedy="Pack the file itself")
    if item.flag_bits & 1:
        raise InputError("it is encrypted", where=where, remedy="Unpack it and put the plain file there")
    check_growth([item], where)


def _is_hidden(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith(".")
