"""What moved a measure of sales between two published states, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from shoplake.errors import QueryError
from shoplake.gold.facts import sales
from shoplake.lake import Lake
from shoplake.runs.manifest import Manifest

MEASURES = ("net_amount", "gross_amount", "discount_amount", "quantity")
# new: of days after the last one of the state before; late: of earlier days.
CAUSES = ("new", "late", "corrected", "removed", "redefined")

_CAUTION = "Tables are defined otherwise, too: what counts as corrected may be that."
_GRAIN = "source, order_id, line_number"
# An order's line counts as there once its order gives it a day.
_SIDE = """(SELECT {grain}, strftime(order_date, '%Y-%m') AS month, currency, order_date,
    CASE WHEN {is_sale} THEN coalesce({measure}, 0) ELSE 0 END AS amount
    FROM read_parquet(${side}) WHERE order_date IS NOT NULL)"""
_MOVES = """
    WITH both_sides AS (
        SELECT a.month AS month_a, a.currency AS currency_a, coalesce(a.amount, 0) AS amount_a,
               b.month AS month_b, b.currency AS currency_b, coalesce(b.amount, 0) AS amount_b,
               CASE WHEN {is_redefined} THEN 'redefined'
                    WHEN a.source IS NULL AND b.order_date > DATE '{last_day}' THEN 'new'
                    WHEN a.source IS NULL THEN 'late' WHEN b.source IS NULL THEN 'removed' ELSE 'corrected' END AS cause
        FROM {before} a FULL JOIN {after} b USING ({grain})
    ), sides AS (
        SELECT month_a AS month, currency_a AS currency, cause, amount_a AS before, 0 AS after FROM both_sides
        UNION ALL SELECT month_b, currency_b, cause, 0, amount_b FROM both_sides
    )
    SELECT month, currency, sum(before), {causes}, sum(after) FROM sides WHERE month IS NOT NULL
    GROUP BY ALL HAVING sum(before) <> 0 OR sum(after) <> 0 ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class Move:
    """A month in one currency: `before` and the `causes` add up to `after`."""

    month: str
    currency: str
    before: Decimal
    causes: dict[str, Decimal]
    after: Decimal

    def to_json(self) -> dict[str, Any]:
        sums = {"before": self.before, **self.causes, "after": self.after}
        return {"month": self.month, "currency": self.currency} | {name: str(each) for name, each in sums.items()}


def diff(lake: Lake, before: Manifest, after: Manifest, measure: str = "net_amount") -> tuple[list[Move], str]:
    """What moved the sales of each month and currency; of what isn't a sale nothing counts. With a word of caution,
    where there is need for one.

    Where tables are defined otherwise and the loads are the same, every change is `redefined`.
    """
    if measure not in MEASURES:
        raise QueryError(f"there is no measure «{measure}»", remedy=f"There are: {', '.join(MEASURES)}")
    is_defined_otherwise = _definitions(before) != _definitions(after)
    is_redefined = is_defined_otherwise and _loads(before) == _loads(after)
    files = {"before": _files(lake, before), "after": _files(lake, after)}
    sides = {side: _SIDE.format(grain=_GRAIN, is_sale=sales.IS_SALE, measure=measure, side=side) for side in files}
    causes = ", ".join(f"coalesce(sum(after - before) FILTER (cause = '{cause}'), 0)" for cause in CAUSES)
    more = {"causes": causes, "grain": _GRAIN, "last_day": before.last_business_date, "is_redefined": is_redefined}
    with duckdb.connect() as db:
        rows = db.execute(_MOVES.format(**sides, **more), files).fetchall()
    moves = [Move(r[0], r[1], r[2], dict(zip(CAUSES, r[3:-1], strict=True)), r[-1]) for r in rows]
    is_mixed = is_defined_otherwise and not is_redefined and any(move.causes["corrected"] for move in moves)
    return moves, _CAUTION if is_mixed else ""


def _files(lake: Lake, manifest: Manifest) -> list[str]:
    files = lake.files(sales.TABLE.name, manifest.tables[sales.TABLE.name].version)
    if missing := next((file for file in files if not file.is_file()), None):
        raise QueryError(
            f"state {manifest.number} is kept no longer ({missing.name} is gone)",
            where=sales.TABLE.name,
            remedy="Compare newer states",
        )
    return [file.as_posix() for file in files]


def _loads(manifest: Manifest) -> set[str]:
    return {load["load_id"] for load in manifest.loads}


def _definitions(manifest: Manifest) -> list[str]:
    return [manifest.tables[table.name].definition for table in (sales.TABLE, *sales.TABLE.reads)]
