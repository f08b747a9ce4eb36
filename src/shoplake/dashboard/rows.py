"""Answers as the rows of a chart and of a table: texts as people read them, and what a click on one filters by."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shoplake.dashboard.answer import Column, Shown
from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.numbers import Numbers

FEW = "fewer than 11 people"


def chart_rows(tile: Tile, shown: Shown, numbers: Numbers) -> list[dict[str, Any]]:
    """Rows with `x`, `value` and `text`, as the chart of the tile's form reads them."""
    forms = {"line": _lines, "bar": _bars, "heat": _cells, "curve": _points}
    return [*forms[tile.form](tile, shown, numbers)] if tile.form in forms and shown.rows else []


def table_rows(shown: Shown, numbers: Numbers) -> list[list[str]]:
    """Texts, column by column; a row of few people says so."""
    rows = [[numbers.text(v, c.unit, c.places) for v, c in zip(row, shown.columns, strict=True)] for row in shown.rows]
    return [[*row[:-1], f"{row[-1]} ({FEW})"] if at in shown.few else row for at, row in enumerate(rows)]


def _figures(shown: Shown) -> list[tuple[int, Column]]:
    return [(at, column) for at, column in enumerate(shown.columns) if column.is_figure]


def _lines(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    figures = _figures(shown)
    for at, column in figures:
        for place, row in enumerate(shown.rows):
            over = [numbers.text(v, c.unit) for v, c in zip(row, shown.columns, strict=True) if not c.is_figure]
            series = over[1] if len(over) > 1 else column.title
            yield {
                "at": place,
                "x": over[0],
                "series": series,
                "value": _number(row[at]),
                "text": _text(row[at], column, numbers),
            }


def _bars(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    (at, column), *others = _figures(shown)
    for place, row in enumerate(shown.rows):
        more = [f"{c.title}: {numbers.text(row[i], c.unit, c.places)}" for i, c in others]
        if place in shown.few:
            more.append(FEW)
        yield {
            "at": place,
            "x": numbers.text(row[0], shown.columns[0].unit),
            "key": str(row[0]),
            "value": _number(row[at]),
            "text": _text(row[at], column, numbers),
            "more": "; ".join(more),
            "few": place in shown.few,
        }


def _cells(tile: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """Rows by columns; as an index, a cell over what its row's and its column's sums would make of it."""
    (at, column) = _figures(shown)[0]
    values = {(row[0], row[1]): _number(row[at]) for row in shown.rows}
    if tile.index:
        values = _indexed(values)
    most = max((abs(value) for value in values.values() if value is not None), default=0) or 1
    across = {value: at for at, value in enumerate(sorted({row[1] for row in shown.rows}))}
    for place, row in enumerate(shown.rows):
        value = values[row[0], row[1]]
        if tile.index:
            text = "" if value is None else numbers.text(round(value * 100), "count")
            dark = value is not None and (value > 1.6 or value < 0.4)
        else:
            text = _text(row[at], column, numbers)
            dark = value is not None and abs(value) > 0.6 * most
        yield {
            "at": place,
            "at_x": across[row[1]],
            "y": numbers.text(row[0], shown.columns[0].unit),
            "x": numbers.text(row[1], shown.columns[1].unit),
            "key": str(row[0]),
            "key_x": str(row[1]),
            "value": value,
            "text": f"({text})" if place in shown.few else text,
            "dark": dark,
        }


def _indexed(values: dict[tuple[Any, Any], float | None]) -> dict[tuple[Any, Any], float | None]:
    rows, columns, total = dict[Any, float](), dict[Any, float](), 0.0
    for (row, column), value in values.items():
        rows[row] = rows.get(row, 0) + (value or 0)
        columns[column] = columns.get(column, 0) + (value or 0)
        total += value or 0
    expected = {(row, column): rows[row] * columns[column] / total if total else 0 for row, column in values}
    return {
        key: (value / expected[key] if value is not None and expected[key] else None) for key, value in values.items()
    }


def _points(_: Tile, shown: Shown, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """The first column is the share of things, the second what they make together."""
    for row in shown.rows:
        text = numbers.text(row[1], "percent", 1)
        yield {
            "x": _number(row[0]),
            "value": _number(row[1]),
            "text": text,
            "series": numbers.text(row[0], "percent", 1),
        }


def _text(value: Any, column: Column, numbers: Numbers) -> str:
    return numbers.text(value, column.unit, column.places, is_short=True)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None
