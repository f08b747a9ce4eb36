"""Two lakes table by table, row for row, by a third engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from shoplake.config import find_project
from shoplake.lake import Lake
from shoplake.runs.manifest import Manifest, Manifests
from tests.conftest import in_common

State = tuple[Lake, Manifest]


def published(folder: Path) -> tuple[Lake, Manifest]:
    project = find_project(folder)
    manifest = Manifests(project.manifests).latest()
    assert manifest is not None
    return Lake(project.data), manifest


def differences(left: Path, right: Path) -> Iterator[str]:
    """What the published tables of two projects don't have in common; nothing where they are equal."""
    yield from apart(published(left), published(right), (left, right))


def apart(left: State, right: State, names: tuple[object, object] = ("the first", "the second")) -> Iterator[str]:
    """The same of two states, each with the lake that has its tables."""
    (lake, ours), (other, theirs) = left, right
    if ours.tables.keys() != theirs.tables.keys():
        yield f"tables: {ours.tables.keys() ^ theirs.tables.keys()}"
    for name in sorted(ours.tables.keys() & theirs.tables.keys()):
        with duckdb.connect() as db:
            sides = [_view(db, side, *at) for side, at in {"l": (lake, name, ours), "r": (other, name, theirs)}.items()]
            if sides[0] != sides[1]:
                yield f"{name}: columns {sides}"
            elif sides[0]:
                for one, two in ("lr", "rl"):
                    more = db.execute(f"select * from {one} except all select * from {two}").fetchall()
                    if more:
                        yield f"{name}: {len(more)} rows only in {names[one == 'r']}, such as {more[0]}"
    if ours.account["entries"] != theirs.account["entries"]:
        yield "account: entries differ"


def _view(
    db: duckdb.DuckDBPyConnection, alias: str, lake: Lake, name: str, manifest: Manifest
) -> list[tuple[str, str]]:
    files = [str(file) for file in lake.files(name, manifest.tables[name].version)]
    if not files:
        return []
    db.execute("set TimeZone = 'UTC'")
    db.execute(f"create view {alias} as select {in_common(name)} from read_parquet({files!r})")
    return [(row[0], row[1]) for row in db.execute(f"describe {alias}").fetchall()]
