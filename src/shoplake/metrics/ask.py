"""Answers a question, by whoever can run SQL over gold, and says what stands beside the figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from shoplake.errors import QueryError
from shoplake.metrics.declaration import Measure
from shoplake.metrics.dialects import Dialect, render
from shoplake.metrics.formula import kinds_of
from shoplake.metrics.question import Asked, Question, joins_used
from shoplake.metrics.sql import select

# Runs one SELECT in a dialect's SQL and gives its rows.
Run = Callable[[str], list[tuple[Any, ...]]]
_RATES, _UNCONVERTED = "gold.fact_exchange_rate", "movements_without_rate"


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures as they are, none rounded. `columns` name the dimensions, then what was asked, in that order."""

    question: Question
    columns: list[str]
    rows: list[tuple[Any, ...]]
    cautions: tuple[str, ...]
    currency: str
    sql: str


def ask(question: Question, run: Run, dialect: Dialect = "duckdb") -> Answer:
    """The answer, with a word of caution where an amount couldn't be converted.

    Raises QueryError where a day lies outside the calendar.
    """
    _check_days(question, run)
    sql = render(select(question), dialect)
    columns = [*(dimension.name for dimension in question.by), *(asked.name for asked in question.asked)]
    rows = run(sql)
    is_money = question.is_converted and _measure_of_rates(question) is not None
    currency = run(f"SELECT max(reporting_currency) FROM {_RATES}")[0][0] if is_money else None  # noqa: S608
    return Answer(question, columns, rows, _cautions(question, run, dialect), currency or "", sql)


def _check_days(question: Question, run: Run) -> None:
    if not (question.first or question.last):
        return
    ((opening, closing),) = run("SELECT min(date), max(date) FROM gold.dim_date")
    for name, day in (("--from", question.first), ("--to", question.last)):
        if day and not (opening and opening <= day <= closing):
            goes = f"The calendar goes from {opening} to {closing}" if opening else "Run `shoplake run` first"
            raise QueryError(f"{day} is outside the calendar", where=name, remedy=goes)


def _measure_of_rates(question: Question) -> Asked | None:
    """One of what is asked that is made of converted amounts, if any."""
    names = {dimension.name for dimension in question.set.dimensions}
    for asked in question.asked:
        if any(join.converts in names for join in joins_used(question.set, asked.measure)):
            return asked
    return None


def _cautions(question: Question, run: Run, dialect: Dialect) -> tuple[str, ...]:
    """How many of the movements asked for have no exchange rate; their amounts are in no figure of money."""
    asked = _measure_of_rates(question)
    if asked is None or not question.is_converted:
        return ()
    join = next(join for join in joins_used(question.set, asked.measure) if join.converts)
    counted = {each.name: kinds_of(question.set, each.measure.name) for each in question.asked}
    kinds = frozenset().union(*counted.values()) if all(counted.values()) else frozenset()
    is_one = " OR ".join(f"{question.set.kind} = '{kind}'" for kind in sorted(kinds)) or "TRUE"
    measure = Measure(
        name=_UNCONVERTED,
        expr=f"sum(CASE WHEN {join.name}.rate IS NULL AND ({is_one}) THEN 1 ELSE 0 END)",
        display_name="Movements without a rate",
        comment="Movements without an exchange rate",
        unit="count",
        grain="line",
    )
    by = tuple(d for d in question.set.dimensions if d.name == join.converts)
    is_compared = any(each.comparison and not each.comparison.share for each in question.asked)
    without = replace(
        question,
        set=question.set.model_copy(update={"measures": (*question.set.measures, measure)}),
        asked=(Asked(_UNCONVERTED, measure),),
        by=by,
        basis=question.basis_of(asked),
        sort=(),
        limit=None,
        first=None if is_compared else question.first,
        last=None if is_compared else question.last,
    )
    found = [(currency, int(count)) for currency, count in run(render(select(without), dialect)) if count]
    if not found:
        return ()
    listed = ", ".join(f"{count:,} in {currency}" for currency, count in found)
    other = ", on these or other days" if is_compared else ""
    return (f"Amounts without an exchange rate on their day are left out: movements {listed}{other}.",)
