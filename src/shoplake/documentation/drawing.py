"""Draws the lineage of one table as SVG: a box for each table, a line from each column to those it goes into."""

from __future__ import annotations

from html import escape

from shoplake.contract import Table
from shoplake.documentation.lineage import Graph, Node, Subject

ROW, GAP, AISLE, LETTER = 20, 24, 84, 7.3  # pixels; of a letter at 12 px monospace
_FIRST = {"silver": 1, "gold": 2}  # where a layer's tables stand at least, from the left


def drawing(subject: Subject, table: Table) -> str:
    """An `<svg>` of a table's columns and all that they are made of; nothing where no column has an input."""
    graph, used = subject.graph, _upstream(subject.graph, table)
    if list(used) == [table.name]:
        return ""

    def place(name: str) -> int:
        """How far right a table stands: after all that it is made of."""
        inputs = {node[0] for column in used[name] for node in graph.get((name, column), ())}
        return max([_FIRST.get(name.partition(".")[0], 0), *(place(one) + 1 for one in inputs)])

    tiers: dict[int, list[str]] = {}
    for name in used:
        tiers.setdefault(place(name), []).append(name)
    tall = {tier: sum(len(used[name]) * ROW + ROW + GAP for name in tiers[tier]) for tier in tiers}
    boxes, left, height, ends = [], 1.0, max(tall.values()), dict[Node, tuple[float, float, float]]()
    for tier in sorted(tiers):
        longest = max(len(text) for name in tiers[tier] for text in (name, *(f"{c}  " for c in used[name])))
        width, top = longest * LETTER + 18, (height - tall[tier]) / 2 + 1
        for name in tiers[tier]:
            boxes.append(_box(subject, name, used[name], left, top, width))
            for position, column in enumerate(used[name], 1):
                ends[name, column] = left, left + width, top + (position + 0.5) * ROW
            top += len(used[name]) * ROW + ROW + GAP
        left += width + AISLE
    lines = [_line(subject, node, column, ends) for column in ends for node in graph.get(column, ())]
    wide, high = f"{left - AISLE + 1:.0f}", f"{height:.0f}"
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return f'<svg {size} role="img" aria-label="Lineage of {escape(table.name)}">{"".join([*lines, *boxes])}</svg>'


def _upstream(graph: Graph, table: Table) -> dict[str, list[str]]:
    """The columns of each table that this one is made of, in the order in which they are met, its own first."""
    met, columns = dict[Node, None](), [(table.name, name) for name in table.column_names]
    while columns:
        met |= dict.fromkeys(columns)
        columns = [node for column in columns for node in graph.get(column, ()) if node not in met]
    used: dict[str, list[str]] = {}
    for name, column in met:
        used.setdefault(name, []).append(column)
    return used


def _box(subject: Subject, table: str, columns: list[str], left: float, top: float, width: float) -> str:
    shown = f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{(len(columns) + 1) * ROW + 5}" rx="5"/>'
    for position, column in enumerate(["", *columns]):
        node = (table, column)
        kind = "personal" if node in subject.personal else "" if subject.graph.get(node, node) else "unmapped"
        text = escape(column or table) + (" ●" if kind == "personal" else "")
        at = f'x="{left + 9:.0f}" y="{top + position * ROW + 16:.0f}"'
        shown += f'<text class="{kind if column else "head"}" {at}>{text}</text>'
    return f'<g class="{"declared" if "/" in table else table.partition(".")[0]}">{shown}</g>'


def _line(subject: Subject, start: Node, end: Node, ends: dict[Node, tuple[float, float, float]]) -> str:
    (_, x1, y1), (x2, _, y2) = ends[start], ends[end]
    middle, kind = (x1 + x2) / 2, "personal" if start in subject.personal else ""
    path = f"M{x1:.0f},{y1:.0f}C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    return f'<path class="{kind}" d="{path}"><title>{escape(".".join(start))} → {escape(".".join(end))}</title></path>'
