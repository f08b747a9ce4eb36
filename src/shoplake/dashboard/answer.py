"""What each tile of a page shows in a state: columns, rows, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from shoplake.dashboard import cubes
from shoplake.dashboard.declaration import Page, Tile
from shoplake.dashboard.marts import rows_of_mart
from shoplake.dashboard.needs import lacking
from shoplake.dashboard.period import Period
from shoplake.dashboard.shaping import BEYOND, cut, first_groups, in_order, indexed, sums
from shoplake.dashboard.sharing import CUBE_METRICS, NOT_TOLD, as_told, source_of
from shoplake.dashboard.shown import Column, Rows, Shown, few_in
from shoplake.dashboard.state import DEMOGRAPHICS, State
from shoplake.dashboard.store import Store
from shoplake.errors import QueryError
from shoplake.metrics.question import Asked, asked_of

_PEOPLE = "customers"
_INDEX = Column("index", "Index (100 = average)", "count")


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
    if lack := lacking(tile.needs, store.rows):
        return Shown((), note=lack)
    store = _store_for(state, store)
    try:
        source = source_of(tile, store.audience, store.telling)
        if source == "cubes":
            return _cubes(tile, state, store)
        if source == "facts":
            return _metrics(tile, state, store)
        if tile.mart:
            return rows_of_mart(tile, tile.mart, state, store)
        assert tile.report
        return store.reports[tile.report]
    except QueryError as refused:
        return Shown((), note=str(refused))


def figures_of(page: Page, state: State, store: Store) -> dict[str, Shown]:
    """All figures of a page in two questions: of the period, and of the one before."""
    store = _store_for(state, store)
    tiles = [tile for tile in page.tiles if tile.form == "figure" and tile.metrics]
    refused = {tile.name: _refusal(tile, state, store) for tile in tiles}
    told = [tile for tile in tiles if not refused[tile.name]]
    names = list(dict.fromkeys(tile.metrics[0] for tile in told))
    found = {tile.name: Shown((), note=refused[tile.name]) for tile in tiles}
    if not names:
        return found
    people = _people((), state, store)
    asked = list(dict.fromkeys([*names, *people]))  # each has one column
    (now,) = store.ask(asked, (), state.period, state.chosen)
    before = store.ask(names, (), state.before, state.chosen)[0] if state.before else ()
    few = few_in((now,), asked.index(_PEOPLE) if people else None)
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
    tiles = [tile for tile in tiles if not _refusal(tile, state, store, tile.by)]
    for by in dict.fromkeys(tile.by for tile in tiles):
        names = list(dict.fromkeys(tile.metrics[0] for tile in tiles if tile.by == by))
        rows = store.ask(names, by, state.period, state.chosen)
        for tile in (tile for tile in tiles if tile.by == by):
            at = len(by) + names.index(tile.metrics[0])
            found[tile.name] = tuple((row[0], row[at]) for row in rows)
    return found


def _refusal(tile: Tile, state: State, store: Store, by: Sequence[str] = ()) -> str:
    return lacking(tile.needs, store.rows) or store.refusal(tile.metrics, [*by, *state.chosen])


def _metrics(tile: Tile, state: State, store: Store) -> Shown:
    metrics = [name for name in tile.metrics if not _looks_back(name) or _has_year_before(state, store)]
    people = _people(tile.by, state, store)
    asked = [*metrics, *(name for name in people if name not in metrics)]
    limit = tile.most + BEYOND if tile.most and tile.form != "heat" else None
    rows: Rows = tuple(store.ask(asked, tile.by, state.period, state.chosen, sort=tile.sort, most=limit))
    if not tile.sort and tile.by and tile.by[0] in DEMOGRAPHICS:
        rows = tuple(sorted(rows, key=lambda row: in_order(row[0])))
    figures = tuple(_column(asked_of(store.catalog, name)) for name in metrics)
    columns, rows, aside = _arranged(tile, (*_dimensions(tile.by, store), *figures), rows)
    of_people = next((len(columns) - len(metrics) + asked.index(name) for name in people), None)
    return Shown(columns, tuple(row[: len(columns)] for row in rows), few_in(rows, of_people), aside=aside)


def _arranged(tile: Tile, columns: tuple[Column, ...], rows: Rows) -> tuple[tuple[Column, ...], Rows, str]:
    """As many rows as the tile shows, of a heat map as many groups; and the index where it shows one."""
    if tile.form != "heat":
        return columns, *cut(rows, tile.most)
    value = len(tile.by)
    weights = sums(rows, 0, value)
    if tile.index:
        columns = (*columns[:value], _INDEX, *columns[value:])
        index = indexed(rows, value)
        rows = tuple((*row[:value], at, *row[value:]) for row, at in zip(rows, index, strict=True))
    return columns, *first_groups(rows, tile.most, weights)


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
    else:
        keys.sort(key=lambda key: [in_order(each) for each in key])
    columns = [*_dimensions(tile.by, store), *(_column(asked_of(store.catalog, name)) for name in metrics)]
    columns = [replace(c, title=f"{c.title}, {told.when}") if c.name == _PEOPLE and told.when else c for c in columns]
    rows: Rows = tuple((*key, *(figures[name].get(key, 0) for name in metrics)) for key in keys)
    if any(cubes.FEWER in row for row in rows):  # then there is nothing to compare
        return Shown(tuple(columns), rows, aside=told.aside, sql=told.sql)
    arranged, rows, more = _arranged(tile, tuple(columns), rows)
    return Shown(arranged, rows, aside=f"{told.aside} {more}".strip(), sql=told.sql)


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
    known = store.catalog.dimensions
    for name in names:
        yield Column(name, known[name].display_name, "month" if name == "month" else "text")


def _column(asked: Asked) -> Column:
    return Column(asked.name, asked.display_name, asked.unit, asked.places)
