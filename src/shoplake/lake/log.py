"""What a table's log says at a version, in one digest: a change in it that a reader could notice shows."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deltalake import DeltaTable


def log_digest(delta: DeltaTable) -> str:
    """The SHA-256 of columns, settings and files with their statistics, wherever the log keeps them."""
    import pyarrow as pa

    metadata = delta.metadata()
    files = sorted(pa.table(delta.get_add_actions()).to_pylist(), key=lambda file: str(file["path"]))
    said = [json.loads(delta.schema().to_json()), metadata.partition_columns, metadata.configuration, files]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
