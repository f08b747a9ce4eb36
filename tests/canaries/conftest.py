"""A place for a Delta table of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a test puts its table; nothing is there yet."""
    return tmp_path / "table"
