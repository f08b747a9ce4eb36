"""The forms of tiles as Vega-Lite charts; their rows come apart, so that a filter changes rows alone."""

from __future__ import annotations

from typing import Any

import altair as alt

from shoplake.dashboard.declaration import Tile

ROWS = "rows"
# A chart keeps the order of values that it has seen, so the rows say theirs.
_AS_GIVEN, _AS_GIVEN_ACROSS = (alt.EncodingSortField(field=name, op="min") for name in ("at", "at_x"))
# Beside the longest bar there is room for its text.
_ROOM = alt.Scale(range=[0, alt.ExprRef("width - 88")])
Chart = alt.LayerChart | alt.FacetChart
# Okabe and Ito's colours, which people with any kind of sight tell apart. In a page they follow its light or dark.
PAGE = {
    "text": "var(--text)",
    "faint": "var(--faint)",
    "line": "var(--line)",
    "main": "var(--main)",
    "other": "var(--other)",
}
PAPER = {"text": "#1b1f24", "faint": "#57606a", "line": "#d8dee4", "main": "#0072b2", "other": "#8c6d1f"}
_SEQUENCE = ["#e8f1f8", "#0072b2"]
_AROUND = ["#d55e00", "#f4f4f2", "#0072b2"]


def chart_of(tile: Tile, colours: dict[str, str] = PAGE) -> dict[str, Any] | None:
    """The Vega-Lite specification of a tile over rows named `rows`; none for a form that has no chart."""
    forms = {"line": _line, "bar": _bar, "heat": _heat, "curve": _curve}
    if tile.form not in forms:
        return None
    chart = forms[tile.form](tile).properties(width="container", height=tile.height)
    spec: dict[str, Any] = chart.to_dict(context={"pre_transform": False})
    spec["config"] = _config(colours)
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def _rows() -> alt.NamedData:
    return alt.NamedData(name=ROWS)


def _line(tile: Tile) -> Chart:
    several = len(tile.metrics) > 1 or len(tile.by) > 1
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:O", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format="~s", tickCount=4)),
        tooltip=[
            alt.Tooltip("x:N", title="When"),
            alt.Tooltip("series:N", title="What"),
            alt.Tooltip("text:N", title="Figure"),
        ],
    )
    colour = alt.Color(
        "series:N",
        sort=None,
        title=None,
        legend=alt.Legend(orient="top") if several else None,
    )
    lines = base.mark_line(strokeWidth=2.5, interpolate="linear").encode(
        color=colour, strokeDash=alt.StrokeDash("series:N", sort=None, legend=None)
    )
    points = base.mark_point(filled=True, size=45).encode(color=colour)
    return alt.layer(lines, points)


def _bar(_: Tile) -> Chart:
    base = alt.Chart(_rows()).encode(
        y=alt.Y(
            "x:N", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelLimit=160, ticks=False, domain=False, grid=False)
        ),
        x=alt.X("value:Q", title=None, axis=None, scale=_ROOM),
        tooltip=[
            alt.Tooltip("x:N", title=" "),
            alt.Tooltip("text:N", title="Figure"),
            alt.Tooltip("more:N", title="Beside it"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2, cursor="pointer", height={"band": 0.72}).encode(
        opacity=alt.condition("datum.few", alt.value(0.4), alt.value(1))
    )
    return alt.layer(bars, base.mark_text(align="left", dx=5, fontSize=11).encode(text="text:N"))


def _heat(tile: Tile) -> Chart:
    scale = alt.Scale(range=_AROUND, domainMid=1) if tile.index else alt.Scale(range=_SEQUENCE)
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:O", sort=_AS_GIVEN_ACROSS, title=None, axis=alt.Axis(orient="top", labelAngle=0, labelOverlap=True)),
        y=alt.Y("y:N", sort=_AS_GIVEN, title=None, axis=alt.Axis(labelLimit=160)),
        tooltip=[alt.Tooltip("y:N", title=" "), alt.Tooltip("x:N", title=" "), alt.Tooltip("text:N", title="Figure")],
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1, cursor="pointer").encode(
        color=alt.Color("value:Q", title=None, scale=scale, legend=None)
    )
    texts = base.mark_text(fontSize=10).encode(
        text="text:N", color=alt.condition("datum.dark", alt.value("white"), alt.value("#1b1f24"))
    )
    return alt.layer(cells, texts)


def _curve(_: Tile) -> Chart:
    base = alt.Chart(_rows()).encode(
        x=alt.X("x:Q", title=None, axis=alt.Axis(format="%", tickCount=5)),
        y=alt.Y("value:Q", title=None, axis=alt.Axis(format="%", tickCount=5)),
        tooltip=[alt.Tooltip("series:N", title=" "), alt.Tooltip("text:N", title="Figure")],
    )
    return alt.layer(base.mark_area(opacity=0.15), base.mark_line(strokeWidth=2.5))


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
        "range": {"category": [colours["main"], colours["other"], "#009e73", "#cc79a7", "#d55e00", "#56b4e9"]},
        "bar": {"fill": colours["main"]},
        "line": {"stroke": colours["main"]},
        "area": {"fill": colours["main"]},
        "text": {"fill": colours["text"]},
    }
