"""The ledger: one JSON record per run, whether it published, had nothing to do, or failed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from shoplake.errors import QualityError
from shoplake.lake.place import Place, put
from shoplake.runs.account import Account
from shoplake.runs.manifest import Kind

_TIME = "%Y%m%dT%H%M%SZ"

Outcome = Literal["running", "published", "unchanged", "rehearsed", "failed"]


@dataclass
class RunRecord:
    """What a run did, or another step that published: seconds by stage, and the tables it built with their rows.

    One of `orchestration` is written by Data Factory, of what failed there: see azure/adf.

    `touched`: of a table of which a part was built, how many keys that were, the rows that came and went, and the
    partitions that were replaced. `drift` are changes of files' columns, each told by the run that met it first.
    """

    run_id: str
    started_at: str
    outcome: Outcome = "running"
    kind: Kind | Literal["restore", "orchestration"] = "run"
    finished_at: str = ""
    error: str = ""
    as_of: str = ""
    manifest: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    touched: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    drift: list[dict[str, str]] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=Account().to_json)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def new_run_id(now: datetime) -> str:
    """Sorts by time; two runs of one second still differ."""
    return f"{now:{_TIME}}-{secrets.token_hex(2)}"


def later(now: datetime, run_ids: Iterable[str]) -> datetime:
    """The time, or the second after the last of those runs began: a clock may have been set back.

    >>> later(datetime(2024, 3, 9, tzinfo=UTC), ["20240310T120000Z-0a1b"])
    datetime.datetime(2024, 3, 10, 12, 0, 1, tzinfo=datetime.timezone.utc)
    """
    begun = (datetime.strptime(run_id.partition("-")[0], _TIME).replace(tzinfo=UTC) for run_id in run_ids)
    return max([now, *(time + timedelta(seconds=1) for time in begun)])


class Ledger:
    """The records of a lake's runs, in a folder of their own."""

    def __init__(self, folder: Place) -> None:
        self.folder = folder

    def write(self, record: RunRecord) -> None:
        body = json.dumps(record.to_json(), indent=1).encode()
        put(self.folder / f"{record.run_id}.json", body)

    def last(self, count: int) -> list[RunRecord]:
        """The newest records first."""
        return [_read(self.folder / f"{run_id}.json") for run_id in self.run_ids()[:count]]

    def find(self, run_id: str) -> RunRecord | None:
        return _read(self.folder / f"{run_id}.json") if run_id in self.run_ids() else None

    def run_ids(self) -> list[str]:
        """Of all runs, the newest first."""
        return sorted((path.stem for path in self.folder.glob("*.json")), reverse=True)


def _read(path: Place) -> RunRecord:
    try:
        return RunRecord(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as failure:
        raise QualityError(
            "the record of a run can't be read", where=str(path), remedy="Remove it; no published state needs it"
        ) from failure
