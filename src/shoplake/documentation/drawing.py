"""Draws the lineage of one table as SVG: a box for each table, a line from each column to those it goes into."""

from __future__ import annotations

from html import escape

from shoplake.contract import Table
from shoplake.documentation.lineage import Graph, Node
from shoplake.documentation.subject import Subject

ROW, HEAD, GAP, AISLE, LETTER = 20, 26, 18, 84, 7.3  # pixels; of a letter at 12 px monospace
_TIERS = {"silver": 1, "gold": 2}

Places = dict[Node, tuple[float, float, float]]  # left, right, middle of a column's row


def drawing(subject: Subject, table: Table) -> str:
    """An `<svg>` of a table's columns and all that they are made of; nothing where no column has an input."""
    used = _upstream(subject.graph, [(table.name, name) for name in table.column_names])
    if not any(subject.graph.get((table.name, name)) for name in table.column_names):
        return ""
    tiers = _tiers(subject.graph, used)
    tall = dict.fromkeys(sorted(set(tiers.values())), 0)
    for name, columns in used.items():
        tall[tiers[name]] += HEAD + len(columns) * ROW + GAP
    boxes, places, left, height = [], Places(), 0.0, max(tall.values())
    for tier in tall:
        tables = [name for name in used if tiers[name] == tier]
        width = max(len(text) for name in tables for text in (name, *(f"{c}  " for c in used[name]))) * LETTER + 18
        top = (height - tall[tier]) / 2
        for name in tables:
            boxes.append(_box(subject, name, used[name], left, top, width))
            for position, column in enumerate(used[name]):
                places[name, column] = left, left + width, top + HEAD + (position + 0.5) * ROW
            top += HEAD + len(used[name]) * ROW + GAP
        left += width + AISLE
    lines = [_line(subject, node, column, places) for column in places for node in subject.graph.get(column, ())]
    wide, high = f"{left - AISLE + 2:.0f}", f"{height - GAP + 2:.0f}"
    size = f'width="{wide}" height="{high}" viewBox="-1 -1 {wide} {high}"'
    label = f'role="img" aria-label="Lineage of {escape(table.name)}"'
    return f"<svg {size} {label}>{''.join([*lines, *boxes])}</svg>"


def _upstream(graph: Graph, columns: list[Node]) -> dict[str, list[str]]:
    """The columns of each table that these are made of, in the order in which they are met, nearest tables first."""
    met: dict[Node, None] = {}
    while columns:
        met |= dict.fromkeys(columns)
        columns = [node for column in columns for node in graph.get(column, ()) if node not in met]
    used: dict[str, list[str]] = {}
    for table, name in met:
        used.setdefault(table, []).append(name)
    return used


def _tiers(graph: Graph, used: dict[str, list[str]]) -> dict[str, int]:
    """How far right each table stands: after all that it is made of."""

    def tier(table: str) -> int:
        inputs = {node[0] for name in used[table] for node in graph.get((table, name), ())}
        return max([_TIERS.get(table.partition(".")[0], 0), *(tier(name) + 1 for name in inputs)])

    return {table: tier(table) for table in used}


def _box(subject: Subject, table: str, columns: list[str], left: float, top: float, width: float) -> str:
    height = HEAD + len(columns) * ROW
    layer = escape(table.partition(".")[0] if "/" not in table else "declared")
    parts = [
        f'<g class="box {layer}"><rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height}" rx="5"/>',
        f'<text class="head" x="{left + 9:.0f}" y="{top + 17:.0f}">{escape(table)}</text>',
    ]
    for position, column in enumerate(columns):
        node = (table, column)
        kind = "personal" if node in subject.personal else "" if subject.graph.get(node, node) else "unmapped"
        shown = f"{escape(column)}{' ●' if kind == 'personal' else ''}"
        y = top + HEAD + position * ROW + 14
        parts.append(f'<text class="{kind}" x="{left + 9:.0f}" y="{y:.0f}">{shown}</text>')
    return f"{''.join(parts)}</g>"


def _line(subject: Subject, start: Node, end: Node, places: Places) -> str:
    (_, x1, y1), (x2, _, y2) = places[start], places[end]
    middle = (x1 + x2) / 2
    kind = "personal" if start in subject.personal else ""
    name = escape(" → ".join(".".join(node) for node in (start, end)))
    path = f"M{x1:.0f},{y1:.0f}C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    return f'<path class="{kind}" d="{path}"><title>{name}</title></path>'
