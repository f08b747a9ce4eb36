"""Where the time of a full run goes: seconds by the module that asked for the work, as JSON.

    python benchmarks/breakdown.py PROJECT

What a module has the engine write or answer counts as its own. Frames are lazy, so a write holds all that its rows are
made of.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from functools import wraps
from pathlib import Path
from typing import Any

from pyspark.sql.connect.client.core import SparkConnectClient

from shoplake import pipeline
from shoplake.config import find_project
from shoplake.runs import publication
from shoplake.warehouse import duckdb_file

ROOT = Path(pipeline.__file__).parent
WATCHED = (
    (SparkConnectClient, "execute_command", "writes"),
    (SparkConnectClient, "to_table", "questions"),
    (publication, "make_durable", "flush and digest"),
    (duckdb_file, "build", "fill the warehouse"),
)


def watch(owner: Any, name: str, work: str, spent: Counter[str]) -> None:
    """Time each call of a function under what it does and who asked."""
    original = getattr(owner, name)

    @wraps(original)
    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return original(*given, **named)
        finally:
            spent[f"{asking()}: {work}"] += time.perf_counter() - start

    setattr(owner, name, timed)


def asking() -> str:
    """The innermost module of ours on the stack, but for those that all go through."""
    frame: Any = sys._getframe(2)
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.parent.name != "lake" and path.name != "run.py":
            return path.relative_to(ROOT).as_posix()
        frame = frame.f_back
    return "elsewhere"


def main() -> None:
    spent: Counter[str] = Counter()
    for owner, name, work in WATCHED:
        watch(owner, name, work, spent)
    start = time.perf_counter()
    pipeline.run(find_project(Path(sys.argv[1])), reland=True)
    spent["all else"] = time.perf_counter() - start - sum(spent.values())
    print(json.dumps({name: round(seconds, 2) for name, seconds in spent.most_common()}))


if __name__ == "__main__":
    main()
