"""What the documents tell about: a project's declarations, and what is published of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from shoplake.contract import Table
from shoplake.documentation.lineage import Graph, Node, lineage
from shoplake.runs.manifest import Manifest
from shoplake.sources.declaration import Source


@dataclass(frozen=True)
class Subject:
    """Only `sources` that are in use, so that built-in ones without files don't fill the pages."""

    name: str
    sources: tuple[Source, ...]
    entities: tuple[Table, ...]
    gold: tuple[Table, ...]
    manifest: Manifest | None = None
    graph: Graph = field(init=False)
    personal: frozenset[Node] = field(init=False)

    def __post_init__(self) -> None:
        graph = lineage(self.sources, self.entities, self.gold)
        tables = (*self.entities, *self.gold)
        own = {(table.name, column.name) for table in tables for column in table.columns if column.personal}
        feeds = {node for column in own for node in graph[column] if node[0].startswith("bronze.")}
        object.__setattr__(self, "graph", graph)
        object.__setattr__(self, "personal", frozenset(own | feeds))

    def uses(self, node: Node) -> list[Node]:
        """The columns that a column goes into."""
        return [column for column, inputs in self.graph.items() if node in inputs]
