"""The forms of tiles as Vega-Lite charts; their rows come apart, so that a filter changes rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from shoplake.dashboard.declaration import Page, Tile

ROWS = "rows"
# A chart keeps the order of values that it has seen, so the rows say theirs.
_AS_GIVEN, _AS_GIVEN_ACROSS = (alt.EncodingSortField(field=name, op="min") for name in ("at", "at_x"))
_BY_NUMBER = alt.EncodingSortField(field="nth", op="min")
# Beside the longest bar there is room for its text.
_ROOM = alt.Scale(range=[0, alt.ExprRef("width - 88")])
Chart = alt.LayerChart | alt.FacetChart
# Okabe and Ito's colours, which people with any kind of sight tell apart. In a page they follow its light or dark.
PAGE = {name: f"var(--{name})" for name in ("text", "faint", "line", "card", "main", "other", "heat", "under")}
PAPER = {
    "text": "#1b1f24",
    "faint": "#57606a",
    "line": "#d8dee4",
    "card": "#ffffff",
    "main": "#0072b2",
    "other": "#8c6d1f",
    "heat": "#56a8d8",
    "under": "#f0a267",
}
# Shares as per cent, other figures short; what the figures are, the rows say.
_SHORT = (
    f"length(data('{ROWS}')) && data('{ROWS}')[0].unit === 'percent'"
    " ? format(datum.value, '~%') : format(datum.value, '~s')"
)
_TOOLTIP = [
    alt.Tooltip("x:N", title=" "),
    alt.Tooltip("series:N", title="What"),
    alt.Tooltip("text:N", title="Figure"),
    alt.Tooltip("more:N", title="Beside it"),
]
_FAINT_WHERE_FEW = alt.condition("datum.few", alt.value(0.4), alt.value(1))
_ON_TOP = alt.Legend(orient="top", symbolLimit=0, labelLimit=240, columns=0)


def specs_of(pages: Mapping[str, Page]) -> dict[str, dict[str, Any]]:
    """The charts of pages, by page and tile."""
    charts = {name: {tile.name: chart_of(tile) for tile in page.tiles} for name, page in pages.items()}
    return {name: {tile: spec for tile, spec in each.items() if spec} for name, each in charts.items()}


def chart_of(tile: Tile, colours: dict[str, str] = PAGE) -> dict[str, Any] | None:
    """The Vega-Lite specification of a tile over rows named `rows`; none for a form that has no chart."""
    forms = {
        "line": _line,
        "bar": _bar,
        "bars": _bars,
        "columns": _columns,
        "dots": _dots,
        "heat": _heat,
        "curve": _curve,
    }
    if tile.form not in forms:
        return None
    chart = forms[tile.form](tile, colours).properties(width="container", height=tile.height)
    spec: dict[str, Any] = chart.to_dict(context={"pre_transform": False})
    spec["config"] = _config(colours)
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def _rows() -> alt.NamedData:
    return alt.NamedData(name=ROWS)


def _values(**options: Any) -> alt.Axis:
    return alt.Axis(labelExpr=_SHORT, tickCount=4, **options)


def _down(**options: Any) -> alt.Y:
    """What stands below one another, as words."""
    axis = alt.Axis(labelLimit=190, labelPadding=8, ticks=False, domain=False, grid=False)
    return alt.Y("x:N", sort=_AS_GIVEN, title=None, axis=axis, **options)


def _coloured() -> alt.Color:
    return alt.Color("series:N", sort=_BY_NUMBER, title=None, legend=_ON_TOP)


def _line(tile: Tile, _: dict[str, str]) -> Chart:
    several = len(tile.metrics) > 1 or len(tile.by) > 1 or (tile.mart and len(tile.mart.columns) > 2)
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:O", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("value:Q", title=None, axis=_values()),
        tooltip=_TOOLTIP[:3],
    )
    colour = alt.Color("series:N", sort=None, title=None, legend=_ON_TOP if several else None)
    lines = base.mark_line(strokeWidth=2.5, interpolate="linear").encode(
        color=colour, strokeDash=alt.StrokeDash("series:N", sort=None, legend=None)
    )
    points = base.mark_point(filled=True, size=45, opacity=1).encode(color=colour)
    return alt.layer(lines, points)


def _bar(*_: Any) -> Chart:
    base = alt.Chart(_rows()).encode(
        y=_down(),
        x=alt.X("value:Q", title=None, axis=None, scale=_ROOM),
        tooltip=[_TOOLTIP[0], *_TOOLTIP[2:]],
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer", height={"band": 0.72}).encode(opacity=_FAINT_WHERE_FEW)
    # A figure stands right of its bar, of one to the left right of where both begin.
    texts = base.transform_calculate(end="max(0, datum.value)").mark_text(align="left", dx=5, fontSize=11)
    return alt.layer(bars, texts.encode(text="text:N", x=alt.X("end:Q", title=None, axis=None, scale=_ROOM)))


def _bars(_: Tile, colours: dict[str, str]) -> Chart:
    """Parts of a sum, some of them perhaps to the left, beside one another."""
    base = alt.Chart(_rows()).encode(y=_down(), tooltip=_TOOLTIP)
    parts = base.mark_bar(height={"band": 0.72}, cursor="pointer").encode(
        x=alt.X("value:Q", stack="zero", title=None, axis=_values(grid=True)),
        color=_coloured(),
        order=alt.Order("nth:Q"),
        opacity=_FAINT_WHERE_FEW,
    )
    return alt.layer(parts, alt.Chart(_rows()).mark_rule(color=colours["faint"]).encode(x=alt.datum(0)))


def _columns(*_: Any) -> Chart:
    """Parts of a sum on top of one another."""
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:O", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)), tooltip=_TOOLTIP
    )
    parts = base.mark_bar(width={"band": 0.72}, cursor="pointer").encode(
        y=alt.Y("value:Q", stack="zero", title=None, axis=_values()),
        color=_coloured(),
        order=alt.Order("nth:Q"),
        opacity=_FAINT_WHERE_FEW,
    )
    return alt.layer(parts)


def _dots(_: Tile, colours: dict[str, str]) -> Chart:
    """Figures of one thing on one line, so that their distance is seen."""
    x = alt.X("value:Q", title=None, axis=_values(grid=True))
    base = alt.Chart(_rows()).encode(y=_down(), x=x, tooltip=_TOOLTIP)
    span = alt.Chart(_rows()).mark_rule(strokeWidth=2, color=colours["line"])
    span = span.encode(y=_down(), x=alt.X("min(value):Q", title=None), x2="max(value):Q")
    dots = base.mark_point(filled=True, size=110, cursor="pointer").encode(
        opacity=_FAINT_WHERE_FEW,
        color=_coloured(),
        shape=alt.Shape("series:N", sort=_BY_NUMBER, title=None, legend=_ON_TOP),
    )
    return alt.layer(span, dots)


def _heat(_: Tile, colours: dict[str, str]) -> Chart:
    across = alt.Axis(orient="top", labelAngle=0, labelOverlap=True, labelLimit=110)
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:O", sort=_AS_GIVEN_ACROSS, title=None, axis=across),
        y=alt.Y("y:N", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelLimit=170, grid=False)),
        tooltip=[alt.Tooltip("y:N", title=" "), _TOOLTIP[0], *_TOOLTIP[2:]],
    )
    # One colour, more or less of it, is as readable on a dark page as on a light one.
    shaded = alt.Opacity("shade:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    fill = alt.condition("datum.under", alt.value(colours["under"]), alt.value(colours["heat"]))
    cells = base.mark_rect(stroke=colours["card"], strokeWidth=1, cursor="pointer").encode(
        fill=fill, fillOpacity=shaded
    )
    has_room = alt.ExprRef("bandwidth('x') < 30 ? 0 : 1")  # on a phone shades alone are told
    return alt.layer(cells, base.mark_text(fontSize=11, opacity=has_room).encode(text="text:N"))


def _curve(_: Tile, colours: dict[str, str]) -> Chart:
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
        tooltip=[alt.Tooltip("text:N", title=" ")],
    )
    said = base.transform_filter("datum.word")
    return alt.layer(
        base.mark_area(opacity=0.15),
        base.mark_line(strokeWidth=2.5),
        said.mark_point(filled=True, size=70, opacity=1, color=colours["main"]),
        said.mark_text(align="left", baseline="top", dx=8, dy=6, fontSize=12).encode(text="word:N"),
    )


def _config(colours: dict[str, str]) -> dict[str, Any]:
    axis = {
        "labelColor": colours["faint"],
        "gridColor": colours["line"],
        "domainColor": colours["line"],
        "tickColor": colours["line"],
        "labelFontSize": 11,
    }
    return {
        "background": None,
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": axis,
        "axisY": {"grid": True, "domain": False, "ticks": False},
        "axisX": {"grid": False},
        "legend": {"labelColor": colours["text"], "labelFontSize": 12},
        "range": {
            "category": [colours["main"], colours["other"], "#009e73", "#cc79a7", "#d55e00", "#808890"],
            "symbol": ["circle", "diamond", "square", "triangle-up", "cross", "triangle-down"],
        },
        "bar": {"fill": colours["main"]},
        "line": {"stroke": colours["main"]},
        "area": {"fill": colours["main"]},
        "text": {"fill": colours["text"]},
    }
