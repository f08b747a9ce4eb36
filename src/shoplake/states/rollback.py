"""An earlier state is published anew; what came after it is held until it is released."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise

from shoplake.config import Project
from shoplake.errors import DeclarationError
from shoplake.runs.ledger import Ledger
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Held, Manifest, Manifests
from shoplake.runs.open_run import OpenRun
from shoplake.runs.progress import Progress
from shoplake.runs.publication import restore_heads
from shoplake.states.publish import next_after, publish, record, verify


def rollback(project: Project, number: int, progress: Progress) -> Manifest:
    """Publish the content of an earlier number as the next one; nothing moves before all its files are verified.

    Raises DeclarationError where there is no such state or it is the current one, QualityError where it is damaged.
    """
    with only_one(project.lock), project.lake() as lake:
        manifests = Manifests(project.manifests)
        target, latest = manifests.chosen(number), manifests.chosen(None)
        if number in {latest.number, latest.content_of}:
            remedy = "`shoplake runs` lists the others"
            raise DeclarationError("it is what is published now", where=f"number {number}", remedy=remedy)
        progress.stage("verify")
        verify(lake, target.tables, progress)
        progress.stage("publish")
        held = to_hold(target, [manifests.read(each) for each in manifests.numbers() if each > number])
        manifest = replace(next_after(latest, target, "rollback"), content_of=number, held=held)
        OpenRun(project.open_run).give_up(manifests, Ledger(project.ledger), f"number {number} was published anew")
        restore_heads(lake, manifest)
        publish(project, lake, manifest)
        record(project, manifest, "rollback", f"number {number} is published anew, {len(held)} loads are held")
    return manifest


def to_hold(target: Manifest, later: list[Manifest]) -> tuple[Held, ...]:
    """What runs brought after a state (`later`: the oldest first) or were kept from reading, and where its rows lie."""
    brought = set()
    for before, state in pairwise([target, *later]):
        if state.kind == "run":
            brought |= _ids(state) - _ids(before)
    found = {each.load_id: replace(each, released=False) for state in (target, *later) for each in state.held}
    for state in later:
        for load in state.loads:
            if load["load_id"] in brought:
                table = f"bronze.{load['source']}__{load['feed']}"
                found[load["load_id"]] = Held(load, table, state.tables[table].version)
    return tuple(each for name, each in found.items() if name not in _ids(target))


def _ids(state: Manifest) -> set[str]:
    return {load["load_id"] for load in state.loads}


def release(project: Project, wanted: tuple[str, ...], progress: Progress) -> list[Held]:
    """Let held loads in, all of them or those named by file, id, source or `source.feed`: the next run reads them.

    Raises DeclarationError where nothing that is held is called so.
    """
    with only_one(project.lock), project.lake() as lake:
        latest = Manifests(project.manifests).latest()
        held = latest.held if latest else ()
        waiting = {each.load_id: _names(each) for each in held if not each.released}
        for name in wanted:
            if not any(name in names for names in waiting.values()):
                raise _not_held(name, waiting)
        chosen = {load for load, names in waiting.items() if not wanted or names.intersection(wanted)}
        if latest and chosen:
            progress.stage("publish")
            now = tuple(replace(each, released=each.released or each.load_id in chosen) for each in held)
            manifest = replace(next_after(latest, latest, "release"), content_of=None, held=now)
            publish(project, lake, manifest)
            record(project, manifest, "release", f"{len(chosen)} loads are released")
    return [each for each in held if each.load_id in chosen]


def _names(held: Held) -> set[str]:
    source, feed = held.load["source"], held.load["feed"]
    return {held.load_id, held.file, source, f"{source}.{feed}"}


def _not_held(name: str, waiting: dict[str, set[str]]) -> DeclarationError:
    known = sorted(set().union(*waiting.values()))
    near = get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else "`shoplake status` lists what is held"
    return DeclarationError(f"nothing that is held is called «{name}»", where="release", remedy=remedy)
