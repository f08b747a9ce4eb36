"""The embedded warehouse: gold in one DuckDB file, made aside and swapped in whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb

from shoplake.contract import Table, View
from shoplake.errors import MachineError, QualityError
from shoplake.lake import Files
from shoplake.lake.durability import sync, sync_folder
from shoplake.lake.failures import explained
from shoplake.runs.manifest import Manifest, PublishedTable
from shoplake.warehouse import parity
from shoplake.warehouse.duckdb_table import RECORD, fill, needed
from shoplake.warehouse.views import create_views, quoted

# Past this share of its bytes that are others, or that hold nothing any more, a file is made anew.
_MOST = 0.5


def build(
    lake: Files, manifest: Manifest, path: Path, most_bytes: int | None = None, views: Iterable[View] = ()
) -> Path:
    """Write the published gold to a new file beside `path`, and give it; `swap_in` makes it the warehouse.

    It is a copy of the one that is there, with the rows of other files in it, or made anew where that can't be or the
    copy doesn't hold what the lake does; raises QualityError where neither does.
    Columns and comments are those that were published, which the declarations may have left behind.
    `most_bytes`: of memory to use; by default most of what the machine has. `views` are put beside those of the tables.
    """
    more = tuple(views)
    fresh = path.with_name(f"{path.name}.new")
    with explained(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(fresh)
        if not (_is_near(lake, manifest, path) and _is_followed(lake, manifest, path, fresh, most_bytes, more)):
            _remove(fresh)
            _fill(lake, manifest, fresh, most_bytes, more)
        sync(fresh)
    return fresh


def _is_near(lake: Files, manifest: Manifest, path: Path) -> bool:
    """Whether a warehouse is there of which most is what a manifest says."""
    read = total = 0
    with suppress(duckdb.Error), duckdb.connect(str(path), read_only=True) as db:
        for table, published in _gold(lake, manifest):
            sizes = lake.sizes(table.name, published.version)
            read += sum(sizes[file] for file in needed(db, table, published).files)
            total += sum(sizes.values())
        return read <= _MOST * total
    return False


def _is_followed(
    lake: Files, manifest: Manifest, path: Path, fresh: Path, most_bytes: int | None, views: Iterable[View]
) -> bool:
    """Bring a copy of the warehouse up to a manifest; false where it can't be, or has become mostly empty."""
    shutil.copyfile(path, fresh)
    try:
        _fill(lake, manifest, fresh, most_bytes, views)
        with duckdb.connect(str(fresh), read_only=True) as db:
            (free,) = db.execute("SELECT free_blocks / total_blocks FROM pragma_database_size()").fetchone() or (0,)
    except (duckdb.Error, QualityError):  # made anew, it tells what is wrong, if not with the copy
        return False
    return bool(free <= _MOST)


def _remove(fresh: Path) -> None:
    for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        leftover.unlink(missing_ok=True)


def _fill(lake: Files, manifest: Manifest, fresh: Path, most_bytes: int | None, views: Iterable[View]) -> None:
    with duckdb.connect(str(fresh)) as db:
        db.execute("SET TimeZone = 'UTC'; CREATE SCHEMA IF NOT EXISTS gold; CREATE SCHEMA IF NOT EXISTS shoplake")
        db.execute(RECORD)
        if most_bytes:
            db.execute(f"SET memory_limit = '{most_bytes}B'; SET preserve_insertion_order = false")
        for (base,) in db.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'gold'").fetchall():
            if f"gold.{base}" not in manifest.tables:
                db.execute(f"DROP TABLE gold.{quoted(base)}")
                db.execute("DELETE FROM shoplake.filled WHERE name = ?", [f"gold.{base}"])
        gold = list(_gold(lake, manifest))
        for table, published in gold:
            fill(db, lake, table, published)
        create_views(db, [table for table, _ in gold], views)
        _write_publication(db, manifest)


def differences(lake: Files, manifest: Manifest, path: Path) -> Iterator[QualityError]:
    """What a warehouse doesn't hold as the lake's files do, table by table; both are read whole."""
    with explained(str(path)), duckdb.connect(str(path), read_only=True) as db:
        db.execute("SET TimeZone = 'UTC'")
        for table, published in _gold(lake, manifest):
            try:
                with lake.at_hand(table.name, published.files) as root:
                    parity.check(db, root, table, published, {})
            except QualityError as difference:
                yield difference
            except duckdb.CatalogException:
                yield QualityError("it isn't in the warehouse", where=table.name)


def _gold(lake: Files, manifest: Manifest) -> Iterator[tuple[Table, PublishedTable]]:
    for name, published in manifest.tables.items():
        if name.startswith("gold."):
            yield lake.contract(name, published.version), published


def swap_in(fresh: Path, path: Path) -> None:
    """Readers see the old file or the new one, never a part of either."""
    try:
        fresh.replace(path)
    except PermissionError as failure:
        raise MachineError(
            "another program has the warehouse open",
            where=str(path),
            remedy="Close it and run again; the lake itself is published",
        ) from failure
    sync_folder(path.parent)


def holds(path: Path, manifest: Manifest) -> bool:
    """Whether the warehouse has a state: two lakes may have one of the same number."""
    return published(path) == (manifest.number, manifest.run_id)


def published(path: Path) -> tuple[int, str] | None:
    """The number and the run of the manifest that the warehouse holds; None where there is no warehouse."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as db:
            found = db.execute("SELECT number, run_id FROM shoplake.publication").fetchone()
    except duckdb.Error:
        return None
    return (int(found[0]), str(found[1])) if found else None


def _write_publication(db: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    db.execute(
        "CREATE OR REPLACE TABLE shoplake.publication (number BIGINT, run_id VARCHAR, published_at VARCHAR, as_of DATE)"
    )
    row = [manifest.number, manifest.run_id, manifest.published_at, manifest.as_of]
    db.execute("INSERT INTO shoplake.publication VALUES (?, ?, ?, ?)", row)
