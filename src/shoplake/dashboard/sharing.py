"""What everybody may see: who buys is told by the closed cubes alone, and nothing at all of single people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.state import DEMOGRAPHICS, Audience
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.declaration import Dimension, MetricSet
from shoplake.metrics.formula import aliases_in, atoms_of, columns_of_select, joins_for, measure_of, qualified, tree

Source = Literal["facts", "rows", "report", "cubes"]
NOT_TOLD = "Not told to everybody: "
CUBES = "mart_shared_demographics"
# Columns that tell what a customer is, and those that tell which one.
_TELLING = frozenset({*DEMOGRAPHICS, "city"})
_KEYS = frozenset({"buyer_key", "customer_key", "customer_version_key", "customer_id", "person_key"})
_CUSTOMERS = "dim_customer"
# What the cubes have in the place of a figure; `customers` are those of the last month or quarter.
CUBE_METRICS = {
    "net_sales": "sales",
    "sales": "sales",
    "net_sales.share": "sales.share",
    "sales.share": "sales.share",
    "customers": "customers",
}


class Telling:
    """Which dimensions and measures of a catalog tell what customers are, or who; each is looked at once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._dimensions: dict[str, bool] = {}
        self._measures: dict[str, bool] = {}

    def dimension(self, name: str) -> bool:
        if name not in self._dimensions:
            found = [(each, d) for each in self.catalog.sets.values() for d in each.dimensions if d.name == name]
            self._dimensions[name] = name in _TELLING or any(_is_telling(*each) for each in found)
        return self._dimensions[name]

    def measure(self, name: str) -> bool:
        if name not in self._measures:
            declared = self.catalog.sets[self.catalog.set_of(name)]
            formulas = [measure_of(declared, atom).expr for atom in atoms_of(declared, name)]
            self._measures[name] = _reads(declared, formulas)
        return self._measures[name]

    def problem(self, metrics: Iterable[str], dimensions: Iterable[str]) -> str:
        """Why an answer from the facts would tell who buys; nothing where it doesn't."""
        for name in dimensions:
            if self.dimension(name):
                return f"{NOT_TOLD}«{name}» tells what customers are, and only the closed cubes may be asked by it"
        for name in metrics:
            if self.measure(name.partition(".")[0]):
                return f"{NOT_TOLD}«{name}» reads what customers are"
        return ""


def source_of(tile: Tile, audience: Audience, telling: Telling) -> Source:
    """Where the answer to a tile comes from. Raises QueryError with a word on why there is none."""
    if tile.report:
        return "report"
    if audience == "analyst":
        return "rows" if tile.mart else "facts"
    if tile.mart:
        if tile.mart.about_people:
            raise QueryError(f"{NOT_TOLD}its rows may be of single people or few")
        if problem := _problem_of_rows(tile.mart.sql):
            raise QueryError(f"{NOT_TOLD}{problem}")
        return "rows"
    return "cubes" if any(map(telling.dimension, tile.by)) else "facts"


def as_told(tile: Tile, audience: Audience, telling: Telling) -> Tile:
    """The tile with the metrics that the closed cubes have, and a title that says so, where it is asked of these."""
    if audience == "analyst" or not any(map(telling.dimension, tile.by)):
        return tile
    told = tuple(dict.fromkeys(CUBE_METRICS[name] for name in tile.metrics if name in CUBE_METRICS))
    sort = CUBE_METRICS.get(tile.sort or "")
    title = tile.title
    if "net_sales" in tile.metrics[:1]:
        names = [telling.catalog.dimensions[name].display_name.lower() for name in tile.by]
        title = f"{telling.catalog.measures['sales'].display_name} by {' and '.join(names)}"
    return tile.model_copy(update={"metrics": told, "sort": sort if sort in told else None, "title": title})


def _is_telling(declared: MetricSet, dimension: Dimension) -> bool:
    formula = tree(dimension.expr)
    is_key = any(column.name in _KEYS for column in formula.find_all(exp.Column)) and not formula.find(exp.Case)
    return dimension.group == "customer" or is_key or _reads(declared, [dimension.expr])


def _reads(declared: MetricSet, formulas: Sequence[str]) -> bool:
    """Whether formulas read what customers are, themselves or through the set's source and joins."""
    trees = [qualified(each) for each in formulas]
    joins = joins_for(declared, aliases_in(trees))
    columns = {column.name for each in trees for column in each.find_all(exp.Column)}
    conditions = [declared.filter or "", *(join.on for join in joins)]
    columns |= {column.name for each in conditions if each for column in tree(each).find_all(exp.Column)}
    of_customers = any(join.source.rpartition(".")[2] == _CUSTOMERS for join in joins)
    return bool(columns & _TELLING) or of_customers or any(map(_hides, (declared.source, *(j.source for j in joins))))


@cache
def _hides(source: str) -> bool:
    """Whether a SELECT does more with what customers are than to hand it on by its name."""
    if columns_of_select(source) is None:
        return False
    select = tree(source)
    used = [column for column in select.find_all(exp.Column) if column.name in _TELLING]
    return any(table.name == _CUSTOMERS for table in select.find_all(exp.Table)) or not all(
        isinstance(column.parent, exp.Select) for column in used
    )


@cache
def _problem_of_rows(sql: str) -> str:
    """Why the rows of a SELECT over marts are not for everybody; nothing where they are."""
    try:
        select = parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return "what it reads can't be told"
    if {table.name for table in select.find_all(exp.Table) if table.db or table.name not in _own(select)} == {CUBES}:
        return ""
    if any(not isinstance(star.parent, exp.Count) for star in select.find_all(exp.Star)):
        return "it doesn't say which columns it has"
    counted = {id(column) for count in select.find_all(exp.Count) for column in count.find_all(exp.Column)}
    told = (c.name for c in select.find_all(exp.Column) if c.name in _TELLING | _KEYS and id(c) not in counted)
    return next((f"«{name}» tells what customers are, or who" for name in told), "")


def _own(select: exp.Expr) -> Iterator[str]:
    return (cte.alias for cte in select.find_all(exp.CTE))
