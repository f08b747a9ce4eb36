"""Schema drift: how a load's columns differ from those of the feed's loads before it, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from shoplake.bronze.header import NAMELESS, folded, missing_columns
from shoplake.contract import Reason
from shoplake.errors import InputError
from shoplake.sources.declaration import Change, Feed

if TYPE_CHECKING:
    from shoplake.bronze.load import Load


@dataclass(frozen=True, slots=True)
class Drift:
    """One change. `column` is a declared name, or the file's where nobody declared it."""

    kind: str
    column: str
    outcome: str
    detail: str = ""

    @property
    def reason(self) -> str:
        return Reason(self.kind).of(self.column)

    def __str__(self) -> str:
        return " ".join(filter(None, [self.column and f"«{self.column}»", self.detail and f"({self.detail})"]))


@dataclass(slots=True)
class _Shape:
    """What a feed's accepted loads look like: columns that nobody declared, those that went, headers, their order."""

    others: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    headers: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)


def outcome_of(kind: str, change: Change, feed: Feed) -> str:
    """What the feed declares for a kind of change; in JSON no key means no value."""
    return getattr(change.drift, kind) or ("evolve" if feed.is_json else "stop")


def judged(loads: Iterable[Load], feed: Feed, change: Change, published: Mapping[str, Load]) -> list[Load]:
    """The loads with their drift, in the order in which they came; those of one run by their date, then by name.

    What was published with a change was accepted, and doesn't stop a run any more; nor does a file that has gone.
    """
    shape: _Shape | None = None
    found: list[Load] = []
    for load in sorted(loads, key=_order):
        before = published.get(load.load_id)
        known = {(each.kind, each.column) for each in before.drift} if before else set()
        drift = []
        for kind, column, outcome, detail in _changes(load, feed, change, shape) if load.names else ():
            is_accepted = outcome == "stop" and (load.has_gone or (kind, column) in known)
            drift.append(Drift(kind, column, "evolve" if is_accepted else outcome, detail))
        if load.names and not {each.outcome for each in drift} & {"quarantine", "stop"}:
            shape = _grown(shape, load, drift)
        types = [each for each in before.drift if each.kind == Reason.TYPE_CHANGE] if before else []
        found.append(replace(load, drift=(*drift, *types)))
    return found


def _changes(load: Load, feed: Feed, change: Change, shape: _Shape | None) -> Iterator[tuple[str, str, str, str]]:
    """(kind, column, outcome, detail) of each difference from the shape so far; the first load may have any columns."""
    before, others = shape or _Shape(others=_others(load)), _others(load)
    new = [name for name in load.names if name in others - before.others]
    missing = [name for name in feed.columns if name not in load.columns and name not in before.absent]
    for name in new:
        yield Reason.NEW_COLUMN, name, outcome_of("new_column", change, feed), ""
    for name in missing:
        near = _likely_name(feed.headers[name], new or sorted(others), is_only=len(missing) == len(new) == 1)
        hint = f"is it «{near}»?" if near else ""
        yield Reason.MISSING_COLUMN, name, outcome_of("missing_column", change, feed), hint
    for name, header in load.columns.items():
        was = before.headers.get(name, header)
        if folded(was) != folded(header):
            yield Reason.RENAMED_COLUMN, name, outcome_of("renamed_column", change, feed), f"from «{was}» to «{header}»"
    if feed.is_json:
        return
    for name in sorted(before.others - set(load.names) - before.absent):  # nothing depends on it
        yield Reason.MISSING_COLUMN, name, "evolve", ""
    order = _order_of(load)
    if [name for name in order if name in before.order] != [name for name in before.order if name in order]:
        yield Reason.REORDERED_HEADER, "", outcome_of("reordered_header", change, feed), ""


def _grown(shape: _Shape | None, load: Load, drift: list[Drift]) -> _Shape:
    """The shape with what evolves; what is ignored leaves it as it was."""
    if shape is None:
        shape = _Shape(_others(load), set(), dict(load.columns), _order_of(load))
    ignored = {(each.kind, each.column) for each in drift if each.outcome == "ignore"}
    evolved = {(each.kind, each.column) for each in drift} - ignored
    shape.others |= {column for kind, column in evolved if kind == Reason.NEW_COLUMN}
    shape.absent -= {*load.names, *load.columns}
    shape.absent |= {column for kind, column in evolved if kind == Reason.MISSING_COLUMN}
    shape.headers |= {n: header for n, header in load.columns.items() if (Reason.RENAMED_COLUMN, n) not in ignored}
    if (Reason.REORDERED_HEADER, "") not in ignored:
        shape.order = _order_of(load)
    return shape


def _likely_name(headers: Iterable[str], names: list[str], *, is_only: bool) -> str:
    """The name that a missing column may have now: one that is like it, or the only new one."""
    near = [match for header in headers for match in get_close_matches(header, names, n=1, cutoff=0.6)]
    return near[0] if near else names[0] if is_only else ""


def refusal(load: Load, feed: Feed) -> InputError | None:
    """The error of a load for which the feed declares `stop`."""
    stops = [each for each in load.drift if each.outcome == "stop"]
    if not stops:
        return None
    kind = stops[0].kind
    accept = f"or accept such files: drift: {{{kind}: evolve}} under «{load.feed}» in the source's change"
    missing = [each for each in stops if each.kind == Reason.MISSING_COLUMN]
    if missing:
        hints = [found[1] for each in missing if (found := re.search("«(.+)»", each.detail))]
        problem = missing_columns([each.column for each in missing], load.names, feed, load.file, hints)
        accept = accept.replace(kind, Reason.MISSING_COLUMN)
        return InputError(problem.what, where=load.file, remedy=f"{problem.remedy}, {accept}")
    columns = ", ".join(str(each) for each in stops if each.kind == kind)
    what = f"unlike the files before, it has a {kind.replace('_', ' ')} {columns}".strip()
    return InputError(what, where=load.file, remedy=f"Export it as before, {accept}")


def set_aside(loads: Iterable[Load]) -> dict[str, list[str]]:
    """Reason -> the loads whose rows are all refused for it."""
    found: dict[str, list[str]] = {}
    for load in loads:
        for each in load.drift:
            if each.outcome == "quarantine" and each.kind != Reason.TYPE_CHANGE:
                found.setdefault(each.reason, []).append(load.load_id)
    return found


def _others(load: Load) -> set[str]:
    """The columns that nobody declared."""
    return {name for name in load.names if name not in load.columns.values() and not NAMELESS.fullmatch(name)}


def _order_of(load: Load) -> list[str]:
    declared = {header: name for name, header in load.columns.items()}
    return [declared.get(name, name) for name in load.names]


def _order(load: Load) -> tuple[str, str, list[str | int]]:
    numbered = [int(part) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", load.file))]
    return load.recorded_at, load.effective_at or "", numbered
