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


# What a table of each layer is made by, beside its declaration; the folders after the layers serve them all.
_LAYERS = ("bronze", "silver", "gold")
_FOUNDATIONS = ("contract", "lake", "sources")


@cache
def of_code(layer: str) -> str:
    """A digest of the code that makes the tables of a layer: its own and that of the layers below."""
    root = Path(__file__).parents[1]
    made_in = "silver" if layer == "staging" else layer
    folders = (*_FOUNDATIONS, *_LAYERS[: _LAYERS.index(made_in) + 1])
    files = sorted(path for folder in folders for path in (root / folder).rglob("*") if path.suffix == ".py")
    return fingerprint(*[(path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in files])
