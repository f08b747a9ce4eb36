"""What a doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """How something is; what isn't well has a remedy, and a problem the exit code of its kind."""

    subject: str
    what: str
    remedy: str = ""
    exit_code: int = 0

    @property
    def state(self) -> str:
        return "problem" if self.exit_code else "warning" if self.remedy else "ok"
