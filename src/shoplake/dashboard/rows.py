"""Answers as the rows of a chart and of a table: texts as people read them, and what a click on one filters by."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import log2
from typing import Any

from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.shown import Column, Shown

FEW = "fewer than 11 people"
_FEW_LOOK = {"heat": f"In brackets: {FEW}.", **dict.fromkeys(("bar", "bars", "columns", "dots"), f"Faint: {FEW}.")}
# The faintest shade that is told from none.
_FAINTEST = 0.04


def chart_rows(tile: Tile, shown: Shown, numbers: Numbers) -> list[dict[str, Any]]:
    """Rows with `x`, `value` and `text`, as the chart of the tile's form reads them."""
    forms = {
        "line": _lines,
        "bar": _bars,
        "bars": _series,
        "columns": _series,
        "dots": _series,
        "heat": _cells,
        "curve": _points,
    }
    return [*forms[tile.form](tile, shown, numbers)] if tile.form in forms and shown.rows else []


def aside_of(tile: Tile, shown: Shown) -> str:
    """What must be known beside the rows, and how those of few people look."""
    few = _FEW_LOOK.get(tile.form, "") if shown.few else ""
    return " ".join(filter(None, (shown.aside, few)))


def table_rows(shown: Shown, numbers: Numbers) -> list[list[str]]:
    """Texts, column by column; a row of few people says so."""
    rows = [[numbers.text(v, c.unit, c.places) for v, c in zip(row, shown.columns, strict=True)] for row in shown.rows]
    return [[*row[:-1], f"{row[-1]} ({FEW})"] if at in shown.few else row for at, row in enumerate(rows)]


def _figures(shown: Shown) -> list[tuple[int, Column]]:
    return [(at, column) for at, column in enumerate(shown.columns) if column.is_figure]


def _lines(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    for at, column in _figures(shown):
        for place, row in enumerate(shown.rows):
            over = [numbers.text(v, c.unit) for v, c in zip(row, shown.columns, strict=True) if not c.is_figure]
            yield {
                "at": place,
                "x": over[0],
                "series": over[1] if len(over) > 1 else column.title,
                "value": _number(row[at]),
                "text": _text(row[at], column, numbers),
                "unit": column.unit,
            }


def _bars(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    (at, column), *_others = _figures(shown)
    for place in range(len(shown.rows)):
        yield _of_row(shown, place, (at, column), numbers)


def _series(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """The figures that have the unit of the first one, side by side; the others are told beside them."""
    figures = _figures(shown)
    drawn = [(at, c) for at, c in figures if c.unit == figures[0][1].unit and not c.is_beside]
    for nth, (at, column) in enumerate(drawn):
        for place in range(len(shown.rows)):
            yield _of_row(shown, place, (at, column), numbers) | {"series": column.title, "nth": nth}


def _of_row(shown: Shown, place: int, drawn: tuple[int, Column], numbers: Numbers) -> dict[str, Any]:
    row, (at, column) = shown.rows[place], drawn
    more = [f"{c.title}: {_text(row[i], c, numbers)}" for i, c in _figures(shown) if i != at]
    is_few = place in shown.few
    return {
        "at": place,
        "x": numbers.text(row[0], shown.columns[0].unit),
        "key": str(row[0]),
        "value": _number(row[at]),
        "text": _text(row[at], column, numbers),
        "more": "; ".join([*more, *([FEW] if is_few else [])]),
        "few": is_few,
        "unit": column.unit,
    }


def _cells(tile: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """Rows by columns. `shade` from 0 to 1: of an index from 100 to twice or, `under` it, half as much."""
    (at, column) = _figures(shown)[0]
    values = [_number(row[at]) for row in shown.rows]
    most = max((abs(value) for value in values if value is not None), default=0) or 1
    across = {value: nth for nth, value in enumerate(sorted({row[1] for row in shown.rows}))}
    for place, value in enumerate(values):
        row, shade = shown.rows[place], 0.0
        if value is not None:
            shade = log2(max(value, 1) / 100) if tile.index else value / most
        cell = _of_row(shown, place, (at, column), numbers)
        yield cell | {
            "at_x": across[row[1]],
            "y": cell["x"],
            "x": numbers.text(row[1], shown.columns[1].unit),
            "key_x": str(row[1]),
            "text": f"({cell['text']})" if cell["few"] else cell["text"],
            "shade": min(1.0, max(_FAINTEST, abs(shade))),
            "under": shade < 0,
        }


def _points(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """The first column is the share of things, the second what they make together, the third a word at the point."""
    for row in shown.rows:
        share, made = (numbers.text(value, "percent", 1) for value in row[:2])
        yield {
            "x": _number(row[0]),
            "value": _number(row[1]),
            "text": f"{share}: {made}",
            "word": row[2] if len(row) > 2 else None,
        }


def _text(value: Any, column: Column, numbers: Numbers) -> str:
    return numbers.text(value, column.unit, column.places, is_short=True)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None
