"""Where a lake lies: a folder, or a container of Azure Data Lake Storage Gen2."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

import obstore
from obstore.exceptions import GenericError
from obstore.store import LocalStore

from shoplake.errors import DeclarationError
from shoplake.lake.objects import ObjectPath

Place = Path | ObjectPath

_ABFSS = re.compile(r"abfss://([a-z0-9-]{3,63})@([a-z0-9]{3,24})(\.dfs\.core\.[a-z.]+)/*(.*)")
_BREADTH = 16  # requests at once: a request waits more than it works


def place(root: str, base: Path) -> Place:
    """The place that a setting names: a folder below `base`, or abfss://container@account.dfs.core.windows.net/path.

    Who may enter is told by the environment alone; see docs/storage.md.
    """
    if "://" not in root:
        return base / root
    found = _ABFSS.fullmatch(root.rstrip("/"))
    if not found:
        raise DeclarationError(
            "it is neither a folder nor abfss://container@account.dfs.core.windows.net/path",
            where=f"data = {root.partition('?')[0]}",  # what comes then may be a signature
            remedy="Correct `data` in shoplake.toml, or SHOPLAKE_DATA in the environment",
        )
    container, account, host, path = found.groups()
    return ObjectPath(f"abfss://{container}@{account}{host}", PurePosixPath(path))


def place_of(text: str) -> Place:
    """The place that `str()` gave the text of."""
    return place(text, Path()) if "://" in text else Path(text)


def matching(folder: Place, pattern: str) -> list[Place]:
    """What lies in a folder under names with wildcards, in order; PermissionError where nobody may look."""
    if isinstance(folder, Path) and "/" not in pattern:  # pathlib's own finds nothing in a closed folder
        return sorted(each for each in folder.iterdir() if fnmatchcase(each.name, pattern)) if folder.is_dir() else []
    return sorted(cast(Iterable[Path], folder.glob(pattern)))


def below(file: Place, folder: Place) -> str:
    """The path from a folder to a file in it, with slashes."""
    return file.relative_to(cast(Path, folder)).as_posix()


def put(at: Place, body: bytes) -> None:
    """Write a file whole or not at all, over one that is there."""
    if isinstance(at, ObjectPath):
        at.put(body)
    else:
        obstore.put(LocalStore(at.parent, mkdir=True), at.name, body)


def create(at: Place, body: bytes) -> bool:
    """Write a file whole or not at all; false where it is there already, perhaps with this body.

    An answer may be lost, and the same be asked again: who must know looks what the file holds.
    """
    try:
        if isinstance(at, ObjectPath):
            at.put(body, "create")
        else:
            _create_file(at, body)
    except Exception:  # somebody was first, or only the answer was lost
        with suppress(Exception):  # who may not write may not look either, and a look is told less of why
            if at.exists():
                return False
        raise
    return True


def _create_file(at: Path, body: bytes) -> None:
    try:
        obstore.put(LocalStore(at.parent, mkdir=True), at.name, body, mode="create")
    except GenericError as failure:
        if "rename" not in str(failure):
            raise
        with at.open("xb") as file:  # a file system without links, as a volume of Databricks
            file.write(body)


def copy(start: Place, end: Place) -> None:
    """Copy a file; raises FileNotFoundError where it isn't there."""
    if isinstance(start, ObjectPath) and isinstance(end, ObjectPath) and start.root == end.root:
        start.copy(end)
    elif isinstance(end, ObjectPath):
        with start.open("rb") as file:
            _upload(file, end)
    else:
        end.parent.mkdir(parents=True, exist_ok=True)
        with start.open("rb") as file, end.open("wb") as copied:
            shutil.copyfileobj(file, copied, 8 << 20)


def _upload(file: BinaryIO, end: ObjectPath) -> None:
    try:
        obstore.put(end.store, end.path, file)
    except GenericError as failure:
        if "InvalidBlockList" not in str(failure):  # else the answer to the last request of many was lost
            raise
        file.seek(0)
        obstore.put(end.store, end.path, file)


def move(start: Place, end: Place) -> None:
    """Rename a file or a folder; in a store file by file, so that one that is cut off leaves parts in both."""
    if isinstance(start, Path) and isinstance(end, Path):
        start.rename(end)
        return
    files = [each for each in start.rglob("*") if each.is_file()] or [start]
    for each in files:
        copy(each, end / below(each, start) if each != start else end)
        each.unlink()


def remove_tree(folder: Place) -> None:
    """Remove a folder with all that is in it, if it is there."""
    if isinstance(folder, Path):
        shutil.rmtree(folder, ignore_errors=True)
        return
    paths = [each.path for each in folder.rglob("*")]
    for start in range(0, len(paths), 256):
        with suppress(FileNotFoundError):  # the answer was lost, and it was asked again; the others have gone, too
            obstore.delete(folder.store, paths[start : start + 256])


def listed(folder: Place) -> dict[str, int]:
    """Relative path -> bytes, of all files below a place."""
    if isinstance(folder, Path):
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
    start = len(f"{folder.path}/") if folder.path else 0
    return {
        meta["path"][start:]: meta["size"]
        for batch in obstore.list(folder.store, f"{folder.path}/" if folder.path else None)
        for meta in batch
    }


@contextmanager
def at_hand(folder: Place, files: Iterable[str]) -> Iterator[Path]:
    """A folder of this machine that has files of a place: the place itself, or copies that go away afterwards."""
    if isinstance(folder, Path):
        yield folder
        return
    with TemporaryDirectory(prefix="shoplake-") as here:
        with ThreadPoolExecutor(_BREADTH) as pool:
            list(pool.map(lambda file: copy(folder / file, Path(here) / file), files))
        yield Path(here)
