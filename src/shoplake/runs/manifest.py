"""The manifest: one immutable, numbered JSON file that says what is published, and only it says so."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from shoplake.errors import DeclarationError, MachineError, QualityError
from shoplake.lake.durability import sync, sync_folder
from shoplake.lake.place import Place, create
from shoplake.runs.fingerprint import fingerprint

_FORMAT = 4
Kind = Literal["run", "rollback", "release", "maintain"]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table's published version; `files` are SHA-256 by file, `log` is one of what the log says of them.

    `definition` is a digest of what it is made by (code, contract, declaration), `state` one of that and its data.
    """

    version: int
    rows: int
    definition: str
    state: str
    log: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Held:
    """A load that a rollback took out: runs don't read it until it is `released`, and then the next one does.

    `table` has its rows at `version`, should its file have gone by then.
    """

    load: dict[str, Any]
    table: str
    version: int
    released: bool = False

    @property
    def load_id(self) -> str:
        return str(self.load["load_id"])

    @property
    def file(self) -> str:
        return str(self.load["file"])


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state of all layers. `as_of` is the reference date that its figures were worked out for.

    `kind` is what published it; a rollback publishes the `content_of` an earlier number.
    """

    number: int
    run_id: str
    published_at: str
    as_of: date
    last_business_date: date
    tables: dict[str, PublishedTable]
    loads: tuple[dict[str, Any], ...]
    account: dict[str, Any]
    held: tuple[Held, ...] = ()
    kind: Kind = "run"
    content_of: int | None = None

    def to_json(self) -> dict[str, Any]:
        """With a digest of its own, as everything else is trusted by what it says."""
        values = {
            "format": _FORMAT,
            "number": self.number,
            "run_id": self.run_id,
            "published_at": self.published_at,
            "as_of": self.as_of.isoformat(),
            "last_business_date": self.last_business_date.isoformat(),
            "tables": {name: asdict(table) for name, table in sorted(self.tables.items())},
            "loads": list(self.loads),
            "account": self.account,
            "held": [asdict(held) for held in self.held],
            "kind": self.kind,
            "content_of": self.content_of,
        }
        return values | {"digest": fingerprint(values)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Manifest:
        if values.get("format") != _FORMAT:
            raise QualityError(
                f"its format {values.get('format')} is not this shoplake's ({_FORMAT})",
                where="manifest",
                remedy="Use the shoplake that wrote it, or build anew in an empty lake",
            )
        if values.pop("digest") != fingerprint(values):
            raise ValueError("it isn't as it was written")
        return cls(
            number=values["number"],
            run_id=values["run_id"],
            published_at=values["published_at"],
            as_of=date.fromisoformat(values["as_of"]),
            last_business_date=date.fromisoformat(values["last_business_date"]),
            tables={name: PublishedTable(**table) for name, table in values["tables"].items()},
            loads=tuple(values["loads"]),
            account=values["account"],
            held=tuple(Held(**held) for held in values["held"]),
            kind=values["kind"],
            content_of=values["content_of"],
        )


class Manifests:
    """The manifests of a lake, in a folder of their own."""

    def __init__(self, folder: Place) -> None:
        self.folder = folder

    def latest(self) -> Manifest | None:
        """What is published now; None before the first run."""
        numbers = self.numbers()
        return self.read(numbers[-1]) if numbers else None

    def numbers(self) -> list[int]:
        """The states that can be told of, the oldest first."""
        return sorted(int(path.stem) for path in self.folder.glob("[0-9]*.json"))

    def read(self, number: int) -> Manifest:
        path = self.folder / _name(number)
        try:
            return Manifest.from_json(json.loads(path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            raise QualityError(
                f"the manifest can't be read: {failure}",
                where=str(path),
                remedy="Restore it from a backup, or remove it to go back to the one before",
            ) from failure

    def chosen(self, number: int | None) -> Manifest:
        """A state that is kept, by default the newest; raises DeclarationError where there is none."""
        numbers = self.numbers()
        if not numbers:
            raise DeclarationError("nothing is published", where=str(self.folder), remedy="Run `shoplake run` first")
        if number is not None and number not in numbers:
            remedy = f"`shoplake runs` lists those that are kept: {numbers[0]} to {numbers[-1]}"
            raise DeclarationError("there is no such state", where=f"number {number}", remedy=remedy)
        return self.read(number or numbers[-1])

    def publish(self, manifest: Manifest) -> None:
        """Create the manifest, durably; refuse where one of its number is there already."""
        path = self.folder / _name(manifest.number)
        body = json.dumps(manifest.to_json(), indent=1).encode()
        # One that is there may be ours, and only the answer was lost.
        if not create(path, body) and self.read(manifest.number).run_id != manifest.run_id:
            raise MachineError(
                f"another run published number {manifest.number} meanwhile; this run's work was dropped",
                where=str(self.folder),
                remedy="Run again, one process at a time",
            )
        sync(path)
        sync_folder(self.folder)

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget states, the oldest first."""
        for number in sorted(numbers):
            (self.folder / _name(number)).unlink()
        sync_folder(self.folder)


def _name(number: int) -> str:
    return f"{number:08}.json"
