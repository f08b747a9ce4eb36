"""What a run is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Options:
    """See `pipeline.run`."""

    full: bool = False
    reland: bool = False
    select: frozenset[str] = frozenset()
    as_of: date | None = None
    rehearse: bool = False
