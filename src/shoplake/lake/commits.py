"""The log of a table, as far as somebody needs it: its commits, its checkpoints, and the hint where to start."""

from __future__ import annotations

import json
from pathlib import Path

# Both engines remove commits by the wall clock when they make a checkpoint, whatever a manifest still names.
KEEP = {"delta.enableExpiredLogCleanup": "false"}


def log_of(table: Path) -> Path:
    return table / "_delta_log"


def commits(table: Path) -> dict[int, Path]:
    """The commits that are there by their versions; the first of them may have been removed."""
    return {int(path.stem): path for path in sorted(log_of(table).glob("[0-9]*.json"))}


def drop_later_hint(table: Path, version: int) -> None:
    """Sail 0.7.2 can't read a version before the checkpoint that the hint names; without a hint it looks for itself."""
    hint = log_of(table) / "_last_checkpoint"
    try:
        is_later = json.loads(hint.read_text("utf-8"))["version"] > version
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError):
        is_later = True
    if is_later:
        hint.unlink(missing_ok=True)
