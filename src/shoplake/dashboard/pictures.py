"""Each chart as a picture for a slide or a mail: for everybody, with what it shows written in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal
from urllib.parse import parse_qsl

from shoplake.config import Project
from shoplake.dashboard.answer import tile_of
from shoplake.dashboard.charts import PAPER, ROWS, chart_of
from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready, store_of
from shoplake.dashboard.rows import chart_rows
from shoplake.dashboard.sharing import as_told
from shoplake.dashboard.state import State, read_state
from shoplake.dashboard.store import Store
from shoplake.errors import QueryError
from shoplake.lake.failures import explained

Format = Literal["png", "svg", "pdf"]
FORMATS: dict[str, Format] = {"png": "png", "svg": "svg", "pdf": "pdf"}
_WIDTH = 720
_FONT = "sans-serif"
_LETTERS = 120  # of a line below the title
_SCALE = 2  # pixels of a png for each point


def write_pictures(
    project: Project, ready: Ready, to: Path, form: Format, address: str, locale: str, say: Callable[[str], None]
) -> int:
    """Write `<page>-<tile>.<form>` for each chart that can be told to everybody; returns how many there are.

    Raises QueryError where the address can't be, or there is nothing to draw.
    """
    count = 0
    with store_of(ready, project) as opened, explained(str(to)):
        store = opened.shared
        numbers = Numbers(locale, store.published.currency)
        state = read_state(parse_qsl(address, keep_blank_values=True), store.published.days, "shared")
        to.mkdir(parents=True, exist_ok=True)
        for name, page in ready.pages.items():
            for tile in page.tiles:
                spec = drawn(tile, state, store, numbers, project.folder.name)
                if spec:
                    say(f"{page.title}: {spec['title']['text']}")
                    (to / f"{name}-{tile.name}.{form}").write_bytes(_picture(spec, form, numbers))
                    count += 1
    if not count:
        raise QueryError("there is nothing to draw", remedy="Choose another --state")
    return count


def drawn(tile: Tile, state: State, store: Store, numbers: Numbers, shop: str) -> dict[str, Any] | None:
    """The chart with its rows, title, period, filters and source; none where there is none, or nothing to tell."""
    spec = chart_of(tile, PAPER)
    shown = tile_of(tile, state, store) if spec else None
    if spec is None or shown is None or not shown.rows:
        return None
    published = store.published
    title = as_told(tile, store.audience, store.telling).title or shown.columns[-1].title
    values = "; ".join(", ".join(each) for _, each in sorted(state.chosen.items()))
    when = f"{state.period.first} to {state.period.last}{f'; {values}' if values else ''}"
    source = f"{shop}, state {published.number}, published {published.published_at[:10]}"
    lines = [when, *wrap(shown.aside, _LETTERS), source]
    heading = {
        "text": title,
        "subtitle": lines,
        "anchor": "start",
        "color": PAPER["text"],
        "fontSize": 16,
        "offset": 14,
    }
    heading |= {"subtitleColor": PAPER["faint"], "subtitleFontSize": 11}
    config = {**spec["config"], "background": "white", "font": _FONT, "title": {"font": _FONT, "subtitleFont": _FONT}}
    rows = chart_rows(tile, shown, numbers)
    return spec | {"title": heading, "config": config, "width": _WIDTH, "datasets": {ROWS: rows}}


def _picture(spec: dict[str, Any], form: Format, numbers: Numbers) -> bytes:
    import vl_convert

    options: dict[str, Any] = {"vl_spec": spec, "format_locale": numbers.for_charts()}
    if form == "svg":
        return str(vl_convert.vegalite_to_svg(**options)).encode()
    if form == "pdf":
        return bytes(vl_convert.vegalite_to_pdf(**options))
    return bytes(vl_convert.vegalite_to_png(**options, scale=_SCALE))
