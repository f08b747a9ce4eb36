"""Bytes that survive a power cut, and digests that prove them: neither engine calls fsync."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shoplake.errors import QualityError, ShoplakeError
from shoplake.lake.base import ANEW, TableStore
from shoplake.lake.failures import explained
from shoplake.lake.files import Files
from shoplake.lake.log import commits
from shoplake.lake.objects import ObjectPath
from shoplake.lake.place import Place, below
from shoplake.lake.store import Lake


def make_durable(
    lake: TableStore, name: str, version: int, since: int = -1, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Flush a version's files, and the log after version `since`, to disk: data file -> SHA-256.

    `known` are the digests of files that were flushed before: a file never changes.
    """
    if not isinstance(lake, Lake):
        return {}  # a catalog sees to its files itself
    root, before = lake.path(name), known or {}
    with explained(name):
        files = [below(file, root) for file in lake.files(name, version)]
        digests = {file: before.get(file) or sync_and_digest(root / file) for file in files}
        for commit, path in commits(root).items():
            if since < commit <= version:
                sync(path)
        for folder in {root / "_delta_log", root, root.parent, *((root / file).parent for file in files)}:
            sync_folder(folder)
    return digests


def damages(
    lake: TableStore | Files, name: str, version: int, log: str, digests: Mapping[str, str]
) -> Iterator[ShoplakeError]:
    """What isn't as it was published: the log, or one of the files."""
    try:
        with explained(name):
            if lake.log_digest(name, version) != log:
                what = f"its log at version {version} differs from what was published"
                yield QualityError(what, where=name, remedy=ANEW)
    except ShoplakeError as problem:
        yield problem
    if not isinstance(lake, Files):
        return
    with ThreadPoolExecutor() as pool:
        whats = list(pool.map(_damage, [lake.path(name) / file for file in digests], digests.values()))
    for file, what in zip(digests, whats, strict=True):
        if what:
            yield QualityError(what, where=f"{name}/{file}", remedy=lake.anew)


def _damage(path: Place, wanted: str) -> str:
    try:
        return "" if digest(path) == wanted else "differs from what was published"
    except OSError as failure:
        return "is missing" if isinstance(failure, FileNotFoundError) else f"can't be read: {failure.strerror}"


def sync_and_digest(path: Place) -> str:
    """Flush a file to disk and give its digest."""
    sync(path)
    return digest(path)


def sync(path: Place) -> None:
    """Flush a file to disk; a store has it on several before it answers."""
    if os.name == "posix" and isinstance(path, Path):  # Windows flushes only handles that may write
        with path.open("rb") as file:
            os.fsync(file.fileno())


def digest(path: Place) -> str:
    """The SHA-256 of a file; in a store, which vouches for what it holds, the entity tag of its content."""
    if isinstance(path, ObjectPath):
        return path.stat().tag
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Place) -> None:
    """Make the names in a folder durable; a no-op where folders can't be opened (Windows, a store)."""
    if os.name != "posix" or isinstance(folder, ObjectPath):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
