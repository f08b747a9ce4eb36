"""Rows of marts as a tile shows them. They are as published: no filter changes them."""

from __future__ import annotations

from collections.abc import Iterator

from shoplake.dashboard.declaration import Mart, Tile
from shoplake.dashboard.period import DEFAULT
from shoplake.dashboard.shaping import cut, first_groups
from shoplake.dashboard.shown import Column, Rows, Shown, few_in
from shoplake.dashboard.state import State
from shoplake.dashboard.store import Store
from shoplake.metrics.declaration import PLACES


def rows_of_mart(tile: Tile, mart: Mart, state: State, store: Store) -> Shown:
    """The answer to its SELECT; a note where that has no rows. Raises QueryError where it can't be answered."""
    rows, more = _first(tile, mart, store)
    if not rows:
        return Shown((), note=mart.empty)
    names = [column.name for column in mart.columns]
    few = few_in(rows, names.index(mart.people) if mart.people else None)
    aside = " ".join(filter(None, (*_covered(mart, state, store), more)))
    return Shown(columns_of(mart), tuple(_in_words(rows, mart)), few, aside=aside)


def _first(tile: Tile, mart: Mart, store: Store) -> tuple[Rows, str]:
    """The rows that are shown, and a word on how many there are; of a long list no more than these are fetched."""
    if tile.form == "heat" or tile.most is None:
        return first_groups(tuple(store.rows(mart.sql)), tile.most)
    whole = f"FROM ({mart.sql.rstrip(';')}\n) AS answer"
    ((there,),) = store.rows(f"SELECT count(*) {whole}")
    return cut(tuple(store.rows(f"SELECT * {whole} LIMIT {tile.most}")), tile.most, there)


def columns_of(mart: Mart) -> tuple[Column, ...]:
    return tuple(
        Column(c.name, c.title, c.unit, PLACES.get(c.unit, 0) if c.places is None else c.places, c.beside)
        for c in mart.columns
    )


def _in_words(rows: Rows, mart: Mart) -> Iterator[tuple[object, ...]]:
    words = [column.words for column in mart.columns]
    if not any(words):
        yield from rows
        return
    for row in rows:
        yield tuple(known.get(value, value) if known else value for value, known in zip(row, words, strict=True))


def _covered(mart: Mart, state: State, store: Store) -> Iterator[str]:
    """Which months the rows are of, and that nothing that is chosen changes them."""
    if mart.covers:
        first, last = store.rows(mart.covers)[0]
        yield f"Covers {first}." if first == last else f"Covers {first} to {last}."
    if state.chosen or state.preset != DEFAULT:
        yield "It is the same under all filters and periods."
