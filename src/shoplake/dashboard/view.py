"""Pages as HTML, and the parts of one that change with its state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shoplake.dashboard.answer import answer, figures_of, sparks_of, tile_of
from shoplake.dashboard.declaration import Page, Tile
from shoplake.dashboard.meaning import command_of, meanings_of
from shoplake.dashboard.needs import lacking
from shoplake.dashboard.numbers import Numbers
from shoplake.dashboard.open import Ready
from shoplake.dashboard.period import DEFAULT, PRESETS
from shoplake.dashboard.rows import aside_of, chart_rows, table_rows
from shoplake.dashboard.sharing import as_told
from shoplake.dashboard.shown import Column, Rows, Shown
from shoplake.dashboard.sparkline import path
from shoplake.dashboard.state import State, filters_for, read_state
from shoplake.dashboard.store import Store
from shoplake.dashboard.tracing import traces_of

_HERE = Path(__file__).parent
_AUDIENCES = {
    "analyst": "For you alone: free filters, single people may be told",
    "shared": "For everybody: who buys is told of groups of 11 or more",
}
_AGAINST = {"year": "on the year before", "period": "on the period before", None: "no earlier data"}


class View:
    """Renders the pages of a store for an audience."""

    filters_template = "filters.html"

    def __init__(self, ready: Ready, store: Store, shop: str, numbers: Numbers) -> None:
        self.store, self.shop, self.numbers, self.charts = store, shop, numbers, ready.charts
        self._lacks = {name: lacking(page.needs, store.rows) for name, page in ready.pages.items()}
        # A page that lacks what it is about says so, in place of its tiles.
        self.pages = {n: p.model_copy(update={"tiles": ()}) if self._lacks[n] else p for n, p in ready.pages.items()}
        self._specs: dict[str, dict[str, Any]] = json.loads(ready.specs.read_text("utf-8"))
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters["as_data"] = _as_data

    def warm(self) -> None:
        """Ask beforehand what everybody asks first, and prepare what is asked under filters."""
        begin = read_state([], self.store.published.days, self.store.audience)
        first, *others = self.pages.values()
        answer(first, begin, self.store)
        for name in ("channel", "department"):  # of an order, and of a line
            answer(first, replace(begin, chosen={name: ("",)}), self.store)
        for page in others:
            answer(page, begin, self.store)

    def whole(self, name: str, state: State) -> str:
        """The page as it is first loaded."""
        return self.render("page.html", **self.context(name, state))

    def context(self, name: str, state: State) -> dict[str, Any]:
        """What the template of a whole page needs."""
        page, shown = self.pages[name], answer(self.pages[name], state, self.store)
        tiles = self._tiles(name, state, shown)
        specs = self._specs[name]
        data = {
            "specs": {tile.name: specs[tile.name] for tile in page.tiles if tile.name in specs},
            "rows": self._rows(page, shown),
            "clicks": {tile.name: self._clicks(tile, state) for tile in page.tiles},
            "locale": self.numbers.for_charts(),
        }
        return {
            "page": page,
            "name": name,
            "lack": self._lacks[name],
            "lang": self.numbers.locale.language,
            "shop": self.shop,
            "pages": [{"name": n, "title": p.title, "href": _href(n, state.address)} for n, p in self.pages.items()],
            "audience": state.audience,
            "audience_text": _AUDIENCES[state.audience],
            "tiles": tiles,
            "published": self.as_of,
            "charts_address": "/static/charts.js",
            "data": data,
            "filters_template": self.filters_template,
            **self._filters(name, state),
        }

    def parts(self, name: str, state: State) -> Iterator[dict[str, Any]]:
        """What changes on the page with its state, figures first: HTML by the id of its place, and rows of charts."""
        page = self.pages[name]
        figures = figures_of(page, state, self.store)
        first = {"published": self.as_of, "filters": self.render(self.filters_template, **self._filters(name, state))}
        for tile in page.tiles:
            if tile.name in figures:
                first |= self._changed(self._tile(name, tile, figures[tile.name], state))
        yield {"address": state.address, "parts": first, "rows": {}}
        for tile_name, spark in (lines := sparks_of(page, state, self.store)).items():
            line = self._spark(spark, figures[tile_name].columns[0])
            yield {"parts": {f"spark-{tile_name}": self.render("spark.html", tile=line)}, "rows": {}}
        yield {"parts": {f"spark-{each}": "" for each in figures if each not in lines}, "rows": {}}
        for tile in page.tiles:
            if tile.name not in figures:
                shown = tile_of(tile, state, self.store)
                changed = self._changed(self._tile(name, tile, shown, state))
                rows = {tile.name: chart_rows(tile, shown, self.numbers)} if _has_chart(tile) else {}
                yield {"parts": changed, "rows": rows}

    def _changed(self, tile: dict[str, Any]) -> dict[str, str]:
        places = ["body", "about", *(["table"] if tile["chart"] else [])]
        return {f"{place}-{tile['name']}": self.render(f"{place}.html", tile=tile) for place in places}

    def error(self, title: str, what: str) -> str:
        return self.render("error.html", title=title, what=what)

    @cached_property
    def as_of(self) -> str:
        found = self.store.published
        when = found.published_at[:16].replace("T", " ")
        return f"State {found.number}, published {when} UTC; sales up to {found.days.last}"

    @cached_property
    def _caution(self) -> str:
        listed = ", ".join(f"{count:,} in {currency}" for currency, count in self.store.published.unconverted.items())
        return f"Amounts without an exchange rate on their day are left out: order lines {listed}." if listed else ""

    def _rows(self, page: Page, shown: Mapping[str, Shown]) -> dict[str, Any]:
        return {tile.name: chart_rows(tile, shown[tile.name], self.numbers) for tile in page.tiles if _has_chart(tile)}

    def _tiles(self, name: str, state: State, shown: Mapping[str, Shown]) -> list[dict[str, Any]]:
        return [self._tile(name, tile, shown[tile.name], state) for tile in self.pages[name].tiles]

    def _tile(self, name: str, tile: Tile, shown: Shown, state: State) -> dict[str, Any]:
        tile = as_told(tile, state.audience, self.store.telling)
        meanings = meanings_of(tile, self.store.catalog)
        csv = _href(f"{name}/{tile.name}.csv", state.address) if shown.columns else ""
        common = {
            "name": tile.name,
            "form": tile.form,
            "width": tile.width,
            "height": tile.height,
            "title": tile.title or (meanings[0]["title"] if meanings else tile.name),
            "note": shown.note,
            "aside": aside_of(tile, shown),
            "columns": shown.columns,
            "rows": table_rows(shown, self.numbers),
            "chart": _has_chart(tile),
            "meanings": meanings,
            "as_of": self.as_of,
            "command": command_of(tile, state, shown.sql),
            "traces": traces_of(tile, state, self.store.catalog) if state.audience == "analyst" else [],
            "csv": csv,
        }
        return common | (self._figure(tile, shown, state) if tile.form == "figure" and shown.rows else {})

    def _figure(self, tile: Tile, shown: Shown, state: State) -> dict[str, Any]:
        ((value,),), (column,) = shown.rows, shown.columns
        change = self._change(value, shown.before, column.unit)
        return {
            "value": self.numbers.text(value, column.unit, column.places, is_short=True),
            "is_few": bool(shown.few),
            "change": change[0] if change else "",
            "news": ("good" if change[1] == tile.good else "bad") if change and change[1] else "",
            "arrow": {"up": "▲", "down": "▼"}.get(change[1], "") if change else "",
            "way": change[1] if change else "",
            "against": _AGAINST[state.compare if change else None],
        } | self._spark(shown.spark, column)

    def _spark(self, spark: Rows, column: Column) -> dict[str, str]:
        """A line through what there is of it, and the same in words."""
        points = [value for _, value in spark if value is not None]
        texts = [self.numbers.text(value, column.unit, column.places) for value in (*points[:1], *points[-1:])]
        words = f"From {texts[0]} to {texts[1]}, month by month" if points else ""
        return {"spark": path([float(point) for point in points]), "spark_text": words}

    def _change(self, now: Any, before: Any, unit: str) -> tuple[str, str] | None:
        """A share changes by points, everything else by a share of what it was."""
        if now is None or not before:
            return None
        difference = float(now) - float(before)
        size = round(abs(difference) * 100 if unit == "percent" else abs(100 * difference / float(before)), 1)
        direction = ("up" if difference > 0 else "down") if size else ""
        text = f"{self.numbers.text(size, 'ratio', 1)} points" if unit == "percent" else ""
        return text or self.numbers.text(size / 100, "percent", 1), direction

    def _clicks(self, tile: Tile, state: State) -> list[str]:
        """The dimensions that a click on the chart filters by."""
        allowed = filters_for(state.audience)
        names = [name if name in allowed else "" for name in tile.by]
        return names if tile.form in {"bar", "bars", "columns", "dots", "heat"} and any(names) else []

    def _filters(self, name: str, state: State) -> dict[str, Any]:
        titles = {name: each.display_name for name, each in self.store.catalog.dimensions.items()}
        values = self.store.published.values
        allowed = filters_for(state.audience)
        period = state.period
        chips = [
            {"text": f"{titles[key]}: {value}", "href": _href(name, state.toggled(key, value).address)}
            for key, chosen in sorted(state.chosen.items())
            for value in chosen
        ]
        return {
            "action": name,
            "state": state,
            "days": self.store.published.days,
            "presets": [{"name": key, "title": title} for key, (title, _) in PRESETS.items()],
            "filters": [_filter(key, titles[key], values[key], state) for key in allowed if key in values],
            "told": f"{period.first} to {period.last}",
            "chips": chips,
            "is_changed": state.preset != DEFAULT,
            "caution": self._caution,
        }

    def render(self, template: str, **context: Any) -> str:
        return self._templates.get_template(template).render(**context)


def _as_data(value: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _has_chart(tile: Tile) -> bool:
    return tile.form not in {"figure", "table"}


def _filter(name: str, title: str, values: Sequence[str], state: State) -> dict[str, Any]:
    chosen = state.chosen.get(name, ())
    choices = [{"name": value, "is_chosen": value in chosen} for value in values]
    return {"name": name, "title": title, "chosen": len(chosen) or "", "choices": choices}


def _href(path: str, address: str) -> str:
    return f"{path}?{address}" if address else path
