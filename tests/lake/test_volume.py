"""A file system with neither hard links nor locks, as a volume of Databricks is said to be."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.exceptions import GenericError

from shoplake.lake import place
from shoplake.runs import lock


def test_a_file_is_created_once_without_links(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What obstore says there is taken from its source."""

    def without_links(*_: Any, **options: Any) -> None:
        raise GenericError(
            "Generic LocalFileSystem error: Unable to rename file: Operation not supported (os error 95)"
        )

    monkeypatch.setattr(obstore, "put", without_links)
    assert place.create(tmp_path / "1.json", b"one")
    assert not place.create(tmp_path / "1.json", b"two")
    assert (tmp_path / "1.json").read_bytes() == b"one"


def test_what_else_goes_wrong_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: Any, **options: Any) -> None:
        raise GenericError("Unable to copy data to file: No space left on device (os error 28)")

    monkeypatch.setattr(obstore, "put", full)
    with pytest.raises(GenericError, match="No space left"):
        place.create(tmp_path / "1.json", b"one")


@pytest.mark.skipif(os.name != "posix", reason="flock is POSIX's")
@pytest.mark.parametrize("code", [errno.ENOSYS, errno.ENOTSUP])
def test_a_run_begins_without_locks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int) -> None:
    """One that was killed on another machine is in nobody's way."""
    import fcntl

    def without_locks(*_: Any) -> None:
        raise OSError(code, "no locks here")

    path = tmp_path / "runs" / "lock"
    monkeypatch.setattr(fcntl, "flock", without_locks)
    killed = ExitStack()
    with monkeypatch.context() as other:
        other.setattr(socket, "gethostname", lambda: "another-machine")
        killed.enter_context(lock.only_one(path))
    with lock.only_one(path):
        lock.check_held(path)
    killed.close()
