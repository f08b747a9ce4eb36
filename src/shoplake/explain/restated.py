"""What became of closed months: their figures beside those that are published now."""

from __future__ import annotations

from pathlib import Path

from shoplake.gold.marts.restatement import MEASURES, TABLE
from shoplake.runs.closings import Closing
from shoplake.warehouse.query import Answer, ask

# Of a whole month these two tell enough; the rest is in the mart.
_SHOWN = ("sales_amount", "return_amount")
_SIDES = ("closed", "current", "restated")


def months(warehouse: Path, closings: tuple[Closing, ...]) -> Answer:
    """A row for each closed month and currency; one that no run has met since has no current figures yet."""
    names = [f"{side}_{name}" for name in _SHOWN for side in _SIDES]
    sums = ", ".join(f"sum({name})" for name in names)
    found = ask(warehouse, f"SELECT closed_month, currency, closed_state, {sums} FROM {TABLE.base} GROUP BY ALL")  # noqa: S608
    met = {row[:3]: row[3:] for row in found.rows}
    rows = []
    for closing in closings:
        told = {key: sums for key, sums in met.items() if (key[0], key[2]) == (closing.month, closing.number)}
        currencies = {row["currency"] for row in closing.figures} | {key[1] for key in told}
        for currency in sorted(currencies):
            key = (closing.month, currency, closing.number)
            rows.append((*key, closing.as_of, closing.closed_at, *told.get(key, [None] * len(names))))
    return Answer(["month", "currency", "state", "as_of", "closed_at", *names], rows)


def month(warehouse: Path, closing: Closing) -> Answer:
    """The departments and channels of a closed month in which something is restated."""
    restated = [f"restated_{name}" for name in MEASURES]
    is_any = " OR ".join(f"{name} <> 0" for name in restated)
    return ask(
        warehouse,
        f"SELECT department, channel, currency, {', '.join(restated)} FROM {TABLE.base} "  # noqa: S608
        f"WHERE closed_month = '{closing.month}' AND closed_state = {closing.number} AND ({is_any}) ORDER BY ALL",
    )
