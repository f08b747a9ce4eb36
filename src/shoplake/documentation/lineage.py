"""What each column is made of: from the columns of the feeds through the map's SQL to silver and gold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shoplake.contract import Column, Table, in_order
from shoplake.sources.declaration import Source
from shoplake.sources.expression import columns_in

# (table, column); a feed's table is its bronze table, a declaration's `<source>/source.yml`.
Node = tuple[str, str]
Graph = dict[Node, tuple[Node, ...]]


def lineage(sources: Iterable[Source], entities: Iterable[Table], gold: Iterable[Table]) -> Graph:
    """The direct inputs of each column.

    Those of a silver column are columns of feeds and keys of declarations, through other entities too; those of a gold
    column are columns of the tables that it reads. None: no map gives it, or the build finds it from whole rows.
    """
    ordered, stars = in_order(entities), tuple(gold)
    tables = {table.name: table for table in (*ordered, *stars)}  # what a table `reads` lacks the extra columns
    found: dict[Node, dict[Node, None]] = {(table.name, name): {} for table in ordered for name in table.column_names}
    for source in sources:
        for node, inputs in _of_source(source, ordered).items():
            found[node] |= dict.fromkeys(inputs)
    for table in stars:
        for name in table.column_names:
            found[table.name, name] = dict.fromkeys(_of_gold(tables, table, name))
    return {node: tuple(inputs) for node, inputs in found.items()}


def _of_source(source: Source, entities: tuple[Table, ...]) -> Graph:
    """What one source's map gives; else what the entity's build fills in."""
    graph: Graph = {}
    for entity in entities:
        if entity.base in source.map:
            mapped = {name: _mapped(source, entity.base, sql) for name, sql in source.map[entity.base].select.items()}
            for column in entity.columns:
                given = mapped.get(column.name)
                inputs = tuple(_filled(source, entity, column, mapped, graph)) if given is None else given
                graph[entity.name, column.name] = inputs
    return graph


def _mapped(source: Source, entity: str, sql: str) -> tuple[Node, ...]:
    mapping = source.map[entity]
    feeds = {"": mapping.feed} | {name: lookup.feed for name, lookup in mapping.lookups.items()}
    return tuple((source.bronze(feeds[table]), name) for table, name in columns_in(sql))


def _filled(
    source: Source, entity: Table, column: Column, mapped: dict[str, tuple[Node, ...]], graph: Graph
) -> Iterator[Node]:
    for read in entity.reads:
        if column.name not in read.key:  # a key only joins
            yield from graph.get((read.name, column.name), ())
    for part in column.made_of:
        declaration, _, key = part.partition(":")
        if key:
            yield f"{source.source}/{declaration}", key
        elif part in entity.column_names:
            yield from mapped.get(part, ())
        else:
            for read in entity.reads:
                yield from graph.get((read.name, part), ())


def _of_gold(tables: dict[str, Table], table: Table, name: str) -> Iterator[Node]:
    """A value comes under its own name from the first table that has it; a dimension's id from all that name it."""
    reads = [tables.get(read.name, read) for read in table.reads]
    carried = [(read.name, name) for read in reads if name in read.column_names]
    if carried:
        yield from carried if name in table.natural_key else carried[:1]
    elif name in table.column_names:
        for part in table[name].made_of:
            yield from _of_gold(tables, table, part)
