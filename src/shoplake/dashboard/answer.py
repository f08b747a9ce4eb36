"""What each tile of a page shows in a state: columns, rows, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shoplake.dashboard import cubes
from shoplake.dashboard.declaration import Page, Tile
from shoplake.dashboard.period import Period
from shoplake.dashboard.sharing import CUBE_METRICS, NOT_TOLD, as_told, source_of
from shoplake.dashboard.state import DEMOGRAPHICS, State
from shoplake.dashboard.store import Store
from shoplake.errors import QueryError
from shoplake.metrics.question import Asked, asked_of

# A cell of fewer people than this says something of single ones.
FEWEST = 11
_PEOPLE = "customers"
Rows = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` is that of a metric, `text`, or `month`."""

    name: str
    title: str
    unit: str
    places: int = 0

    @property
    def is_figure(self) -> bool:
        return self.unit not in {"text", "month"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A tile's answer. `few`: rows of fewer than 11 people. `before`: the figure that it is compared with.

    `note` says why there is none, `aside` what must be known beside it; `sql`: what gives it where no metric does.
    """

    columns: tuple[Column, ...]
    rows: Rows = ()
    few: frozenset[int] = frozenset()
    before: Decimal | float | int | None = None
    spark: Rows = ()
    note: str = ""
    aside: str = ""
    sql: str = ""


def answer(page: Page, state: State, store: Store) -> dict[str, Shown]:
    """Each tile by its name. A tile that can't be told so says why, and the others are there."""
    found = figures_of(page, state, store)
    lines = sparks_of(page, state, store)
    for tile in page.tiles:
        if tile.name in found:
            found[tile.name] = replace(found[tile.name], spark=lines.get(tile.name, ()))
        else:
            found[tile.name] = tile_of(tile, state, store)
    return {tile.name: found[tile.name] for tile in page.tiles}


def tile_of(tile: Tile, state: State, store: Store) -> Shown:
    """One tile that is no figure."""
    store = _store_for(state, store)
    try:
        source = source_of(tile, store.audience, store.telling)
        if source == "cubes":
            return _cubes(tile, state, store)
        if source == "facts":
            return _metrics(tile, state, store)
        if tile.mart:
            return Shown(
                tuple(Column(c.name, c.title, c.unit, c.places or 0) for c in tile.mart.columns),
                tuple(store.rows(tile.mart.sql)),
            )
    except QueryError as refused:
        return Shown((), note=str(refused))
    return Shown((), note="This can't be shown here.")


def figures_of(page: Page, state: State, store: Store) -> dict[str, Shown]:
    """All figures of a page in two questions: of the period, and of the one before."""
    store = _store_for(state, store)
    tiles = [tile for tile in page.tiles if tile.form == "figure" and tile.metrics]
    refused = {tile.name: store.refusal(tile.metrics, state.chosen) for tile in tiles}
    told = [tile for tile in tiles if not refused[tile.name]]
    names = list(dict.fromkeys(tile.metrics[0] for tile in told))
    found = {tile.name: Shown((), note=refused[tile.name]) for tile in tiles}
    if not names:
        return found
    people = _people((), state, store)
    (now,) = store.ask([*names, *people], (), state.period, state.chosen)
    before = store.ask(names, (), state.before, state.chosen)[0] if state.before else ()
    few = frozenset([0]) if people and now[-1] is not None and 0 < now[-1] < FEWEST else frozenset[int]()
    for tile in told:
        at = names.index(tile.metrics[0])
        column = _column(asked_of(store.catalog, names[at]))
        found[tile.name] = Shown((column,), ((now[at],),), few, before[at] if before else None)
    return found


def sparks_of(page: Page, state: State, store: Store) -> dict[str, Rows]:
    """The lines beside figures, in one question for each dimension that they are by."""
    store = _store_for(state, store)
    found: dict[str, Rows] = {}
    tiles = [tile for tile in page.tiles if tile.form == "figure" and tile.metrics and tile.by]
    tiles = [tile for tile in tiles if not store.refusal(tile.metrics, [*tile.by, *state.chosen])]
    for by in dict.fromkeys(tile.by for tile in tiles):
        names = list(dict.fromkeys(tile.metrics[0] for tile in tiles if tile.by == by))
        rows = store.ask(names, by, state.period, state.chosen)
        for tile in (tile for tile in tiles if tile.by == by):
            at = len(by) + names.index(tile.metrics[0])
            found[tile.name] = tuple((row[0], row[at]) for row in rows)
    return found


def _metrics(tile: Tile, state: State, store: Store) -> Shown:
    metrics = [name for name in tile.metrics if not _looks_back(name) or _has_year_before(state, store)]
    people = _people(tile.by, state, store)
    hidden = [name for name in people if name not in metrics]
    rows = store.ask([*metrics, *hidden], tile.by, state.period, state.chosen, sort=tile.sort, most=tile.most)
    asked = [asked_of(store.catalog, name) for name in metrics]
    columns = (*_dimensions(tile.by, store), *(_column(each) for each in asked))
    at = next((len(tile.by) + [*metrics, *hidden].index(name) for name in people), None)
    few = frozenset(i for i, row in enumerate(rows) if at is not None and row[at] is not None and 0 < row[at] < FEWEST)
    return Shown(columns, tuple(row[: len(columns)] for row in rows), few)


def _store_for(state: State, store: Store) -> Store:
    return store.shared if state.audience == "shared" else store


def _cubes(tile: Tile, state: State, store: Store) -> Shown:
    """From the closed cubes, as far as they have the metrics."""
    if tile.metrics[0] not in CUBE_METRICS:
        raise QueryError(f"{NOT_TOLD}the closed cubes don't have «{tile.metrics[0]}»")
    shown = as_told(tile, store.audience, store.telling)
    told = cubes.told(store.cubes, tile.by, state.chosen, state.period, store.published.days)
    figures = told.figures
    if shown.metrics[0] not in figures:
        raise QueryError(f"{NOT_TOLD}customers don't add up over departments; choose one of these, or a whole quarter")
    metrics = [name for name in shown.metrics if name in figures]
    keys = [*told.sales]
    if order := figures.get(shown.sort or ""):
        keys.sort(key=lambda key: -cubes.number(order.get(key)))
    columns = [*_dimensions(tile.by, store), *(_column(asked_of(store.catalog, name)) for name in metrics)]
    columns = [replace(c, title=f"{c.title}, {told.when}") if c.name == _PEOPLE and told.when else c for c in columns]
    rows = tuple((*key, *(figures[name].get(key, 0) for name in metrics)) for key in keys[: tile.most])
    return Shown(tuple(columns), rows, aside=told.aside, sql=told.sql)


def _people(by: Sequence[str], state: State, store: Store) -> list[str]:
    """What counts the people of a cell, where it tells of people."""
    is_of_people = any(name in DEMOGRAPHICS for name in (*by, *state.chosen))
    is_known = is_of_people and _PEOPLE in store.catalog.measures
    return [_PEOPLE] if is_known and not store.refusal([_PEOPLE], [*by, *state.chosen]) else []


def _looks_back(metric: str) -> bool:
    return metric.endswith((".year_ago", ".yoy"))


def _has_year_before(state: State, store: Store) -> bool:
    days: Period = state.period.year_ago()
    return days.last >= store.published.days.first


def _dimensions(names: Iterable[str], store: Store) -> Iterator[Column]:
    known = {d.name: d for declared in store.catalog.sets.values() for d in declared.dimensions}
    for name in names:
        yield Column(name, known[name].display_name, "month" if name == "month" else "text")


def _column(asked: Asked) -> Column:
    return Column(asked.name, asked.display_name, asked.unit, asked.places)
