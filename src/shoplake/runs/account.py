"""The account: every row and every cent that comes in is found again, under one name or another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from shoplake.errors import QualityError

# What can become of what was read; filters come as `filtered:<name>`.
READ = "read"
LOADED = "loaded"
QUARANTINED = "quarantined"
FILTERED = "filtered"
# Rows more than were read, since a row of a file holds a list: they count as read.
EXPANDED = "expanded"


def control_total(found: object, *, is_counted: bool) -> Decimal | None:
    """A sum as the account keeps it; None where no money is counted, which isn't the same as nothing."""
    return Decimal(str(found or 0)).quantize(Decimal("0.0001")) if is_counted else None


@dataclass(frozen=True, slots=True)
class Entry:
    """So many rows, worth so much, had a fate on their way (`subject`, such as `silver.order -> gold.fact_sales`).

    The amount is a control total over all currencies: it proves that nothing was lost, and is no figure of sales.
    """

    subject: str
    fate: str
    rows: int
    amount: Decimal | None = None

    @property
    def layers(self) -> str:
        """`silver -> gold` of `silver.order -> gold.fact_sales`."""
        start, _, end = self.subject.partition(" -> ")
        return f"{start.partition('.')[0]} -> {end.partition('.')[0]}"

    @property
    def target(self) -> str:
        """`fact_sales` of `silver.order -> gold.fact_sales`."""
        return self.subject.rpartition(" -> ")[2].partition(".")[2]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"amount": None if self.amount is None else str(self.amount)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Entry:
        amount = values["amount"]
        return cls(**values | {"amount": None if amount is None else Decimal(amount)})


def moved(entries: Iterable[Entry], minus: Iterable[Entry], plus: Iterable[Entry]) -> list[Entry]:
    """Entries after some rows were judged anew: without what had become of them, with what becomes of them now."""
    found: dict[tuple[str, str], Entry] = {}
    for sign, each in ((1, entries), (-1, minus), (1, plus)):
        for entry in each:
            known = found.get((entry.subject, entry.fate), replace(entry, rows=0, amount=entry.amount and Decimal(0)))
            amount = None if entry.amount is None else (known.amount or Decimal(0)) + sign * entry.amount
            found[entry.subject, entry.fate] = replace(known, rows=known.rows + sign * entry.rows, amount=amount)
    return [entry for entry in found.values() if entry.rows or entry.amount or entry.fate in {READ, LOADED}]


@dataclass
class Account:
    """All entries of a run, with what was refused and why, and what names no row."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def subjects(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.subject, []).append(entry)
        return found

    def entries_of(self, table: str) -> list[Entry]:
        """What came to a table."""
        return [entry for entry in self.entries if entry.subject.rpartition(" -> ")[2] == table]

    def came_to(self, table: str, *fates: str) -> int:
        """How many rows had one of the fates on the way to a table."""
        return sum(e.rows for e in self.entries if e.fate in fates and e.subject.endswith(f" -> {table}"))

    def filtered(self, table: str) -> int:
        """How many rows filters left out on the way to a table."""
        ways = (e for e in self.entries if e.subject.endswith(f" -> {table}"))
        return sum(e.rows for e in ways if e.fate.startswith(f"{FILTERED}:"))

    def check(self) -> None:
        """Raise unless read = the sum of everything else, in rows and in money, for each subject."""
        for subject, entries in self.subjects().items():
            read = [entry for entry in entries if entry.fate in {READ, EXPANDED}]
            rest = [entry for entry in entries if entry not in read]
            if _rows(read) != _rows(rest):
                raise _unbalanced(subject, "rows", _rows(read), rest, _rows(rest))
            if _amount(read) != _amount(rest):
                raise _unbalanced(subject, "money", _amount(read), rest, _amount(rest))

    def to_json(self) -> dict[str, Any]:
        return {
            "entries": [entry.to_json() for entry in self.entries],
            "refused": [asdict(item) for item in self.refused],
            "missing": [asdict(item) for item in self.missing],
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Account:
        return cls(
            [Entry.from_json(item) for item in values["entries"]],
            [Refused(**item) for item in values["refused"]],
            [Missing(**item) for item in values["missing"]],
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows in a quarantine table for one reason; a row may have several."""

    table: str
    entity: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Rows of `table` whose `column` names a row that isn't in `wanted`, and how many different ones."""

    table: str
    column: str
    wanted: str
    rows: int
    values: int


def _rows(entries: Iterable[Entry]) -> int:
    return sum(entry.rows for entry in entries)


def _amount(entries: Iterable[Entry]) -> Decimal:
    return sum((entry.amount or Decimal(0) for entry in entries), Decimal(0))


def _unbalanced(subject: str, unit: str, read: object, rest: list[Entry], found: object) -> QualityError:
    fates = ", ".join(entry.fate for entry in rest)
    return QualityError(
        f"the account doesn't balance: {read} {unit} read, {found} accounted for ({fates}); nothing was published",
        where=subject,
        remedy="This is a fault of shoplake or of the disk: run again with --full, and report it if it stays",
    )
