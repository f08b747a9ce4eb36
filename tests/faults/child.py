"""A run in a process that is killed, and a reader beside it: both are forked from a server that is warm."""

from __future__ import annotations

import multiprocessing
import os
import signal
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from shoplake import pipeline
from shoplake.config import find_project
from shoplake.errors import MachineError
from shoplake.lake import open_engine
from shoplake.lake.session import load_engine
from tests.faults.boundaries import announced, kind
from tests.faults.state import seen_by_a_query, seen_by_the_manifest

load_engine()
import_module("pyspark.sql.connect.readwriter")
CONTEXT: Any = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


def killed_at(folder: Path, boundary: str, occurrence: int, *, goes_on: bool = False) -> None:
    """Run, or go on with the open run, until the boundary is crossed for the nth time, and there get SIGKILL."""
    child = CONTEXT.Process(target=_run, args=(folder, boundary, occurrence, goes_on))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL, f"«{boundary}» was not reached"


def killed_after(folder: Path, seconds: float) -> bool:
    """Run for so long, and get SIGKILL; false where the run was quicker."""
    child = CONTEXT.Process(target=_run, args=(folder, "", 0, False))
    child.start()
    child.join(seconds)
    child.kill()
    child.join()
    return bool(child.exitcode == -signal.SIGKILL)


def _run(folder: Path, boundary: str, occurrence: int, goes_on: bool) -> None:
    left = occurrence

    def tell(crossed: str) -> None:
        nonlocal left
        left -= crossed == boundary
        if crossed == boundary and not left:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_engine() as engine, announced(tell):
        (pipeline.proceed if goes_on else pipeline.run)(find_project(folder), engine=engine)


def limited_at(folder: Path, boundary: str) -> str:
    """Run with files that may not grow from the first boundary of that kind on; the error that comes of it."""
    pipe, there = CONTEXT.Pipe()
    child = CONTEXT.Process(target=_limited, args=(folder, boundary, there))
    child.start()
    there.close()
    said: str = pipe.recv()
    child.join()
    return said


def _limited(folder: Path, boundary: str, pipe: Connection) -> None:
    import resource

    def tell(crossed: str) -> None:
        if kind(crossed) == boundary:
            resource.setrlimit(resource.RLIMIT_FSIZE, (512, resource.RLIM_INFINITY))

    with open_engine() as engine, announced(tell):
        try:
            pipeline.run(find_project(folder), engine=engine)
        except MachineError as failure:
            pipe.send(str(failure))


class Reader:
    """Polls a lake as those do who read it, and remembers what it saw that no run published."""

    def __init__(self, folder: Path, published: dict[int, Any]) -> None:
        self._pipe, there = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_poll, args=(folder, published, there))
        self._process.start()
        assert self._pipe.recv() == "ready"

    def stop(self) -> tuple[int, list[str]]:
        """How often it looked, and what was wrong."""
        self._pipe.send("stop")
        found: tuple[int, list[str]] = self._pipe.recv()
        self._process.join()
        return found


def _poll(folder: Path, published: dict[int, Any], pipe: Connection) -> None:
    looks, wrong = 0, []
    project = find_project(folder)
    pipe.send("ready")
    while True:
        for look in (seen_by_a_query, seen_by_the_manifest):
            try:
                number, seen = look(project)
            except Exception as failure:
                wrong.append(f"{look.__name__}: {failure}")
                continue
            looks += 1
            if number and seen != published[number]:
                wrong.append(f"{look.__name__}: number {number} as nobody published it")
        if pipe.poll(0.15):
            break
    pipe.send((looks, wrong))
