"""The published state as the dashboard asks it: figures by name, from flat rows where these are made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
from sqlglot import exp

from shoplake.dashboard import cells
from shoplake.dashboard.cells import Cubes
from shoplake.dashboard.declaration import Report
from shoplake.dashboard.figures import FILE, SCHEMA, WAREHOUSE, Figures, attach_figures, attach_warehouse
from shoplake.dashboard.period import Period
from shoplake.dashboard.reports import reports_of
from shoplake.dashboard.shaping import in_order
from shoplake.dashboard.sharing import Telling
from shoplake.dashboard.shown import Shown
from shoplake.dashboard.state import DEMOGRAPHICS, FILTERS, Audience, Days, condition
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.dialects import render
from shoplake.metrics.flat import Flat, with_unique
from shoplake.metrics.question import asked_of, problem_of, question
from shoplake.metrics.sql import select
from shoplake.runs.manifest import Manifests
from shoplake.warehouse.views import literal

# Stand in a prepared SELECT for what each state has; no data are of these days.
_FIRST, _LAST = date(1601, 1, 1), date(1601, 12, 31)
_FILTER = exp.column("filter", "source").eq("shown")
# What is kept of the figures between questions; a question that needs more, as in a shop of many more lines, gets it.
_MEMORY, _MORE_MEMORY = "56MB", "1GB"
_KEPT = 250  # answers
# Attributes with more values than this are no filter: nobody looks through so many.
_MOST_VALUES = 500


@dataclass(frozen=True, slots=True)
class Published:
    """What is published: its number, run, days and currency, and the values of what it can be filtered by.

    `unconverted`: order lines by currency whose amounts have no exchange rate on their day, and are in no figure.
    """

    number: int
    run_id: str
    published_at: str
    as_of: date
    days: Days
    currency: str
    unconverted: dict[str, int] = field(default_factory=dict)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


class NotPreparedError(QueryError):
    """The figures are missing, or of another state than the warehouse."""


class Store:
    """The warehouse and the figures, read-only; a cursor for each thread that asks."""

    audience: Audience = "analyst"

    def __init__(
        self,
        warehouse: Path,
        figures: Figures,
        catalog: Catalog,
        manifests: Manifests | None = None,
    ) -> None:
        if not warehouse.is_file():
            raise QueryError("there is no warehouse yet", where=str(warehouse), remedy="Run `shoplake run` first")
        self.catalog, self.telling, self._manifests = catalog, Telling(catalog), manifests
        self._one_at_a_time = Lock()  # each takes all cores, and its memory
        self._answers: OrderedDict[str, list[tuple[Any, ...]]] = OrderedDict()  # nothing that is published changes
        spill = str(figures.path.parent / "spill")  # by default it would be where the command was called
        self._db = duckdb.connect(config={"threads": 2, "memory_limit": _MEMORY, "temp_directory": spill})
        self._db.execute("SET TimeZone = 'UTC'")
        attach_warehouse(self._db, warehouse)
        if not attach_figures(self._db, figures):
            self._db.close()
            raise NotPreparedError(
                "the figures of this state aren't there", remedy="Run `shoplake dashboard --prepare`"
            )
        self._flats = {name: self._opened(name, flat) for name, flat in figures.flats.items()}
        self._template, self._refusal = lru_cache(maxsize=1000)(self._prepared), lru_cache(self._problem)
        self.published = self._published()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _opened(self, name: str, flat: Flat) -> Flat:
        found = self.rows(f"SELECT column_name FROM {FILE}.{SCHEMA}.once WHERE name = {literal(name)}")
        return with_unique(flat, [column for (column,) in found])

    @cached_property
    def reports(self) -> Mapping[Report, Shown]:
        """On the data of this state; raises QueryError where its record isn't kept."""
        if self._manifests is None or self.published.number not in self._manifests.numbers():
            raise QueryError("the record of this state isn't kept any longer", remedy="`shoplake runs` tells which are")
        return reports_of(self._manifests.read(self.published.number))

    @cached_property
    def shared(self) -> Store:
        """The same for everybody to ask: of who buys it tells what the closed cubes do."""
        if self.audience == "shared":
            return self
        other = copy(self)
        other.audience = "shared"
        values = {name: each for name, each in self.published.values.items() if not self.telling.dimension(name)}
        other.published = replace(self.published, values=values)
        return other

    @cached_property
    def cubes(self) -> Cubes:
        """The closed cubes, all of them: some thousand cells."""
        return cells.cubes_of(self.rows(cells.SQL))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT; who asks what somebody else is asking waits for those."""
        if sql not in self._answers:
            with self._one_at_a_time:
                if sql not in self._answers:
                    self._answers[sql] = self._asked(sql)
                    if len(self._answers) > _KEPT:
                        self._answers.popitem(last=False)
        with suppress(KeyError):  # it has gone since
            self._answers.move_to_end(sql)
            return self._answers[sql]
        return self.rows(sql)

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            cursor = self._db.cursor()
            cursor.execute(f"USE {WAREHOUSE}.gold")
            try:
                return cursor.execute(sql).fetchall()
            except duckdb.OutOfMemoryException:
                cursor.execute(f"SET memory_limit = '{_MORE_MEMORY}'")
                found = cursor.execute(sql).fetchall()
                cursor.execute(f"SET memory_limit = '{_MEMORY}'")
                return found
        except duckdb.Error as failure:
            raise QueryError(str(failure).splitlines()[0], remedy="Run `shoplake run`, and look again") from failure

    def ask(
        self,
        metrics: Sequence[str],
        by: Sequence[str],
        period: Period,
        chosen: Mapping[str, Sequence[str]],
        *,
        sort: str | None = None,
        most: int | None = None,
    ) -> list[tuple[Any, ...]]:
        """The dimensions, then the figures, of a period under some filters; raises QueryError where there are none."""
        if self.audience == "shared" and (why := self.telling.problem(metrics, (*by, *chosen))):
            raise QueryError(why)
        for name in metrics:
            for dimension in chosen:
                if refusal := self._refusal(name, dimension):
                    raise QueryError(refusal, remedy="Take that filter away")
        is_of_lines = any(self._is_of_lines(name) for name in chosen)
        sql = self._template(tuple(metrics), tuple(by), is_of_lines, sort, most)
        sql = sql.replace(_FIRST.isoformat(), period.first.isoformat())
        sql = sql.replace(_LAST.isoformat(), period.last.isoformat())
        return self.rows(sql.replace(_FILTER.sql("duckdb"), condition(chosen, "source.by_") or "TRUE"))

    def refusal(self, metrics: Iterable[str], chosen: Iterable[str]) -> str:
        """Why figures can't be told under such filters; nothing where they can."""
        metrics, chosen = tuple(metrics), tuple(chosen)
        if self.audience == "shared" and (why := self.telling.problem(metrics, chosen)):
            return why
        return next(filter(None, (self._refusal(name, each) for name in metrics for each in chosen)), "")

    def _prepared(
        self, metrics: tuple[str, ...], by: tuple[str, ...], is_of_lines: bool, sort: str | None, most: int | None
    ) -> str:
        """The SELECT over flat rows, in which the days and the filter are put each time."""
        terms = [f"-{sort}", *by] if sort else ()
        asked = question(self.catalog, metrics, by=by, first=_FIRST, last=_LAST, sort=terms, limit=most)
        flat = self._flats[self.catalog.set_of(asked.asked[0].measure.name)]
        return render(select(flat.question(asked, _FILTER, is_of_lines=is_of_lines)), "duckdb", pretty=False)

    def _problem(self, metric: str, name: str) -> str:
        measure = asked_of(self.catalog, metric).measure
        declared = self.catalog.sets[self.catalog.set_of(measure.name)]
        dimension = next((each for each in declared.dimensions if each.name == name), None)
        if dimension is None:
            return f"{measure.display_name} can't be told by {name}"
        problem = problem_of(declared, measure, dimension)
        title = dimension.display_name
        return f"{measure.display_name} can't be filtered by {title.lower()}: {problem}" if problem else ""

    def _is_of_lines(self, name: str) -> bool:
        return any(name in flat.of_lines for flat in self._flats.values())

    def _published(self) -> Published:
        number, run_id, published_at, as_of = self.rows(
            "SELECT number, run_id, published_at, as_of FROM shoplake.publication"
        )[0]
        ((first, last),) = self.rows(
            f"SELECT min(order_date), max(order_date) FROM fact_sales WHERE order_date < DATE '{as_of}'"
        )
        last = last or as_of - timedelta(days=1)
        ((currency,),) = self.rows("SELECT max(reporting_currency) FROM fact_exchange_rate")
        unconverted = dict(
            self.rows(
                f"SELECT by_currency::VARCHAR, count(*) FROM {FILE}.{SCHEMA}.sales"
                " WHERE movement = 'sale' AND value_sales IS NULL GROUP BY 1 ORDER BY 1"
            )
        )
        found = {name: self._values(name) for name in (*FILTERS, *DEMOGRAPHICS)}
        values = {name: each for name, each in found.items() if 1 < len(each) <= _MOST_VALUES}
        return Published(
            number, run_id, published_at, as_of, Days(first or last, last), currency or "", unconverted, values
        )

    def _values(self, dimension: str) -> tuple[str, ...]:
        """The values of an attribute that sales have, in order."""
        flat = next((each for each in self._flats.values() if f"by_{dimension}" in each.told), None)
        if flat is None:
            return ()
        kind = self.rows(
            f"SELECT data_type FROM duckdb_columns() WHERE database_name = '{FILE}' AND column_name = 'by_{dimension}'"
        )[0][0]
        if not kind.startswith("ENUM"):
            return ()  # there are too many to look through
        found = (value for (value,) in self.rows(f"SELECT unnest(enum_range(NULL::{kind}))::VARCHAR"))
        return tuple(sorted(found, key=in_order))
