"""The manifest: one immutable, numbered JSON file that says what is published, and only it says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore

from shoplake.errors import MachineError, QualityError
from shoplake.lake.durability import sync_and_digest, sync_folder

_FORMAT = 4


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table's published version; `files` are SHA-256 by file.

    `definition` is a digest of what it is made by (code, contract, declaration), `state` one of that and its data.
    """

    version: int
    rows: int
    definition: str
    state: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One published state of all layers. `as_of` is the reference date that its figures were worked out for."""

    number: int
    run_id: str
    published_at: str
    as_of: date
    last_business_date: date
    tables: dict[str, PublishedTable]
    loads: tuple[dict[str, Any], ...]
    account: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "number": self.number,
            "run_id": self.run_id,
            "published_at": self.published_at,
            "as_of": self.as_of.isoformat(),
            "last_business_date": self.last_business_date.isoformat(),
            "tables": {name: asdict(table) for name, table in sorted(self.tables.items())},
            "loads": list(self.loads),
            "account": self.account,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Manifest:
        if values.get("format") != _FORMAT:
            raise QualityError(
                f"its format {values.get('format')} is not this shoplake's ({_FORMAT})",
                where="manifest",
                remedy="Use the shoplake that wrote it, or build anew in an empty lake",
            )
        return cls(
            number=values["number"],
            run_id=values["run_id"],
            published_at=values["published_at"],
            as_of=date.fromisoformat(values["as_of"]),
            last_business_date=date.fromisoformat(values["last_business_date"]),
            tables={name: PublishedTable(**table) for name, table in values["tables"].items()},
            loads=tuple(values["loads"]),
            account=values["account"],
        )


class Manifests:
    """The manifests of a lake, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def latest(self) -> Manifest | None:
        """What is published now; None before the first run."""
        numbers = sorted(self._numbers())
        return self.read(numbers[-1]) if numbers else None

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

    def publish(self, manifest: Manifest) -> None:
        """Create the manifest, durably; refuse where one of its number is there already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        store = LocalStore(self.folder)
        body = json.dumps(manifest.to_json(), indent=1).encode()
        try:
            obstore.put(store, _name(manifest.number), body, mode="create")
        except AlreadyExistsError as failure:
            raise MachineError(
                f"another run published number {manifest.number} meanwhile; this run's work was dropped",
                where=str(self.folder),
                remedy="Run again, one process at a time",
            ) from failure
        sync_and_digest(self.folder / _name(manifest.number))
        sync_folder(self.folder)

    def _numbers(self) -> Iterator[int]:
        return (int(path.stem) for path in self.folder.glob("[0-9]*.json"))


def _name(number: int) -> str:
    return f"{number:08}.json"
