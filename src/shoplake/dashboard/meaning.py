"""What a tile means, and the command that gives its figures."""

from __future__ import annotations

import shlex
from typing import Any

from shoplake.dashboard.declaration import Tile
from shoplake.dashboard.state import State
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.question import asked_of


def meanings_of(tile: Tile, catalog: Catalog) -> list[dict[str, Any]]:
    """Title, comment, formula and exclusions of each metric, or what the tile itself says."""
    if not tile.metrics:
        formula = tile.mart.sql if tile.mart else ""
        return [{"title": tile.title, "comment": tile.comment, "formula": formula, "leaves_out": ""}]
    found = []
    for name in tile.metrics:
        asked = asked_of(catalog, name)
        comment = asked.measure.comment + (f" {asked.comparison.comment}" if asked.comparison else "")
        formula = "" if asked.comparison else asked.measure.expr
        out = ", ".join(asked.measure.exclusions)
        found.append({"title": asked.display_name, "comment": comment, "formula": formula, "leaves_out": out})
    return found


def command_of(tile: Tile, state: State, sql: str = "") -> str:
    """The command that answers the same; `sql`: what gives it where no metric does."""
    if sql or tile.mart:
        asked = sql or (tile.mart.sql if tile.mart else "")
        return f"shoplake query {shlex.quote(' '.join(asked.split()))}"
    if not tile.metrics:
        return ""
    words = ["shoplake", "metrics", "query", ",".join(tile.metrics)]
    if tile.by and tile.form != "figure":
        words += ["--by", ",".join(tile.by)]
    if state.where:
        words += ["--where", shlex.quote(state.where)]
    return " ".join([*words, "--from", str(state.period.first), "--to", str(state.period.last)])
