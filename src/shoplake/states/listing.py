"""The published states, and the runs that published none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shoplake.config import Project
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.manifest import Manifest, Manifests, PublishedTable


@dataclass(frozen=True, slots=True)
class Line:
    """A published state, or a run without one (no `number`). `what` made it, or became of it.

    `tables` are those whose files aren't those of the state before, `rows` what they hold, `loads` the files that came
    since; unknown where that state is forgotten.
    """

    number: int | None
    is_current: bool
    what: str
    at: str
    as_of: str
    run_id: str
    tables: list[str] | None = None
    rows: int | None = None
    loads: list[str] | None = None
    held: tuple[str, ...] = ()
    error: str = ""


def runs(project: Project, last: int) -> list[Line]:
    """The newest states and runs first."""
    manifests = Manifests(project.manifests)
    states = [manifests.read(number) for number in manifests.numbers()[-last - 1 :]]
    return listed(states, Ledger(project.ledger).last(last))[:last]


def listed(states: list[Manifest], records: list[RunRecord]) -> list[Line]:
    """`states` are the newest ones, the oldest first; `records` those of runs."""
    lines = [_state(state, states[at - 1] if at else None, state is states[-1]) for at, state in enumerate(states)]
    newest = max((record.run_id for record in records if record.kind != "orchestration"), default="")
    for record in records:
        if record.outcome in {"failed", "running"}:
            is_cut_off = record.outcome == "running" and record.run_id != newest
            what = "cut off" if is_cut_off else f"{'' if record.kind == 'run' else f'{record.kind} '}{record.outcome}"
            at, as_of = record.started_at, record.as_of
            lines.append(Line(None, False, what, at, as_of, record.run_id, error=record.error))
    return sorted(lines, key=lambda line: (line.at, line.number or 0), reverse=True)


def _differ(old: PublishedTable, new: PublishedTable) -> bool:
    """Whether files are others; of a table in a catalog, which shows none, the log tells."""
    return old.files != new.files or (not new.files and old.log != new.log)


def _state(state: Manifest, before: Manifest | None, is_current: bool) -> Line:
    found: dict[str, Any] = {}
    if before or state.number == 1:
        old = before.tables if before else {}
        known = {load["load_id"] for load in before.loads} if before else set()
        changed = [name for name, table in state.tables.items() if name not in old or _differ(old[name], table)]
        found["tables"], found["rows"] = changed, sum(state.tables[name].rows for name in changed)
        found["loads"] = [load["file"] for load in state.loads if load["load_id"] not in known]
    what = f"rollback to {state.content_of}" if state.kind == "rollback" else state.kind
    held = tuple(each.file for each in state.held if not each.released)
    as_of = state.as_of.isoformat()
    return Line(state.number, is_current, what, state.published_at, as_of, state.run_id, held=held, **found)
