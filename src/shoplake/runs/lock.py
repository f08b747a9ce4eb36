"""One run at a time: a lock that its process lets go of however it ends."""

from __future__ import annotations

import json
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event, Thread

from filelock import FileLock, Timeout
from obstore.exceptions import PreconditionError

from shoplake.errors import MachineError
from shoplake.lake.failures import explained
from shoplake.lake.objects import ObjectPath
from shoplake.lake.place import Place, create

# A store lets nobody go by itself: who holds its lock writes it anew every so often, and is gone when it is older.
LEASE, RENEWAL = timedelta(minutes=2), timedelta(seconds=30)
_ME = secrets.token_hex(8)


@contextmanager
def only_one(path: Place) -> Iterator[None]:
    """Hold the lake's lock, or leave with a word where another run holds it."""
    with explained(str(path)), _leased(path) if isinstance(path, ObjectPath) else _locked(path):
        yield


def check_held(path: Place) -> None:
    """Refuse to go on where another run has taken a store's lock, since this one was asleep."""
    if isinstance(path, ObjectPath) and _owner(path) != _ME:
        raise MachineError(
            "another run took this lake over while this one stood still; nothing was published",
            where=str(path.parents[1]),
            remedy="Run again when the other has ended",
        )


@contextmanager
def _locked(path: Place) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(path))
    try:
        with suppress(NotImplementedError):  # no locks there, as on a volume: whoever starts runs lets one at a time
            lock.acquire(timeout=0)
    except Timeout as held:
        raise _busy(path, "Wait until it has ended") from held
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _leased(path: ObjectPath) -> Iterator[None]:
    tag, ended = _taken(path), Event()

    def renew() -> None:
        nonlocal tag
        while not ended.wait(RENEWAL.total_seconds()):
            try:
                tag = path.put(_body(), {"e_tag": f'"{tag}"'})
            except PreconditionError:  # taken, or it is ours and the answer was lost
                if _owner(path) != _ME:
                    return
                tag = path.stat().tag

    keeper = Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        with suppress(FileNotFoundError):
            if _owner(path) == _ME:
                path.unlink()


def _taken(path: ObjectPath) -> str:
    """Write the lock where there is none, or an old one; gives its tag."""
    if create(path, _body()) or _owner(path) == _ME:
        return path.stat().tag
    held, now = path.stat(), _now(path)
    if now - held.modified < LEASE:
        wait = f"Wait until it has ended; the lock of one that was killed is free {LEASE.seconds} seconds later"
        raise _busy(path, wait)
    try:
        return path.put(_body(), {"e_tag": f'"{held.tag}"'})
    except PreconditionError as lost:
        raise _busy(path, "Wait until it has ended") from lost


def _now(path: ObjectPath) -> datetime:
    """The time by the store's clock: those of two machines differ."""
    probe = path.with_name("clock")
    probe.put(b"")
    return probe.stat().modified


def _body() -> bytes:
    return json.dumps({"owner": _ME, "host": platform.node()}).encode()


def _owner(path: ObjectPath) -> str:
    try:
        return str(json.loads(path.read_bytes())["owner"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def _busy(path: Place, remedy: str) -> MachineError:
    return MachineError("another run is at work in this lake", where=str(path.parents[1]), remedy=remedy)
