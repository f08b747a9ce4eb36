"""The ledger: one JSON record per run, whether it published, had nothing to do, or failed."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import obstore
from obstore.store import LocalStore

from shoplake.errors import QualityError
from shoplake.runs.account import Account

Outcome = Literal["running", "published", "unchanged", "failed"]


@dataclass
class RunRecord:
    """What one run did. `stages` are seconds by stage; `built` are the tables it made, with their rows;
    `drift` are changes of files' columns, each told by the run that met it first."""

    run_id: str
    started_at: str
    outcome: Outcome = "running"
    finished_at: str = ""
    error: str = ""
    as_of: str = ""
    manifest: int = 0
    stages: dict[str, float] = field(default_factory=dict)
    built: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    drift: list[dict[str, str]] = field(default_factory=list)
    account: dict[str, Any] = field(default_factory=Account().to_json)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def new_run_id(now: datetime) -> str:
    """Sorts by time; two runs of one second still differ."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


class Ledger:
    """The records of a lake's runs, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, record: RunRecord) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        body = json.dumps(record.to_json(), indent=1).encode()
        obstore.put(LocalStore(self.folder), f"{record.run_id}.json", body)

    def last(self, count: int) -> list[RunRecord]:
        """The newest records first."""
        newest = sorted(self.folder.glob("*.json"), reverse=True)[:count]
        return [_read(path) for path in newest]


def _read(path: Path) -> RunRecord:
    try:
        return RunRecord(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as failure:
        raise QualityError(
            "the record of a run can't be read", where=str(path), remedy="Remove it; no published state needs it"
        ) from failure
