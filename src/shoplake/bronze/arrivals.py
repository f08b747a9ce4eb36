"""What lies in the raw folder: the loads of each feed, and files that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from shoplake.bronze.files import RawFile, find_files, members_of
from shoplake.bronze.header import columns_in
from shoplake.bronze.load import Load, inspect
from shoplake.bronze.seen import Seen
from shoplake.errors import InputError
from shoplake.lake.place import Place, below, matching
from shoplake.runs.manifest import Held, Manifest
from shoplake.sources.declaration import FILE_NAME, Change, Source


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Loads by (source, feed), those whose file has gone included; the sources that have any; notes to tell.

    `held` are the loads that a rollback took out and that nothing has let in or replaced since.
    """

    loads: dict[tuple[str, str], list[Load]]
    sources: list[Source]
    notes: list[str]
    held: tuple[Held, ...]


def look_at(raw: Place, sources: Iterable[Source], previous: Manifest | None, seen: Seen, now: datetime) -> Arrivals:
    """Inspect the raw files of all declared sources, but for those that were `seen` as they are.

    A load that the `previous` state has, or that was held and is released, keeps its time when it is there again, and
    its rows when its file has gone. One that is held is as if it weren't there.
    """
    held = {each.load_id: each for each in previous.held} if previous else {}
    shut_out = {name for name, each in held.items() if not each.released}
    let_in = [each.load for each in held.values() if each.released]
    known = [Load.from_json(load) for load in (*previous.loads, *let_in)] if previous else []
    declared = {source.source: source for source in sources}
    loads: dict[tuple[str, str], list[Load]] = {}
    active: list[Source] = []
    notes: list[str] = []
    for source in declared.values():
        found = {name: find_files(raw, source.source, feed) for name, feed in source.parse.items()}
        there = {
            name: [seen.look(file, source, name, partial(inspect, file, source, name, now)) for file in files]
            for name, files in found.items()
        }
        is_open = any(load.load_id not in shut_out for each in there.values() for load in each)
        if not is_open and not any(load.source == source.source for load in known):
            continue
        active.append(source)
        for name, each in there.items():
            before = [load for load in known if (load.source, load.feed) == (source.source, name)]
            loads[source.source, name] = _loads_of(source, name, each, before, held, raw, notes)
        notes += _unmatched(raw, source, [file for files in found.values() for file in files])
    if not active:
        raise InputError(
            "there are no raw files",
            where=str(raw),
            remedy=f"Run `shoplake demo`, or put files under raw/<source>/ (declared: {', '.join(declared)})",
        )
    notes += _undeclared(raw, set(declared))
    return Arrivals(loads, active, notes, _still_held(held.values(), loads, declared, notes))


def _loads_of(
    source: Source,
    name: str,
    lying: list[Load],
    before: list[Load],
    held: Mapping[str, Held],
    raw: Place,
    notes: list[str],
) -> list[Load]:
    """The loads of one feed: what lies there, and what was landed from files that have gone since."""
    published = {load.load_id: load for load in before}
    there: dict[str, Load] = {}
    waiting = set()
    for load in lying:
        if load.load_id in held and load.load_id not in published:
            waiting.add(load.file)
        elif load.load_id in there:
            notes.append(f"{load.file} holds what {there[load.load_id].file} holds too; it is read once")
        else:
            there[load.load_id] = _as_published(load, published.get(load.load_id))
    if not there and not before:
        raise _nothing_of(source, name, raw, is_held=bool(lying))
    change = source.change_of(name)
    names = {load.file for load in there.values()}
    back = {load.file for load in before if load.load_id in held}
    last = {load.file: load for load in sorted(before, key=lambda load: load.recorded_at)}
    gone = []
    for load in before:
        if load.load_id in there:
            continue
        is_old = load.file in names or (load.file in back and load is not last[load.file])
        if is_old and change.changed_file == "supersedes":
            notes.append(f"{load.file} has changed; its rows take the place of those that it held")
            continue
        if not load.has_gone and load.file not in names | waiting:
            notes.append(f"{load.file} has gone; its rows stay")
        gone.append(replace(load, has_gone=True, columns=columns_in(load.names, source.parse[name])))
    loads = [*there.values(), *gone]
    _check_order(change, loads)
    return loads


def _nothing_of(source: Source, name: str, raw: Place, *, is_held: bool) -> InputError:
    if is_held:
        what = f"all files of «{name}» are held"
        remedy = f"Let them in with `shoplake release {source.source}.{name}`, and run again"
    else:
        what = f"no file matches {source.parse[name].files}"
        remedy = f"Put the files of «{name}» there, or take the feed out of source.yml"
    return InputError(what, where=f"{raw / source.source}", remedy=remedy)


def _still_held(
    held: Iterable[Held],
    loads: dict[tuple[str, str], list[Load]],
    declared: dict[str, Source],
    notes: list[str],
) -> tuple[Held, ...]:
    """Neither what was let in and has its place now, nor what another delivery of its name replaced since."""
    kept = []
    for each in held:
        feed = each.load["source"], each.load["feed"]
        here = loads.get(feed)
        if here is None:
            is_over = False
        elif each.released:
            is_over = all(load.load_id != each.load_id for load in here)
        else:
            supersedes = declared[feed[0]].change_of(feed[1]).changed_file == "supersedes"
            is_over = supersedes and any(load.file == each.file and not load.has_gone for load in here)
            if is_over:
                notes.append(f"{each.file} was held; what came since under its name takes its place")
        if not is_over:
            kept.append(each)
    waiting = [each.file for each in kept if not each.released]
    if waiting:
        told = ", ".join(waiting[:3]) + (f" and {len(waiting) - 3:,} more" if waiting[3:] else "")
        notes.append(f"held since a rollback: {told}; `shoplake release` lets them in")
    return tuple(kept)


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


def _unmatched(raw: Place, source: Source, matched: list[RawFile]) -> list[str]:
    """What lies beside the files of the feeds, or in an archive beside its members that are."""
    folder = raw / source.source
    names, paths = {file.name for file in matched}, {file.path for file in matched}
    left: list[str] = []
    for path in matching(folder, "[!.]*"):
        name = below(path, raw)
        if path not in paths:
            left.append(name)
        elif path.suffix.lower() == ".zip":
            left += sorted({f"{name}/{member}" for member in members_of(path, name)} - names)
    return [f"{name} matches no feed of the source" for name in left]


def _undeclared(raw: Place, declared: set[str]) -> list[str]:
    folders = {path.name for path in raw.glob("[!.]*") if path.is_dir()}
    return [f"{name}/ belongs to no declared source" for name in sorted(folders - declared)]
