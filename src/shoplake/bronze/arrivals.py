"""What lies in the raw folder: the loads of each feed, and files that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from shoplake.bronze.load import Load, find_files, inspect
from shoplake.errors import InputError
from shoplake.sources.declaration import Source


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Loads by (source, feed), the sources that have any, and what was left lying, as sentences."""

    loads: dict[tuple[str, str], list[Load]]
    sources: list[Source]
    notes: list[str]


def look_at(raw: Path, sources: Iterable[Source], known: Iterable[dict[str, Any]], now: datetime) -> Arrivals:
    """Inspect every raw file of every declared source. `known`: the published loads, which keep their time."""
    first_seen = {load["load_id"]: load["recorded_at"] for load in known}
    loads: dict[tuple[str, str], list[Load]] = {}
    active, notes = [], []
    declared = list(sources)
    for source in declared:
        found = {name: find_files(raw, source.source, feed) for name, feed in source.parse.items()}
        if not any(found.values()):
            continue
        active.append(source)
        for name, paths in found.items():
            if not paths:
                raise InputError(
                    f"no file matches {source.parse[name].files}",
                    where=f"{raw / source.source}",
                    remedy=f"Put the files of «{name}» there, or take the feed out of source.yml",
                )
            inspected = [inspect(path, raw, source.source, name, source.parse[name], now) for path in paths]
            kept, repeated = _once(inspected)
            notes += [f"{load.file} holds what another file holds too; it is read once" for load in repeated]
            loads[source.source, name] = [
                replace(load, recorded_at=first_seen.get(load.load_id, load.recorded_at)) for load in kept
            ]
        notes += _unmatched(raw, source, {path for paths in found.values() for path in paths})
    if not active:
        names = ", ".join(source.source for source in declared)
        raise InputError(
            "there are no raw files",
            where=str(raw),
            remedy=f"Run `shoplake demo`, or put files under raw/<source>/ (declared: {names})",
        )
    notes += _undeclared(raw, {source.source for source in declared})
    return Arrivals(loads, active, notes)


def _once(loads: list[Load]) -> tuple[list[Load], list[Load]]:
    """Loads of one content are one load, whatever their files' names."""
    kept: dict[str, Load] = {}
    repeated = []
    for load in loads:
        if load.load_id in kept:
            repeated.append(load)
        else:
            kept[load.load_id] = load
    return list(kept.values()), repeated


def _unmatched(raw: Path, source: Source, matched: set[Path]) -> list[str]:
    there = {path for path in (raw / source.source).iterdir() if not path.name.startswith(".")}
    return [f"{path.relative_to(raw).as_posix()} matches no feed of the source" for path in sorted(there - matched)]


def _undeclared(raw: Path, declared: set[str]) -> list[str]:
    folders = {path.name for path in raw.iterdir() if path.is_dir() and not path.name.startswith(".")}
    return [f"{name}/ belongs to no declared source" for name in sorted(folders - declared)]
