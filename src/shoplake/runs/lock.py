"""One run at a time: a lock that its process lets go of however it ends."""

from __future__ import annotations

import errno
import json
import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

from filelock import FileLock, Timeout
from obstore.exceptions import PreconditionError

from shoplake.errors import MachineError
from shoplake.lake.failures import explained
from shoplake.lake.objects import ObjectPath, Status
from shoplake.lake.place import Place, create

# A store lets nobody go by itself: who holds its lock writes it anew every so often, and is gone when it is older.
LEASE, RENEWAL = timedelta(minutes=2), timedelta(seconds=30)
_HELD: dict[ObjectPath, str] = {}  # by what name this process has taken a lock


@contextmanager
def only_one(path: Place) -> Iterator[None]:
    """Hold the lake's lock, or leave with a word where another run holds it."""
    with explained(str(path)), _leased(path) if isinstance(path, ObjectPath) else _locked(path):
        yield


def check_held(path: Place) -> None:
    """Refuse to go on where another run has taken a store's lock, since this one was asleep."""
    if isinstance(path, ObjectPath) and _lease(path)[0] != _HELD.get(path):
        raise MachineError(
            "another run took this lake over while this one stood still; nothing was published",
            where=str(path.parents[1]),
            remedy="Run again when the other has ended",
        )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _has_locks(path):  # whoever starts runs lets one at a time
        yield
        return
    lock = FileLock(str(path))
    try:
        lock.acquire(timeout=0)
    except Timeout as held:
        raise _busy(path, "Wait until it has ended") from held
    try:
        yield
    finally:
        lock.release()


def _has_locks(path: Path) -> bool:
    """Whether files can be locked there, which a volume of Databricks doesn't know.

    The library would leave a file in a lock's stead, which one that is killed on another machine leaves for ever.
    """
    if os.name != "posix":
        return True
    import fcntl

    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_UN)
        except OSError as failure:
            return failure.errno not in {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
    return True


@contextmanager
def _leased(path: ObjectPath) -> Iterator[None]:
    me, ended = secrets.token_hex(8), Event()
    tag = _taken(path, me)
    _HELD[path] = me

    def renew() -> None:
        nonlocal tag
        while not ended.wait(RENEWAL.total_seconds()):
            with suppress(Exception):  # the store may answer the next time
                try:
                    tag = path.put(_body(me), {"e_tag": f'"{tag}"'})
                except PreconditionError:  # taken, or it is ours and the answer was lost
                    owner, there = _lease(path)
                    if owner != me:
                        return
                    tag = there.tag

    keeper = Thread(target=renew, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()
        with suppress(Exception):  # a store that is away frees it later; what the run says goes before that
            if _lease(path)[0] == me:
                path.unlink()


def _taken(path: ObjectPath, me: str) -> str:
    """Write the lock where there is none, or an old one; gives its tag."""
    create(path, _body(me))
    owner, there = _lease(path)
    wait = "Wait until it has ended"
    if owner != me and _now(path) - there.modified < LEASE:
        wait += f"; the lock of one that was killed is free {LEASE.seconds} seconds later"
    elif owner != me:
        with suppress(PreconditionError):
            path.put(_body(me), {"e_tag": f'"{there.tag}"'})
        owner, there = _lease(path)
    if owner != me:  # else it is ours, also where only the answer was lost
        raise _busy(path, wait)
    return there.tag


def _now(path: ObjectPath) -> datetime:
    """The time by the store's clock: those of two machines differ."""
    probe = path.with_name("clock")
    probe.put(b"")
    return probe.stat().modified


def _body(me: str) -> bytes:
    return json.dumps({"owner": me, "host": platform.node()}).encode()


def _lease(path: ObjectPath) -> tuple[str, Status]:
    """Who has the lock, and what it is written in; nobody where there is none."""
    try:
        body, there = path.read_with_status()
        return str(json.loads(body)["owner"]), there
    except FileNotFoundError:
        return "", Status(0, 0, "", datetime.now(UTC))
    except (ValueError, KeyError, TypeError):
        return "", path.stat()


def _busy(path: Place, remedy: str) -> MachineError:
    return MachineError("another run is at work in this lake", where=str(path.parents[1]), remedy=remedy)
