"""Copies of tables from one lake to another, verified by their digests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from shoplake.errors import QualityError
from shoplake.lake.base import ANEW
from shoplake.lake.durability import digest, make_durable, sync
from shoplake.lake.failures import explained
from shoplake.lake.log import log_of
from shoplake.lake.place import Place, below, copy, matching
from shoplake.lake.store import Lake


def copy_table(
    source: Lake, target: Lake, name: str, version: int, digests: Mapping[str, str], more: Collection[int] = ()
) -> dict[str, str]:
    """Copy the log up to a version and the files that the digests are of, and `more` versions; durable, or an error.

    Gives the digests of the copies, which in another kind of place are of another kind.

    Raises QualityError where a file is missing or other than it was, or the log names others.
    """
    start, end = source.path(name), target.path(name)
    with explained(name):
        others = {below(file, start) for each in more for file in source.files(name, each)}
        for file in [*digests, *sorted(others - digests.keys())]:
            _copy(start / file, end / file, f"{name}/{file}")
        last = max(version, *more) if more else version
        for path in matching(log_of(start), "[0-9]*"):
            if path.suffix in {".json", ".parquet"} and int(path.name.partition(".")[0]) <= last:
                _copy(path, log_of(end) / path.name, f"{name}/{path.name}")
                sync(log_of(end) / path.name)
        there = make_durable(target, name, version)
        for file in others - digests.keys():
            sync(end / file)
    wrong = sorted(digests.keys() ^ there.keys())
    wrong += [file for file in digests if not _is_same(start / file, end / file, digests[file])]
    wrong += [file for file in others - digests.keys() if not _is_same(start / file, end / file, digest(start / file))]
    if wrong:
        raise QualityError("differs from what was published", where=f"{name}/{wrong[0]}", remedy=ANEW)
    return there


def _is_same(start: Place, end: Place, published: str) -> bool:
    """Whether a copy has the published digest; one in another kind of place has a digest of its own kind."""
    if isinstance(start, Path) and isinstance(end, Path):
        return digest(end) == published
    return digest(start) == published and start.stat().st_size == end.stat().st_size


def _copy(start: Place, end: Place, where: str) -> None:
    try:
        copy(start, end)
    except FileNotFoundError as failure:
        raise QualityError("is missing", where=where, remedy=ANEW) from failure
