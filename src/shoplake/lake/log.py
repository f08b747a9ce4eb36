"""Whether the log of a table is as it was, and what becomes of one that can't be read."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from deltalake import DeltaTable


def log_digest(delta: DeltaTable) -> str:
    """The SHA-256 of what a log says at a version: columns, settings, files with their statistics.

    It is the same where a checkpoint says it; a change that a reader could notice shows.
    """
    import pyarrow as pa

    metadata = delta.metadata()
    files = sorted(pa.table(delta.get_add_actions()).to_pylist(), key=lambda file: str(file["path"]))
    said = [json.loads(delta.schema().to_json()), metadata.partition_columns, metadata.configuration, files]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def has_files(delta: DeltaTable, root: Path) -> bool:
    """Whether each file has the size that the log tells; what is in them is another matter."""
    actions = delta.get_add_actions(flatten=True)
    sizes = zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), strict=True)
    return all((root / unquote(path)).stat().st_size == size for path, size in sizes)


def put_aside(folder: Path) -> None:
    """Make room for a table where one can't be read; what has commits is kept for a look."""
    if any((folder / "_delta_log").glob("*.json")):
        folder.rename(folder.with_name(f"{folder.name}.broken-{time.time_ns()}"))
    else:
        shutil.rmtree(folder, ignore_errors=True)


def cut_off(folder: Path, version: int) -> None:
    """Put commits after a version aside: a kill or a loss of power left them in pieces."""
    log = folder / "_delta_log"
    (log / "_last_checkpoint").unlink(missing_ok=True)  # only a hint, and may be of one of them
    for file in list(log.iterdir()):
        if file.name[:20].isdigit() and int(file.name[:20]) > version:
            file.rename(file.with_name(f"{file.name}.broken-{time.time_ns()}"))
