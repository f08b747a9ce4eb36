"""Tells of schema drift: each change once, in the run's record and notes, and with its load in the manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

from shoplake.bronze.arrivals import Arrivals
from shoplake.bronze.drift import Drift, judged, refusal
from shoplake.bronze.load import Load
from shoplake.contract import Reason
from shoplake.errors import InputError
from shoplake.runs.run import Run
from shoplake.sources.declaration import Source

_SO = {"evolve": "accepted", "ignore": "accepted", "quarantine": "its rows are refused", "stop": "the run stops"}
_MOST_TOLD = 5


def note_drift(run: Run, arrivals: Arrivals) -> None:
    """Give each load its drift, and tell what wasn't published yet; raises where a feed declares `stop`."""
    refused: list[InputError] = []
    for source in arrivals.sources:
        for name, feed in source.parse.items():
            published = _published(run, source.source, name)
            loads = judged(arrivals.loads[source.source, name], feed, source.change_of(name), published)
            arrivals.loads[source.source, name] = loads
            for load in loads:
                _tell(run, load, load.drift, published)
                refused += [problem] if (problem := refusal(load, feed)) else []
    if refused:
        raise refused[0]


def note_type_changes(run: Run, source: Source, name: str, loads: list[Load], types: Mapping[str, list[Drift]]) -> None:
    """The same for changes of type, which show when the values are read; what evolves is told once."""
    of_run, published = {each["load_id"]: each for each in run.loads}, _published(run, source.source, name)
    told: set[str] = set()
    refused: list[InputError] = []
    for load in loads:
        drift = [each for each in types.get(load.load_id, ()) if each.column not in told]
        told |= {each.column for each in drift if each.outcome == "evolve"}
        now = replace(load, drift=(*(each for each in load.drift if each.kind != Reason.TYPE_CHANGE), *drift))
        of_run[load.load_id]["drift"] = now.to_json()["drift"]
        _tell(run, load, drift, published)
        refused += [problem] if (problem := refusal(now, source.parse[name])) else []
    if refused:
        raise refused[0]


def _tell(run: Run, load: Load, drift: Iterable[Drift], published: Mapping[str, Load]) -> None:
    """Record changes of a load with which it isn't published yet, each once, and note them for people."""
    before = published[load.load_id].drift if load.load_id in published else ()
    new = [each for each in drift if each not in before]
    where = {"source": load.source, "feed": load.feed, "file": load.file}
    run.record.drift += [where | asdict(each) for each in new]
    for kind, outcome in dict.fromkeys((each.kind, each.outcome) for each in new):
        columns = [str(each) for each in new if (each.kind, each.outcome) == (kind, outcome)]
        more = f" and {len(columns) - _MOST_TOLD} more" if len(columns) > _MOST_TOLD else ""
        what = f"{kind.replace('_', ' ')} {', '.join(columns[:_MOST_TOLD])}{more}".strip()
        run.record.notes.append(f"{load.file}: {what}; {_SO[outcome]}")


def _published(run: Run, source: str, feed: str) -> dict[str, Load]:
    return {load.load_id: load for load in map(Load.from_json, run.kept_loads(source, feed))}
