"""Upkeep of tables: small files become large ones, and what no version that somebody needs has goes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from shoplake.errors import QualityError
from shoplake.lake.base import ANEW, TableVersion
from shoplake.lake.durability import sync, sync_folder
from shoplake.lake.failures import explained
from shoplake.lake.log import BROKEN, log_of
from shoplake.lake.place import Place, listed, matching, remove_tree
from shoplake.lake.store import Lake

LARGE = 128 << 20
MANY = 8
LAYERS = ("bronze", "silver", "gold", "quarantine", "staging", "scratch")

# By table: the versions that are needed, and the data files of each.
Needed = Mapping[str, Mapping[int, set[str]]]


def is_scattered(sizes: Mapping[str, int]) -> bool:
    """Whether many small files lie in one folder.

    >>> is_scattered({f"{i}.parquet": 1000 for i in range(8)}), is_scattered({"a/1": 1000, "b/1": 1000})
    (True, False)
    """
    small = Counter(PurePosixPath(path).parent for path, size in sizes.items() if size < LARGE // 4)
    return max(small.values(), default=0) >= MANY


def compact(lake: Lake, published: TableVersion, run_id: str) -> TableVersion:
    """Commit the same rows in fewer files over the published version, which must be the head."""
    from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties

    name = published.table
    with explained(name):
        delta = DeltaTable(lake.path(name).as_posix())
        delta.optimize.compact(
            target_size=LARGE,
            commit_properties=CommitProperties(custom_metadata={"userMetadata": json.dumps({"run_id": run_id})}),
            post_commithook_properties=PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False),
        )
    made = lake.head(name)
    if made.rows != published.rows:
        what = f"{made.rows} rows in fewer files were {published.rows}; nothing was published"
        raise QualityError(what, where=name, remedy=ANEW)
    return made


def unneeded(lake: Lake, needed: Needed) -> Iterator[Place]:
    """Data files of no needed version, and the folders of tables without one.

    What was put aside stays, and so does everything of a table that lacks a file that it should have.
    """
    for layer in LAYERS:
        for log in matching(lake.root / layer, "*/_delta_log"):
            table = log.parent
            versions = needed.get(f"{layer}.{table.name}")
            if BROKEN in table.name:
                continue
            if versions is None:
                if any(table.rglob("*")):  # a store may keep the folder when its last file has gone
                    yield table
                continue
            kept = {table / file for files in versions.values() for file in files}
            if all(file.is_file() for file in kept):
                yield from (file for file in table.rglob("*.parquet") if file not in kept and log not in file.parents)


def begin_at(table: Place, version: int) -> list[Place]:
    """The part of a log before a version, where it is worth removing; a checkpoint then stands for it."""
    from deltalake import DeltaTable

    log = log_of(table)
    older = [path for path in matching(log, "[0-9]*") if int(path.name.partition(".")[0]) < version]
    if sum(path.suffix == ".json" for path in older) < MANY:
        return []
    with explained(table.name):
        DeltaTable(table.as_posix(), version=version).create_checkpoint()
        for path in log.glob(f"{version:020}.*parquet"):
            sync(path)
        sync_folder(log)
    return older


def size_of(path: Place) -> int:
    """Bytes of a file, or of all in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(listed(path).values())


def remove(path: Place) -> None:
    """Remove a file, or a folder with all that is in it."""
    if path.is_file():
        path.unlink()
    else:
        remove_tree(path)
