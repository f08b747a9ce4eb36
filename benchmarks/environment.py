"""What must be installed, and what a command costs before it does anything."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from measure import SHOPLAKE, Options, Shops, median, run
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TRIES = 5
SESSION = """
from shoplake.lake import open_engine
with open_engine() as engine:
    engine.sql("select 1").collect()
"""


def measure(_options: Options, _shops: Shops) -> dict[str, Any]:
    ways = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import shoplake": [sys.executable, "-c", "import shoplake"],
        "shoplake --help": [*SHOPLAKE, "--help"],
        "import shoplake.pipeline": [sys.executable, "-W", "ignore", "-c", "import shoplake.pipeline"],
        "a session's first answer": [sys.executable, "-W", "ignore", "-c", SESSION],
    }
    seconds: dict[str, list[float]] = {}
    for _ in range(TRIES):
        for name, command in ways.items():
            seconds.setdefault(name, []).append(run(command).seconds)
    names = installed_by("shoplake", "embedded")
    return {
        "packages": len(names),
        "mb": round(sum(size(name) for name in names) / 1e6),
        "largest_mb": {name: round(size(name) / 1e6) for name in sorted(names, key=size, reverse=True)[:5]},
        "tries": TRIES,
        "seconds": {name: median(each) for name, each in seconds.items()},
    }


def installed_by(package: str, extra: str = "") -> set[str]:
    """The packages that one brings, itself included, as they are installed here."""
    found: set[str] = set()
    waiting = [(package, {extra})]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, frozenset(extras)) in seen:
            continue
        seen.add((name, frozenset(extras)))
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        for text in requires:
            requirement = Requirement(text)
            if not requirement.marker or any(requirement.marker.evaluate({"extra": e}) for e in (*extras, "")):
                waiting.append((canonicalize_name(requirement.name), set(requirement.extras)))
    return found


def size(name: str) -> int:
    """Bytes of its files, compiled ones included."""
    paths = (Path(str(file.locate())) for file in distribution(name).files or [])
    return sum(path.stat().st_size for path in paths if path.is_file())
