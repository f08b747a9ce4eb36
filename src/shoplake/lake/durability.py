"""Bytes that survive a power cut, and digests that prove them: neither engine calls fsync."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def sync_and_digest(path: Path) -> str:
    """Flush a file to disk and give its SHA-256."""
    if os.name == "posix":  # Windows flushes only handles that may write
        with path.open("rb") as file:
            os.fsync(file.fileno())
    return digest(path)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; a no-op where folders can't be opened (Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
