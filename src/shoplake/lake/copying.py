"""Copies of tables from one lake to another, verified by their digests."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from shoplake.errors import QualityError
from shoplake.lake.durability import digest, make_durable, sync, sync_and_digest
from shoplake.lake.failures import explained
from shoplake.lake.log import log_of
from shoplake.lake.store import Lake
from shoplake.lake.tables import ANEW


def copy_table(
    source: Lake, target: Lake, name: str, version: int, digests: Mapping[str, str], more: Collection[int] = ()
) -> None:
    """Copy the log up to a version and the files that the digests are of, and `more` versions; durable, or an error.

    Raises QualityError where a file is missing or other than it was, or the log names others.
    """
    start, end = source.path(name), target.path(name)
    with explained(name):
        others = {file.relative_to(start).as_posix() for each in more for file in source.files(name, each)}
        for file in [*digests, *sorted(others - digests.keys())]:
            _copy(start / file, end / file, f"{name}/{file}")
        last = max(version, *more) if more else version
        for path in sorted(log_of(start).glob("[0-9]*")):
            if path.suffix in {".json", ".parquet"} and int(path.name.partition(".")[0]) <= last:
                _copy(path, log_of(end) / path.name, f"{name}/{path.name}")
                sync(log_of(end) / path.name)
        found = make_durable(target, name, version)
    wrong = sorted(file for file in digests.keys() | found.keys() if digests.get(file) != found.get(file))
    wrong += [file for file in others - digests.keys() if digest(start / file) != sync_and_digest(end / file)]
    if wrong:
        raise QualityError("differs from what was published", where=f"{name}/{wrong[0]}", remedy=ANEW)


def _copy(start: Path, end: Path, where: str) -> None:
    end.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(start, end)
    except FileNotFoundError as failure:
        raise QualityError("is missing", where=where, remedy=ANEW) from failure
