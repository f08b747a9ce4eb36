"""Tables whose data files can be read, wherever the tables themselves are."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, runtime_checkable

from shoplake.contract import Table
from shoplake.lake.place import Place


@runtime_checkable
class Files(Protocol):
    """A lake in a folder or a store, or copies of what a catalog keeps to itself.

    `anew` tells what to do where a file isn't as it was published.
    """

    anew: str

    def contract(self, name: str, version: int) -> Table:
        """What is written down of a table at a version."""

    def log_digest(self, name: str, version: int) -> str:
        """A digest of what the log says at a version."""

    def path(self, name: str) -> Place:
        """Where a table's files are."""

    def sizes(self, name: str, version: int) -> dict[str, int]:
        """The bytes of each data file of a version."""

    def at_hand(self, name: str, files: Iterable[str]) -> AbstractContextManager[Path]:
        """A folder of this machine with data files of a table, for a reader that can't enter a store."""
