"""A run that is open between its steps: what another process must know to go on with it, in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

from shoplake.errors import DeclarationError, MachineError, QualityError
from shoplake.lake import TableStore, TableVersion
from shoplake.lake.place import Place, put
from shoplake.runs.account import Account
from shoplake.runs.fingerprint import fingerprint
from shoplake.runs.increment import change_at, set_down
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.manifest import Held, Manifest, Manifests
from shoplake.runs.options import Options
from shoplake.runs.progress import Progress
from shoplake.runs.publication import flush
from shoplake.runs.run import Change, Run

_FORMAT = 1
_ANEW = "`shoplake run` begins another one"


@dataclass(frozen=True, slots=True)
class Left:
    """What a run left after its last step, as it was written."""

    values: dict[str, Any]

    @property
    def run_id(self) -> str:
        return str(self.values["record"]["run_id"])

    @property
    def done(self) -> str:
        """The last step that ended."""
        return str(self.values["done"])

    @property
    def sources(self) -> list[str]:
        """Those that have files."""
        return list(self.values["sources"])

    def check(self, manifests: Manifests, made_by: str) -> None:
        """Refuse to go on where it would be with other code or declarations, or over another state."""
        latest = manifests.latest()
        if latest and latest.number != self.values["previous"] and latest.run_id != self.run_id:
            what = f"run {self.run_id} can't go on: number {latest.number} was published since it began"
        elif made_by != self.values["made_by"]:
            what = f"run {self.run_id} was begun with other code, declarations or settings"
        else:
            return
        raise DeclarationError(what, where="the open run", remedy=_ANEW)

    def published(self, manifests: Manifests) -> Manifest | None:
        """The state that it has published."""
        number = self.values["previous"] + 1
        made = manifests.read(number) if number in manifests.numbers() else None
        return made if made and made.run_id == self.run_id else None

    def run(self, lake: TableStore, manifests: Manifests, ledger: Ledger, progress: Progress) -> Run:
        """The run as it was then. Rows that differ are read by the engine, where there are some."""
        then = self.values
        asked, now = then["options"], datetime.fromisoformat(then["now"])
        options = Options(**asked | {"select": frozenset(asked["select"]), "as_of": _day(asked["as_of"])})
        run = Run(lake, manifests, ledger, progress, now, options)
        run.now, run.record = now, RunRecord(**then["record"])
        run.previous = manifests.read(then["previous"]) if then["previous"] else None
        run.account, run.loads = Account.from_json(then["record"]["account"]), then["loads"]
        run.held = tuple(Held(**each) for each in then["held"])
        run.last_business_date = _day(then["last_business_date"])
        run.built = {name: TableVersion(name, *made) for name, made in then["built"].items()}
        run.grown, run.files = set(then["grown"]), then["files"]
        run.definitions, run.states = then["definitions"], then["states"]
        run.changes = {
            name: change_at(lake, TableVersion(*at)) if at else Change() for name, at in then["changes"].items()
        }
        return run


class OpenRun:
    """The file beside the ledger that is there as long as a run is open."""

    def __init__(self, path: Place) -> None:
        self.path = path

    def leave(self, run: Run, done: str, sources: Iterable[str], made_by: str) -> None:
        """Write down what a run has done, and make it durable; `made_by` digests code, declarations and settings."""
        for name, change in run.changes.items():
            run.changes[name] = set_down(run, run.lake.contract(name, run.newest(name).version), change)
        written = [change.written for change in run.changes.values() if change.written]
        for made in (*run.built.values(), *written):
            run.files[made.table] = flush(run, made)
        run.record.account = run.account.to_json()
        values = {
            "format": _FORMAT,
            "done": done,
            "sources": list(sources),
            "made_by": made_by,
            "previous": run.previous.number if run.previous else 0,
            "now": run.now.isoformat(),
            "options": asdict(run.options) | {"select": sorted(run.options.select), "as_of": _text(run.options.as_of)},
            "record": run.record.to_json(),
            "loads": run.loads,
            "held": [asdict(each) for each in run.held],
            "last_business_date": _text(run.last_business_date),
            "built": {name: (made.version, made.rows) for name, made in run.built.items()},
            "grown": sorted(run.grown),
            "files": run.files,
            "definitions": run.definitions,
            "states": run.states,
            "changes": {name: each.written and astuple(each.written) for name, each in run.changes.items()},
        }
        body = json.dumps(values | {"digest": fingerprint(values)}, indent=1).encode()
        put(self.path, body)

    def read(self) -> Left | None:
        """What the open run left; None where none is open. Raises QualityError where it isn't as it was written."""
        try:
            values = json.loads(self.path.read_text("utf-8"))
            if values.pop("digest") != fingerprint(values) or values.pop("format") != _FORMAT:
                raise ValueError("it isn't as this shoplake has written it")
            return Left(values)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            raise QualityError(
                f"the open run can't be read: {failure}", where=str(self.path), remedy=_ANEW
            ) from failure

    def check_closed(self) -> None:
        """Refuse what would undo the work of a run that is open."""
        if self.path.exists():
            remedy = "End it with `shoplake run --continue`, or give it up with `shoplake run`"
            raise MachineError("a run is open in this lake", where=str(self.path), remedy=remedy)

    def give_up(self, manifests: Manifests, ledger: Ledger, why: str) -> None:
        """Let no run be open: the ledger says why, and nobody can go on with it.

        One that had published, and was killed before it could say so, has.
        """
        try:
            left = self.read()
        except QualityError:
            left = None  # who could go on with it?
        if left:
            record = RunRecord(**left.values["record"])
            if published := left.published(manifests):
                record.outcome, record.manifest = "published", published.number
                record.finished_at = published.published_at
            else:
                record.outcome, record.error = "failed", f"given up: {why}"
            ledger.write(record)
        self.close()

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
