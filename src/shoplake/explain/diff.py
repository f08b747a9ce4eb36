"""What moved a measure of sales between two published states, to the cent."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from shoplake.contract import Table
from shoplake.errors import QueryError
from shoplake.gold.facts import exchange_rate, sales
from shoplake.lake import Lake
from shoplake.lake.place import below
from shoplake.runs.manifest import Manifest

MEASURES = ("net_amount", "sales_amount", "gross_amount", "discount_amount", "quantity")
# new: of days after the last one of the state before; late: of earlier days.
CAUSES = ("new", "late", "corrected", "removed", "redefined")
# Where amounts are converted: the same amount, another rate of its day.
RATE = "rate"

_CAUTION = "Tables are defined otherwise, too: what counts as corrected may be that."
_GRAIN = "source, order_id, line_number"
# An order's line counts as there once its order gives it a day.
_SIDE = """(SELECT {grain}, strftime(order_date, '%Y-%m') AS month, currency, order_date,
    CASE WHEN {is_sale} THEN coalesce({measure}, 0) ELSE 0 END AS amount, 1::DECIMAL(1, 0) AS rate, true AS has_rate
    FROM read_parquet(${side}) WHERE order_date IS NOT NULL)"""
_CONVERTED = """(SELECT {grain}, month, currency, order_date, amount, coalesce(r.rate, 0::DECIMAL(19, 12)) AS rate,
    r.rate IS NOT NULL AS has_rate
    FROM {side} s LEFT JOIN (SELECT currency, rate_date AS order_date, rate FROM read_parquet(${rates})) r
    USING (currency, order_date))"""
_MOVES = """
    WITH both_sides AS (
        SELECT a.month AS month_a, {currency_a} AS currency_a, coalesce(a.amount, 0) AS amount_a, a.rate AS rate_a,
               b.month AS month_b, {currency_b} AS currency_b, coalesce(b.amount, 0) AS amount_b, b.rate AS rate_b,
               coalesce(a.order_date = b.order_date AND a.currency = b.currency, false) AS is_of_one_day,
               CASE WHEN {is_redefined} THEN 'redefined'
                    WHEN a.source IS NULL AND b.order_date > DATE '{last_day}' THEN 'new'
                    WHEN a.source IS NULL THEN 'late' WHEN b.source IS NULL THEN 'removed' ELSE 'corrected' END AS cause
        FROM {before} a FULL JOIN {after} b USING ({grain})
    ), sides AS (
        SELECT month_a AS month, currency_a AS currency, cause, amount_a * rate_a AS before, 0 AS after,
               -amount_a * CASE WHEN is_of_one_day THEN rate_b ELSE rate_a END AS moved FROM both_sides
        UNION ALL SELECT month_b, currency_b, cause, 0, amount_b * rate_b, amount_b * rate_b FROM both_sides
        UNION ALL SELECT month_a, currency_a, '{rate}', 0, 0, amount_a * (rate_b - rate_a)
        FROM both_sides WHERE is_of_one_day
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


def diff(
    lake: Lake, before: Manifest, after: Manifest, measure: str = "net_amount", *, is_converted: bool = False
) -> tuple[list[Move], str]:
    """What moved the sales of each month and currency; of what isn't a sale nothing counts. With a word of caution,
    where there is need for one.

    Where tables are defined otherwise and the loads are the same, every change is `redefined`. `is_converted`: amounts
    are in the reporting currency, by the rates that each state knew; another rate is a cause, and a sale without one
    counts nothing.
    """
    if measure not in MEASURES:
        raise QueryError(f"there is no measure «{measure}»", remedy=f"There are: {', '.join(MEASURES)}")
    if is_converted and not measure.endswith("_amount"):
        raise QueryError(f"«{measure}» is no amount", remedy="Leave out the conversion")
    is_defined_otherwise = _definitions(before) != _definitions(after)
    is_redefined = is_defined_otherwise and _loads(before) == _loads(after)
    states = {"before": before, "after": after}
    stack = ExitStack()
    files = {side: _files(lake, state, sales.TABLE, stack) for side, state in states.items()}
    sides = {side: _SIDE.format(grain=_GRAIN, is_sale=sales.IS_SALE, measure=measure, side=side) for side in states}
    names: tuple[str, ...] = CAUSES
    lacking = [0, 0]
    more = {"currency_a": "a.currency", "currency_b": "b.currency", "rate": RATE, "is_redefined": is_redefined}
    with stack, duckdb.connect() as db:
        if is_converted:
            names = (*CAUSES, RATE)
            files |= {
                f"{side}_rates": _files(lake, state, exchange_rate.TABLE, stack) for side, state in states.items()
            }
            more |= dict.fromkeys(("currency_a", "currency_b"), f"'{_reporting_currency(db, files)}'")
            sides = {
                name: _CONVERTED.format(grain=_GRAIN, side=side, rates=f"{name}_rates") for name, side in sides.items()
            }
            lacking = [_without_rate(db, side, files, name) for name, side in sides.items()]
        causes = ", ".join(f"coalesce(sum(moved) FILTER (cause = '{cause}'), 0)" for cause in names)
        sql = _MOVES.format(**sides, **more, causes=causes, grain=_GRAIN, last_day=before.last_business_date)
        rows = db.execute(sql, files).fetchall()
    moves = [Move(r[0], r[1], r[2], dict(zip(names, r[3:-1], strict=True)), r[-1]) for r in rows]
    is_mixed = is_defined_otherwise and not is_redefined and any(move.causes["corrected"] for move in moves)
    cautions = [_CAUTION] if is_mixed else []
    if any(lacking):
        cautions.append(
            f"Without a rate, and so without an amount, are {lacking[0]:,} sales before, {lacking[1]:,} after."
        )
    return moves, " ".join(cautions)


def _reporting_currency(db: duckdb.DuckDBPyConnection, files: dict[str, list[str]]) -> str:
    """That of both states; refuses two that differ, since their amounts can't be compared."""
    found = set()
    for name in ("before_rates", "after_rates"):
        if files[name]:
            rows = db.execute("SELECT DISTINCT reporting_currency FROM read_parquet($files)", {"files": files[name]})
            found |= {currency for (currency,) in rows.fetchall()}
    if len(found) != 1 or not all(files[name] for name in ("before_rates", "after_rates")):
        raise QueryError(
            "the two states have no reporting currency in common",
            where=exchange_rate.TABLE.name,
            remedy="Declare reporting_currency in [business] of shoplake.toml; compare states that were built by it",
        )
    return str(found.pop())


def _without_rate(db: duckdb.DuckDBPyConnection, side: str, files: dict[str, list[str]], name: str) -> int:
    mine = {each: files[each] for each in (name, f"{name}_rates")}
    counted = db.execute(f"SELECT count(*) FROM {side} WHERE NOT has_rate AND amount <> 0", mine).fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0


def _files(lake: Lake, manifest: Manifest, table: Table, stack: ExitStack) -> list[str]:
    """The files of a table at a state, at hand as long as the stack is open; none where that has no such table."""
    published = manifest.tables.get(table.name)
    files = lake.files(table.name, published.version) if published else []
    if missing := next((file for file in files if not file.is_file()), None):
        raise QueryError(
            f"state {manifest.number} is kept no longer ({missing.name} is gone)",
            where=table.name,
            remedy="Compare newer states",
        )
    names = [below(file, lake.path(table.name)) for file in files]
    root = stack.enter_context(lake.at_hand(table.name, names))
    return [(root / name).as_posix() for name in names]


def _loads(manifest: Manifest) -> set[str]:
    return {load["load_id"] for load in manifest.loads}


def _definitions(manifest: Manifest) -> list[str]:
    return [manifest.tables[table.name].definition for table in (sales.TABLE, *sales.TABLE.reads)]
