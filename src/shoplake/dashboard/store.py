"""The published state as the dashboard asks it: figures by name, from flat rows where these are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from shoplake.dashboard.figures import FILE, Figures, is_current
from shoplake.dashboard.period import Period
from shoplake.dashboard.state import DEMOGRAPHICS, FILTERS, Days
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.dialects import render
from shoplake.metrics.question import Question, question
from shoplake.metrics.sql import select
from shoplake.warehouse.views import literal, quoted

_WAREHOUSE = "warehouse"
# Stand in a prepared SELECT for what each state has; no data are of these days.
_FIRST, _LAST = date(1601, 1, 1), date(1601, 12, 31)
_VALUES = "values of {}"
# Attributes with more values than this are no filter: nobody looks through so many.
_MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class Published:
    """What is published: its number, run, days and currency, and the values of what it can be filtered by."""

    number: int
    run_id: str
    published_at: str
    as_of: date
    days: Days
    currency: str
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Store:
    """The warehouse and the figures, read-only; a cursor for each thread that asks."""

    def __init__(self, warehouse: Path, figures: Figures, catalog: Catalog, memory: str = "128MB") -> None:
        if not warehouse.is_file():
            raise QueryError("there is no warehouse yet", where=str(warehouse), remedy="Run `shoplake run` first")
        self.catalog, self._figures = catalog, figures
        self._db = duckdb.connect(config={"threads": 2, "memory_limit": memory})
        self._db.execute(f"SET TimeZone = 'UTC'; ATTACH {literal(str(warehouse))} AS {_WAREHOUSE} (READ_ONLY)")
        self.is_flat = is_current(figures, warehouse)
        if self.is_flat:
            self._db.execute(f"ATTACH {literal(str(figures.path))} AS {FILE} (READ_ONLY)")
        self._template = lru_cache(maxsize=2000)(self._prepared)
        self.published = self._published()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            cursor = self._db.cursor()
            cursor.execute(f"USE {_WAREHOUSE}.gold")
            return cursor.execute(sql).fetchall()
        except duckdb.Error as failure:
            raise QueryError(str(failure).splitlines()[0], remedy="Run `shoplake run`, and look again") from failure

    def ask(
        self,
        metrics: Sequence[str],
        by: Sequence[str],
        period: Period,
        chosen: dict[str, tuple[str, ...]],
        *,
        sort: str | None = None,
        most: int | None = None,
    ) -> list[tuple[Any, ...]]:
        """The dimensions, then the figures, of a period under some filters; raises QueryError where there are none."""
        sql = self._template(tuple(metrics), tuple(by), tuple(sorted(chosen)), sort, most)
        sql = sql.replace(_FIRST.isoformat(), period.first.isoformat()).replace(
            _LAST.isoformat(), period.last.isoformat()
        )
        for name, values in chosen.items():
            sql = sql.replace(literal(_VALUES.format(name)), ", ".join(map(literal, values)))
        return self.rows(sql)

    def refusal(self, metrics: Sequence[str], by: Sequence[str], chosen: Sequence[str]) -> str:
        """Why figures can't be told so; nothing where they can."""
        try:
            self._template(tuple(metrics), tuple(by), tuple(sorted(chosen)), None, None)
        except QueryError as refused:
            return str(refused)
        return ""

    def _prepared(
        self, metrics: tuple[str, ...], by: tuple[str, ...], chosen: tuple[str, ...], sort: str | None, most: int | None
    ) -> str:
        where = " AND ".join(f"{name} IN ({literal(_VALUES.format(name))})" for name in chosen)
        asked = question(
            self.catalog,
            metrics,
            by=by,
            where=where or None,
            first=_FIRST,
            last=_LAST,
            sort=[f"-{sort}", *by] if sort else (),
            limit=most,
        )
        return render(select(self._flat(asked)), "duckdb", pretty=False)

    def _flat(self, asked: Question) -> Question:
        """The same question to the flat rows, where they hold what is asked."""
        name = next(name for name, declared in self.catalog.sets.items() if declared == asked.set)
        flat = self._figures.flats.get(name)
        if not (self.is_flat and flat):
            return asked
        over = flat.set_for(asked)
        known = {dimension.name: dimension for dimension in over.dimensions}
        measures = {measure.name for measure in over.measures}
        named = {each.name for each in asked.by}
        if not (named <= set(known) and {each.measure.name for each in asked.asked} <= measures):
            return asked
        return replace(asked, set=over, by=tuple(known[each.name] for each in asked.by))

    def _published(self) -> Published:
        number, run_id, published_at, as_of = self.rows(
            "SELECT number, run_id, published_at, as_of FROM shoplake.publication"
        )[0]
        ((first, last),) = self.rows(
            f"SELECT min(order_date), max(order_date) FROM fact_sales WHERE order_date < DATE '{as_of}'"
        )
        last = last or as_of - timedelta(days=1)
        ((currency,),) = self.rows("SELECT max(reporting_currency) FROM fact_exchange_rate")
        found = {name: self._values(name) for name in (*FILTERS, *DEMOGRAPHICS)}
        values = {name: each for name, each in found.items() if 1 < len(each) <= _MOST_VALUES}
        return Published(number, run_id, published_at, as_of, Days(first or last, last), currency or "", values)

    def _values(self, dimension: str) -> tuple[str, ...]:
        """The values of an attribute that sales have, in order."""
        name = next(n for n, each in self.catalog.sets.items() if dimension in {d.name for d in each.dimensions})
        flat = self._figures.flats.get(name)
        if self.is_flat and flat and f"by_{dimension}" in flat.told:
            found = self.rows(
                f"SELECT DISTINCT {quoted(f'by_{dimension}')}::VARCHAR AS v FROM {flat.by_row.source} ORDER BY v"
            )
        else:
            asked = question(self.catalog, ["lines"], by=[dimension])
            found = [row[:1] for row in self.rows(render(select(asked), "duckdb"))]
        return tuple(value for (value,) in found if value is not None)
