"""The data dictionary as one HTML page that needs nothing else: no network, and JavaScript only to search.

Below each table its lineage is drawn: a box for each table, a line from each column to those it goes into.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt

from shoplake.contract import Table
from shoplake.documentation.lineage import Node, Subject
from shoplake.documentation.markdown import headed, sections, title
from shoplake.documentation.text import anchor

ROW, GAP, AISLE, LETTER = 20, 24, 84, 7.3  # pixels; of a letter at 12 px monospace
_FIRST = {"silver": 1, "gold": 2}  # where a layer's tables stand at least, from the left
_LEGEND = "<figcaption><b>● personal</b> · grey: from no column</figcaption>"


def page(subject: Subject) -> str:
    """The whole page."""
    name, links, parts = escape(title(subject)), "", ""
    style, script = (files(__package__).joinpath(file).read_text("utf-8") for file in ("page.css", "page.js"))
    drawings = {table.name: drawing(subject, table) for table in (*subject.entities, *subject.gold)}
    for heading, body in sections(subject).items():
        # Raw HTML stays off: what a declaration says is text.
        shown = MarkdownIt("commonmark", {"html": False}).enable("table").render(headed(heading, body))
        shown = shown.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
        if drawn := drawings.get(heading):
            shown += f'<figure class="wide">{drawn}{_LEGEND}</figure>'
        here, kind = anchor(heading), "table" if "." in heading else "layer"
        parts += f'<section id="{here}">\n{shown}</section>\n'
        links += f'<li class="{kind}"><a href="#{here}">{escape(heading)}</a></li>'
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<style>
{style}</style>
<header><h1>{name}</h1><input type="search" placeholder="Search tables and columns" aria-label="Search" hidden></header>
<nav aria-label="Contents"><details open><summary>Contents</summary><ul>{links}</ul></details></nav>
<main>
{parts}</main>
<script>
{script}</script>
</html>
"""


def drawing(subject: Subject, table: Table) -> str:
    """An `<svg>` of a table's columns and all that they are made of; nothing where no column has an input."""
    used: dict[str, dict[str, None]] = {}
    tiers: dict[str, int] = {}

    def place(name: str, column: str) -> int:
        """How far right a table stands: after all that it is made of."""
        used.setdefault(name, {})[column] = None
        inputs = (place(*node) + 1 for node in subject.graph.get((name, column), ()))
        tiers[name] = max(tiers.get(name, _FIRST.get(name.partition(".")[0], 0)), *inputs, 0)
        return tiers[name]

    for column in table.column_names:
        place(table.name, column)
    if len(used) == 1:
        return ""
    high = {name: (len(columns) + 1) * ROW + GAP for name, columns in used.items()}
    columns_of = [[name for name in used if tiers[name] == tier] for tier in sorted(set(tiers.values()))]
    height = max(sum(high[name] for name in names) for names in columns_of)
    shown, left, ends = "", 1.0, dict[Node, tuple[float, float, float]]()
    for names in columns_of:
        width = max(len(text) for name in names for text in (name, *(f"{c}  " for c in used[name]))) * LETTER + 18
        top = (height - sum(high[name] for name in names)) / 2 + 1
        for name in names:
            box = f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{high[name] - GAP + 5}" rx="5"/>'
            for position, column in enumerate(["", *used[name]]):
                ends[name, column] = left, left + width, top + (position + 0.5) * ROW
                box += _text(subject, name, column, left + 9, top + position * ROW + 16)
            shown += f'<g class="{"declared" if "/" in name else name.partition(".")[0]}">{box}</g>'
            top += high[name]
        left += width + AISLE
    lines = "".join(_line(subject, node, column, ends) for column in ends for node in subject.graph.get(column, ()))
    size = f'width="{left - AISLE + 1:.0f}" height="{height}" viewBox="0 0 {left - AISLE + 1:.0f} {height}"'
    return f'<svg {size} role="img" aria-label="Lineage of {escape(table.name)}">{lines}{shown}</svg>'


def _text(subject: Subject, table: str, column: str, x: float, y: float) -> str:
    """A column in its box; the head of the box has none."""
    node, kind = (table, column), "" if column else "head"
    kind = "personal" if node in subject.personal else kind if subject.graph.get(node, node) else "unmapped"
    mark = " ●" if kind == "personal" else ""
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(column or table)}{mark}</text>'


def _line(subject: Subject, start: Node, end: Node, ends: dict[Node, tuple[float, float, float]]) -> str:
    (_, x1, y1), (x2, _, y2) = ends[start], ends[end]
    middle, kind = (x1 + x2) / 2, "personal" if start in subject.personal else ""
    path = f"M{x1:.0f},{y1:.0f}C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    return f'<path class="{kind}" d="{path}"><title>{escape(".".join(start))} → {escape(".".join(end))}</title></path>'
