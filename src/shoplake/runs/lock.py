"""One run at a time: a lock that the operating system lets go of when its process ends, however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from shoplake.errors import MachineError
from shoplake.lake.failures import explained


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lake's lock, or leave with a word where another run holds it."""
    lock = FileLock(path)
    with explained(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as held:
            raise MachineError(
                "another run is at work in this lake", where=str(path.parents[1]), remedy="Wait until it has ended"
            ) from held
    try:
        yield
    finally:
        lock.release()
