"""What a run tells while it works."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by the pipeline; shown by the console."""

    def stage(self, name: str) -> None:
        """A stage begins, and the one before it ends."""

    def table(self, name: str) -> None:
        """Work on a table (or a file) begins."""

    def done(self, name: str, rows: int, seconds: float) -> None:
        """A table is written."""


class Silent:
    """For callers that only want the result."""

    def stage(self, name: str) -> None: ...
    def table(self, name: str) -> None: ...
    def done(self, name: str, rows: int, seconds: float) -> None: ...
