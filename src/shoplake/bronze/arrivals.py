"""What lies in the raw folder: the loads of each feed, and files that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from shoplake.bronze.files import RawFile, find_files, members_of
from shoplake.bronze.header import columns_in
from shoplake.bronze.load import Load, inspect
from shoplake.bronze.seen import Seen
from shoplake.errors import InputError
from shoplake.sources.declaration import FILE_NAME, Change, Source


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Loads by (source, feed), those whose file has gone included; the sources that have any; notes to tell."""

    loads: dict[tuple[str, str], list[Load]]
    sources: list[Source]
    notes: list[str]


def look_at(
    raw: Path, sources: Iterable[Source], known: Iterable[dict[str, Any]], seen: Seen, now: datetime
) -> Arrivals:
    """Inspect the raw files of all declared sources, but for those that were `seen` as they are.

    `known` are the published loads: one that is there again keeps its time, one whose file has gone keeps its rows.
    """
    published = [Load.from_json(load) for load in known]
    declared = list(sources)
    loads: dict[tuple[str, str], list[Load]] = {}
    active: list[Source] = []
    notes: list[str] = []
    for source in declared:
        found = {name: find_files(raw, source.source, feed) for name, feed in source.parse.items()}
        if not any(found.values()) and not any(load.source == source.source for load in published):
            continue
        active.append(source)
        for name, files in found.items():
            before = [load for load in published if (load.source, load.feed) == (source.source, name)]
            loads[source.source, name] = _loads_of(source, name, files, before, raw, seen, now, notes)
        notes += _unmatched(raw, source, [file for files in found.values() for file in files])
    if not active:
        names = ", ".join(source.source for source in declared)
        raise InputError(
            "there are no raw files",
            where=str(raw),
            remedy=f"Run `shoplake demo`, or put files under raw/<source>/ (declared: {names})",
        )
    notes += _undeclared(raw, {source.source for source in declared})
    return Arrivals(loads, active, notes)


def _loads_of(
    source: Source,
    name: str,
    files: list[RawFile],
    before: list[Load],
    raw: Path,
    seen: Seen,
    now: datetime,
    notes: list[str],
) -> list[Load]:
    """The loads of one feed: what lies there, and what was landed from files that have gone since."""
    if not files and not before:
        raise InputError(
            f"no file matches {source.parse[name].files}",
            where=f"{raw / source.source}",
            remedy=f"Put the files of «{name}» there, or take the feed out of source.yml",
        )
    published = {load.load_id: load for load in before}
    there: dict[str, Load] = {}
    for file in files:
        load = seen.look(file, source, name, partial(inspect, file, source, name, now))
        if load.load_id in there:
            notes.append(f"{load.file} holds what {there[load.load_id].file} holds too; it is read once")
        else:
            there[load.load_id] = _as_published(load, published.get(load.load_id))
    change = source.change_of(name)
    gone = []
    for load in before:
        if load.load_id in there:
            continue
        if any(load.file == other.file for other in there.values()):
            if change.changed_file == "supersedes":
                notes.append(f"{load.file} has changed; its rows take the place of those that it held")
                continue
        elif not load.has_gone:
            notes.append(f"{load.file} has gone; its rows stay")
        gone.append(replace(load, has_gone=True, columns=columns_in(load.names, source.parse[name])))
    loads = [*there.values(), *gone]
    _check_order(change, loads)
    return loads


def _as_published(load: Load, before: Load | None) -> Load:
    """What lies there, with what is known of its landing."""
    if before is None:
        return load
    return replace(
        load,
        recorded_at=before.recorded_at,
        rows=before.rows,
        breaks=before.breaks,
        expanded=before.expanded,
    )


def _check_order(change: Change, loads: list[Load]) -> None:
    """Refuse states of which nothing says which is newer: an order of arrival would have to be guessed."""
    is_dated_by_row = change.effective_at not in {None, FILE_NAME} or change.sequence_by
    if change.delivery == "append" or (is_dated_by_row and change.delivery != "snapshot"):
        return
    seen: dict[str, Load] = {}
    for load in loads:
        other = seen.setdefault(load.holds_from, load)
        if other is not load:
            raise InputError(
                f"nothing says whether it or {other.file} is newer",
                where=load.file,
                remedy="In the feed's change declare effective_at (_file: the date in the file's name) or sequence_by",
            )


def _unmatched(raw: Path, source: Source, matched: list[RawFile]) -> list[str]:
    """What lies beside the files of the feeds, or in an archive beside its members that are."""
    folder = raw / source.source
    names, paths = {file.name for file in matched}, {file.path for file in matched}
    left: list[str] = []
    for path in sorted(folder.glob("[!.]*")):
        name = path.relative_to(raw).as_posix()
        if path not in paths:
            left.append(name)
        elif path.suffix.lower() == ".zip":
            left += sorted({f"{name}/{member}" for member in members_of(path, name)} - names)
    return [f"{name} matches no feed of the source" for name in left]


def _undeclared(raw: Path, declared: set[str]) -> list[str]:
    folders = {path.name for path in raw.glob("[!.]*") if path.is_dir()}
    return [f"{name}/ belongs to no declared source" for name in sorted(folders - declared)]
