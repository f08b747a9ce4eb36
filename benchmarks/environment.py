"""What must be installed, and what a command costs before it does anything."""

from __future__ import annotations

import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from measure import SHOPLAKE, Options, Shops, median, run
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TRIES = 5


def measure(_options: Options, _shops: Shops) -> dict[str, Any]:
    ways = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import shoplake": [sys.executable, "-c", "import shoplake"],
        "shoplake --help": [*SHOPLAKE, "--help"],
        "import shoplake.pipeline": [sys.executable, "-W", "ignore", "-c", "import shoplake.pipeline"],
        "a session's first answer": [sys.executable, "-W", "ignore", __file__],
    }
    seconds: dict[str, list[float]] = {}
    for _ in range(TRIES):
        for name, command in ways.items():
            seconds.setdefault(name, []).append(run(command).seconds)
    names = installed_by(Requirement("shoplake[embedded]"), set())
    return {
        "packages": len(names),
        "mb": round(sum(size(name) for name in names) / 1e6),
        "largest_mb": {name: round(size(name) / 1e6) for name in sorted(names, key=size, reverse=True)[:5]},
        "tries": TRIES,
        "seconds": {name: median(each) for name, each in seconds.items()},
    }


def installed_by(wanted: Requirement, found: set[Requirement]) -> set[str]:
    """The names of the packages that a requirement brings, its own included; `found` are those that were looked at."""
    names: set[str] = {canonicalize_name(wanted.name)}
    for need in map(Requirement, distribution(wanted.name).requires or []):
        is_due = need.marker is None or any(need.marker.evaluate({"extra": e}) for e in (*wanted.extras, ""))
        if is_due and need not in found:
            found.add(need)
            names |= installed_by(need, found)
    return names


def size(name: str) -> int:
    """Bytes of its files, compiled ones included."""
    paths = (Path(str(file.locate())) for file in distribution(name).files or [])
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":  # not `python -c`, in which PySpark takes itself to be under test
    from shoplake.lake import open_engine

    with open_engine() as engine:
        engine.sql("select 1").collect()
