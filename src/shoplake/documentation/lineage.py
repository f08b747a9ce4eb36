"""What the documents tell about, and what each column is made of: from the feeds through the map's SQL to gold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from shoplake.contract import Table, in_order
from shoplake.runs.manifest import Manifest
from shoplake.sources.declaration import Source
from shoplake.sources.expression import columns_in

# (table, column); a feed's table is its bronze table, a declaration's `<source>/source.yml`.
Node = tuple[str, str]
Graph = dict[Node, tuple[Node, ...]]


@dataclass(frozen=True)
class Subject:
    """A project's declarations, and what is published of them.

    Only `sources` that are in use, so that built-in ones without files don't fill the pages.
    """

    name: str
    sources: tuple[Source, ...]
    entities: tuple[Table, ...]
    gold: tuple[Table, ...]
    manifest: Manifest | None = None

    @cached_property
    def graph(self) -> Graph:
        """The direct inputs of each column.

        Those of a silver column are columns of feeds and keys of declarations, through other entities too; those of a
        gold column are columns of the tables that it reads. None: no map gives it, or a build finds it from whole rows.
        """
        ordered = in_order(self.entities)
        tables = {table.name: table for table in (*ordered, *self.gold)}  # what a table `reads` lacks extra columns
        found: dict[Node, list[Node]] = {(table.name, name): [] for table in ordered for name in table.column_names}
        for source in self.sources:
            for node, inputs in _of_source(source, ordered).items():
                found[node] += inputs
        for table in self.gold:
            found |= {(table.name, name): _of_gold(tables, table, name) for name in table.column_names}
        return {node: tuple(dict.fromkeys(inputs)) for node, inputs in found.items()}

    @cached_property
    def personal(self) -> frozenset[Node]:
        """The personal columns, and those of feeds that they are made of."""
        tables = (*self.entities, *self.gold)
        own = {(table.name, column.name) for table in tables for column in table.columns if column.personal}
        return frozenset(own | {node for column in own for node in self.graph[column] if node[0].startswith("bronze.")})


def _of_source(source: Source, entities: tuple[Table, ...]) -> dict[Node, list[Node]]:
    """What one source's map gives; else what the entity's build fills in."""
    found: dict[Node, list[Node]] = {}
    for entity in entities:
        if mapping := source.map.get(entity.base):
            feeds = {"": mapping.feed} | {name: lookup.feed for name, lookup in mapping.lookups.items()}
            graph = dict(found)  # of what the entity may read
            for name, sql in mapping.select.items():
                graph["", name] = [(source.bronze(feeds[table]), column) for table, column in columns_in(sql)]
            for column in entity.columns:
                parts = (column.name, *(column.made_of if ("", column.name) not in graph else ()))
                found[entity.name, column.name] = [
                    node for part in parts for node in _part(source, entity, part, graph)
                ]
    return found


def _part(source: Source, entity: Table, part: str, graph: dict[Node, list[Node]]) -> list[Node]:
    declaration, _, key = part.partition(":")
    if key:
        return [(f"{source.source}/{declaration}", key)]
    reads = [read.name for read in entity.reads if part not in read.key]  # a key only joins
    return graph["", part] if ("", part) in graph else [node for read in reads for node in graph.get((read, part), ())]


def _of_gold(tables: dict[str, Table], table: Table, name: str) -> list[Node]:
    """A value comes under its own name from the first table that has it; a dimension's id from all that name it."""
    carried = [(read.name, name) for read in table.reads if name in tables.get(read.name, read).column_names]
    if carried:
        return carried if name in table.natural_key else carried[:1]
    made_of = table[name].made_of if name in table.column_names else ()
    return [node for part in made_of for node in _of_gold(tables, table, part)]
