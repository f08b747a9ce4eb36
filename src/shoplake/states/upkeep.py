"""What maintenance did, and how long states are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Upkeep:
    """What was done, or would be: files by table, before and after; states forgotten; what else was removed.

    `number` is the state with the compacted files, where there is one.
    """

    compacted: dict[str, tuple[int, int]] = field(default_factory=dict)
    number: int | None = None
    forgotten: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    removed: int = 0
    freed: int = 0


def first_kept(published: Sequence[datetime], now: datetime, days: int) -> int:
    """The position of the oldest state to keep: each that was current in the last `days`, and two at least.

    All that came after one that is kept is kept: a clock that was set back removes nothing.
    """
    since = now - timedelta(days=days)
    recent = [position for position, at in enumerate(published) if at > since]
    return max(0, min([*recent, len(published) - 1]) - 1)
