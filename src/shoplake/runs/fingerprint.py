"""Fingerprints: what a table was built from, so that what didn't change isn't built again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any


def fingerprint(*parts: Any) -> str:
    """A digest of JSON-like parts, the same for the same parts in any process."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def of_code() -> str:
    """A digest of this package's own code and declarations."""
    root = Path(__file__).parents[1]
    files = sorted(path for path in root.rglob("*") if path.suffix in {".py", ".yml"})
    return fingerprint(*[(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in files])
