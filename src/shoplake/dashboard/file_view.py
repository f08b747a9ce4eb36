"""Pages as they stand in a file: without what needs a server, with one filter at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.period import PRESETS, Period, month_start
from shoplake.dashboard.state import FILTERS, State, read_state
from shoplake.dashboard.view import View
from shoplake.errors import QueryError

# A filter with more values makes the file large, and nobody looks through so many.
_MOST_VALUES = 40
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period of the file: what it is called, and what stands in an address for it."""

    name: str
    title: str
    pairs: tuple[tuple[str, str], ...]
    state: State

    @property
    def told(self) -> str:
        return f"{self.state.period.first} to {self.state.period.last}"


class FileView(View):
    """Pages without what needs a server or the data."""

    filters_template = "file_filters.html"

    @cached_property
    def periods(self) -> list[Stretch]:
        """The presets that there are data of, and each whole month of the last twelve."""
        days = self.store.published.days
        wanted: list[tuple[str, str, tuple[tuple[str, str], ...]]]
        wanted = [(name, title, (("period", name),)) for name, (title, _) in PRESETS.items()]
        for back in range(_MONTHS + 1):
            month = Period(month_start(days.last, -back), month_start(days.last, 1 - back) - timedelta(days=1))
            if month.clipped(days.first, days.last) == month:
                name = f"{month.first:%Y-%m}"
                wanted.append((name, self.numbers.month(name), (("from", f"{month.first}"), ("to", f"{month.last}"))))
        found = []
        for name, title, pairs in wanted:
            try:
                state = read_state(pairs, days, "shared")
            except QueryError:
                continue  # there are no data of it
            found.append(Stretch(name, title, pairs, state))
        return found[: len(PRESETS) + _MONTHS]

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        known = self.store.catalog.dimensions
        values = self.store.published.values
        return [
            {"name": name, "title": known[name].display_name, "choices": values[name]}
            for name in FILTERS
            if 1 < len(values.get(name, ())) <= _MOST_VALUES
        ]

    def context(self, name: str, state: State) -> dict[str, Any]:
        found = super().context(name, state)
        links = [{"name": n, "title": p.title, "href": f"#{n}"} for n, p in self.pages.items()]
        return found | {"pages": links}

    def _filters(self, name: str, state: State) -> dict[str, Any]:
        found = super()._filters(name, state)
        return found | {"name": name, "periods": self.periods, "filters": self.offered}

    def _tile(self, name: str, tile: Tile, *rest: Any) -> dict[str, Any]:
        return super()._tile(name, tile, *rest) | {"csv": "", "command": ""}

    def _clicks(self, tile: Tile, state: State) -> list[str]:
        offered = {each["name"] for each in self.offered}
        names = [name if name in offered else "" for name in super()._clicks(tile, state)]
        return names if any(names) else []
