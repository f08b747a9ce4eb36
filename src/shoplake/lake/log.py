"""The log of a table: its commits, the hint where to start, whether it is as it was, and a broken one."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from shoplake.lake.place import Place, listed, matching, move, remove_tree

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable


BROKEN = ".broken-"  # what was put aside bears it in its name
# Both engines remove commits by the wall clock when they make a checkpoint, whatever a manifest still names.
KEEP = {"delta.enableExpiredLogCleanup": "false"}


def log_of(table: Place) -> Place:
    return table / "_delta_log"


def commits(table: Place) -> dict[int, Place]:
    """The commits that are there by their versions; the first of them may have been removed."""
    return {int(path.stem): path for path in matching(log_of(table), "[0-9]*.json")}


def drop_later_hint(table: Place, version: int) -> None:
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


def log_digest(delta: DeltaTable) -> str:
    """The SHA-256 of what a log says at a version: columns, settings, files with their statistics.

    It is the same where a checkpoint says it; a change that a reader could notice shows.
    """
    import pyarrow as pa

    metadata = delta.metadata()
    actions = pa.RecordBatchReader.from_stream(delta.get_add_actions(flatten=True))  # pa.table would import pandas
    files = actions.read_all().sort_by("path")
    values = {name: _plain(files[name]).to_pylist() for name in files.column_names}
    said = [json.loads(delta.schema().to_json()), metadata.partition_columns, metadata.configuration, values]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same without a zone, for which Arrow imports pandas."""
    import pyarrow as pa

    return column.cast(pa.timestamp(column.type.unit)) if pa.types.is_timestamp(column.type) else column


def has_files(delta: DeltaTable, root: Place) -> bool:
    """Whether each file has the size that the log tells; what is in them is another matter."""
    actions = delta.get_add_actions(flatten=True)
    sizes = zip(map(unquote, actions["path"].to_pylist()), actions["size_bytes"].to_pylist(), strict=True)
    if isinstance(root, Path):  # many that other versions have may lie there, too
        return all((root / path).stat().st_size == size for path, size in sizes)
    there = listed(root)
    return all(there.get(path) == size for path, size in sizes)


def put_aside(folder: Place) -> None:
    """Make room for a table where one can't be read; what has commits is kept for a look."""
    if any(log_of(folder).glob("*.json")):
        move(folder, folder.with_name(f"{folder.name}{BROKEN}{time.time_ns()}"))
    else:
        remove_tree(folder)


def cut_off(folder: Place, version: int) -> None:
    """Put commits after a version aside: a kill or a loss of power left them in pieces."""
    log = log_of(folder)
    (log / "_last_checkpoint").unlink(missing_ok=True)  # only a hint, and may be of one of them
    for file in matching(log, "*"):
        if file.name[:20].isdigit() and int(file.name[:20]) > version:
            move(file, file.with_name(f"{file.name}{BROKEN}{time.time_ns()}"))
