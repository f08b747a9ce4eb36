"""Canaries: each test states what a pinned building block does today, and says what to do when an upgrade changes it.

Most state a trap. Memory, time and what kills the process are not stated; on an upgrade measure anew MERGE, windows and
`max(struct)` over millions of rows, `replaceWhere` over thousands of keys, delta-rs's MERGE; nothing calls fsync.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Test = Callable[..., None]
GUARDS: dict[str, str] = {}  # test -> guards, as `canary` was told


def canary(package: str, guard: str = "") -> Callable[[Test], Test]:
    """Let a failing test say that `package` changed, and which guard leans on what it did.

    `guard`: modules of shoplake with the name in them (`lake/schema.check_schema`) or decisions, parted by commas;
    nothing where nothing depends on it.
    """

    def decorate(test: Test) -> Test:
        GUARDS[test.__qualname__] = guard

        @functools.wraps(test)
        def told(*args: Any, **kwargs: Any) -> None:
            try:
                test(*args, **kwargs)
            except Exception as failure:
                what = f"the guard in {guard} may go, or wants another look" if guard else "nothing depends on it yet"
                raise AssertionError(f"{package} {version(package)} changed: {what} ({failure})") from failure

        return told

    return decorate


def rows(frame: Any) -> list[tuple[Any, ...]]:
    """The rows of a frame, sorted."""
    return sorted((tuple(row) for row in frame.collect()), key=repr)
