"""A path in an object store, with what the lake uses of pathlib's interface."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Literal, NamedTuple, cast

import obstore
from obstore.store import AzureStore

_READ_AHEAD = 4 << 20


class Status(NamedTuple):
    """What `stat` tells of a file: its entity tag changes with each write, and so does the number that it is."""

    st_size: int
    st_mtime_ns: int
    tag: str
    modified: datetime


@lru_cache
def _store(root: str) -> AzureStore:
    """The container; account keys, tokens and identities come from the environment, and nowhere else."""
    return AzureStore.from_url(
        root,
        client_options={"timeout": timedelta(seconds=30)},
        retry_config={"max_retries": 8, "retry_timeout": timedelta(minutes=3)},
    )


@dataclass(frozen=True, order=True)
class ObjectPath:
    """A file, or a folder, which is there as long as something is in it.

    `root` is the container, such as abfss://lake@account.dfs.core.windows.net; `is_known_file` what a listing told.
    """

    root: str
    key: PurePosixPath
    is_known_file: bool | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.root}/{self.path}"

    def __truediv__(self, other: str | PurePosixPath) -> ObjectPath:
        return ObjectPath(self.root, self.key / other)

    @property
    def store(self) -> AzureStore:
        return _store(self.root)

    @property
    def path(self) -> str:
        """The path in the container."""
        return "" if self.key == PurePosixPath() else self.key.as_posix()

    @property
    def name(self) -> str:
        return self.key.name

    @property
    def stem(self) -> str:
        return self.key.stem

    @property
    def suffix(self) -> str:
        return self.key.suffix

    @property
    def parent(self) -> ObjectPath:
        return ObjectPath(self.root, self.key.parent)

    @property
    def parents(self) -> list[ObjectPath]:
        return [ObjectPath(self.root, each) for each in self.key.parents]

    def as_posix(self) -> str:
        return str(self)

    def absolute(self) -> ObjectPath:
        return self

    def resolve(self) -> ObjectPath:
        return self

    def with_name(self, name: str) -> ObjectPath:
        return ObjectPath(self.root, self.key.with_name(name))

    def relative_to(self, other: Any) -> PurePosixPath:
        return self.key.relative_to(other.key)

    def is_relative_to(self, other: Any) -> bool:
        return isinstance(other, ObjectPath) and self.root == other.root and self.key.is_relative_to(other.key)

    def exists(self) -> bool:
        return self.is_file() or self.is_dir()

    def is_file(self) -> bool:
        if self.is_known_file is not None:
            return self.is_known_file
        try:
            return bool(self.path) and bool(self.stat())
        except FileNotFoundError:
            return False

    def is_dir(self) -> bool:
        if self.is_known_file is not None:
            return not self.is_known_file
        return any(True for batch in obstore.list(self.store, self._below, chunk_size=1) for _ in batch)

    def stat(self) -> Status:
        return _status(obstore.head(self.store, self.path))

    def mkdir(self, *, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing: a folder comes with its first file."""

    def read_bytes(self) -> bytes:
        return bytes(obstore.get(self.store, self.path).bytes())

    def read_with_status(self) -> tuple[bytes, Status]:
        """What it holds, and the status of just that."""
        found = obstore.get(self.store, self.path)
        return bytes(found.bytes()), _status(found.meta)

    def read_text(self, encoding: str) -> str:
        return self.read_bytes().decode(encoding)

    def put(self, body: bytes, mode: Literal["create", "overwrite"] | dict[str, str] = "overwrite") -> str:
        """Write the file whole, and give its tag; a `mode` with `e_tag` writes over that content only."""
        return entity_tag(obstore.put(self.store, self.path, body, mode=cast(Any, mode), use_multipart=False))

    def open(self, mode: Literal["rb"]) -> BinaryIO:  # noqa: ARG002
        """To read in any order, in large pieces."""
        return cast(BinaryIO, io.BufferedReader(_Ranges(self), _READ_AHEAD))

    def copy(self, end: ObjectPath) -> None:
        """Copy the file within its container."""
        obstore.copy(self.store, self.path, end.path)

    def unlink(self, *, missing_ok: bool = False) -> None:
        if not missing_ok:
            obstore.head(self.store, self.path)  # Azure's answer to a deletion that is asked again is «not found», too
        try:
            obstore.delete(self.store, self.path)
        except FileNotFoundError:
            return

    def iterdir(self) -> Iterator[ObjectPath]:
        """What lies in the folder; nothing where there is none."""
        found = obstore.list_with_delimiter(self.store, self._below)
        for prefix in found["common_prefixes"]:
            yield ObjectPath(self.root, PurePosixPath(prefix), False)
        for meta in found["objects"]:
            if PurePosixPath(meta["path"]) != self.key:
                yield ObjectPath(self.root, PurePosixPath(meta["path"]), True)

    def glob(self, pattern: str) -> Iterator[ObjectPath]:
        """What matches names with wildcards, folder by folder."""
        first, _, rest = pattern.partition("/")
        for each in self.iterdir():
            if fnmatchcase(each.name, first):
                if rest:
                    yield from each.glob(rest)
                elif not pattern.endswith("/") or each.is_dir():
                    yield each

    def rglob(self, pattern: str) -> Iterator[ObjectPath]:
        """The files below whose names match."""
        for batch in obstore.list(self.store, self._below):
            for meta in batch:
                key = PurePosixPath(meta["path"])
                if fnmatchcase(key.name, pattern):
                    yield ObjectPath(self.root, key, True)

    @property
    def _below(self) -> str | None:
        return f"{self.path}/" if self.path else None


class _Ranges(io.RawIOBase):
    """A file in a store, whose pieces are asked for as they are read; another content in the middle is an error."""

    def __init__(self, at: ObjectPath) -> None:
        self._at, self._position = at, 0
        status = at.stat()
        self._size, self._tag = status.st_size, status.tag

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        end = min(self._position + len(buffer), self._size)
        if self._position >= end:
            return 0
        options: Any = {"range": (self._position, end), "if_match": f'"{self._tag}"'}
        piece = bytes(obstore.get(self._at.store, self._at.path, options=options).bytes())
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


def _status(meta: Any) -> Status:
    return Status(meta["size"], int(entity_tag(meta), 16), entity_tag(meta), meta["last_modified"])


def entity_tag(meta: Any) -> str:
    """The tag of a file's content; a listing tells it without the quotes that an answer has."""
    return (meta["e_tag"] or "").strip('"')
