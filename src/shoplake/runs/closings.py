"""Closed months: what was published of them then, each an immutable JSON file beside the manifests."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from shoplake.errors import DeclarationError, QualityError
from shoplake.lake.durability import sync, sync_folder
from shoplake.lake.place import Place, create, matching, move
from shoplake.runs.fingerprint import fingerprint

_FORMAT = 1
_MONTH = "[0-9][0-9][0-9][0-9]-[0-9][0-9]"


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed month, such as 2017-11: its figures as the state `number` published them for the date `as_of`.

    Each of the `figures` is a row by column name; amounts are texts with all their digits.
    """

    month: str
    closed_at: str
    number: int
    as_of: date
    figures: tuple[dict[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """With a digest of its own, as a manifest has."""
        values = asdict(self) | {"format": _FORMAT, "as_of": self.as_of.isoformat(), "figures": list(self.figures)}
        return values | {"digest": fingerprint(values)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Closing:
        if values.pop("digest") != fingerprint(values) or values.pop("format") != _FORMAT:
            raise ValueError("it isn't as it was written")
        return cls(**values | {"as_of": date.fromisoformat(values["as_of"]), "figures": tuple(values["figures"])})


class Closings:
    """The closed months of a lake, in a folder of their own."""

    def __init__(self, folder: Place) -> None:
        self.folder = folder

    def all(self) -> tuple[Closing, ...]:
        """The oldest month first."""
        return tuple(self._read(path) for path in matching(self.folder, f"{_MONTH}.json"))

    def files(self) -> list[Place]:
        """All records, those of months that were opened again among them."""
        return matching(self.folder, "*.json")

    def closed(self, month: str) -> Closing | None:
        """The record of a month; None where it is open."""
        path = self._path(month)
        return self._read(path) if path.is_file() else None

    def publish(self, closing: Closing) -> None:
        """Close a month, durably; refuse where it is closed."""
        path = self._path(closing.month)
        body = json.dumps(closing.to_json(), indent=1).encode()
        if not create(path, body) and self._read(path) != closing:  # else ours, and only the answer was lost
            raise already_closed(closing.month)
        sync(path)
        sync_folder(self.folder)

    def reopen(self, month: str) -> None:
        """Let a month be open again; its record is kept under another name. Refuses where it isn't closed."""
        path = self._path(month)
        if not path.is_file():
            closed = ", ".join(each.stem for each in matching(self.folder, f"{_MONTH}.json"))
            remedy = f"Closed are: {closed}" if closed else "No month is"
            raise DeclarationError("it isn't closed", where=month, remedy=remedy)
        times = len(list(self.folder.glob(f"{month}.reopened-*.json"))) + 1
        move(path, self.folder / f"{month}.reopened-{times}.json")
        sync_folder(self.folder)

    def _path(self, month: str) -> Place:
        return self.folder / f"{month}.json"

    def _read(self, path: Place) -> Closing:
        try:
            return Closing.from_json(json.loads(path.read_text("utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as failure:
            raise QualityError(
                f"the record of a closed month can't be read: {failure}",
                where=str(path),
                remedy="Restore it from a backup; `shoplake close --reopen` does without it",
            ) from failure


def already_closed(month: str) -> DeclarationError:
    remedy = "`shoplake restatements` shows it; `shoplake close --reopen` opens it again"
    return DeclarationError("it is closed already", where=month, remedy=remedy)
