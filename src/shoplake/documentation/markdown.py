"""The data dictionary in Markdown, by sections; the HTML page is made from the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from shoplake.contract import Column, Reason, Table
from shoplake.documentation.lineage import Node, Subject
from shoplake.documentation.results import Results
from shoplake.documentation.text import anchor, code, codes, grid, link, one_of, plain
from shoplake.sources.declaration import Source

PERSONAL = "**personal**"


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it; `table` has a drawing on the HTML page."""

    title: str
    body: str
    level: int = 2
    table: Table | None = None

    @property
    def anchor(self) -> str:
        return anchor(self.title)

    @property
    def markdown(self) -> str:
        return f"{'#' * self.level} {code(self.title) if self.level > 2 else plain(self.title)}\n\n{self.body}".rstrip()


def dictionary(subject: Subject) -> str:
    """The whole dictionary as one Markdown text."""
    return "\n\n".join([f"# {plain(title(subject))}", *(part.markdown for part in sections(subject))]) + "\n"


def title(subject: Subject) -> str:
    return f"Data dictionary of {subject.name}"


def sections(subject: Subject) -> Iterator[Section]:
    """Overview, sources, silver, gold, personal columns, reasons."""
    results = Results(subject.manifest)
    yield Section("Overview", _overview(subject, results))
    for source in subject.sources:
        declared = source.model_dump(
            exclude_defaults=True, exclude={"source", "title", "extend", "parse", "change", "map"}
        )
        yield Section(f"Source {source.source}", f"{plain(source.title)}. Declared: {_settings(declared)}.")
        for feed in source.parse:
            yield Section(source.bronze(feed), _feed(subject, source, feed, results), 3)
    for layer, tables in (("Silver: canonical entities", subject.entities), ("Gold: the star schema", subject.gold)):
        yield Section(layer, "Amounts are decimals in the currency of their row, never summed across currencies.")
        for table in sorted(tables, key=lambda table: table.name):
            used = [source for source in subject.sources if table in subject.entities and table.base in source.map]
            origins = {column.name: _origin(subject, table, column, used) for column in table.columns}
            rules = grid(("rule", "last result"), results.of_table(table, used))
            parts = [table_body(table, origins), *(_driven_by(source, table.base) for source in used), rules]
            yield Section(table.name, "\n\n".join(parts), 3, table)
    yield Section("Personal columns", _personal(subject))
    yield Section("Reasons for quarantine", reasons())


def table_body(table: Table, origins: dict[str, str] | None = None) -> str:
    """What a table is, and its columns; with `origins`, where each comes from."""
    facts = [f"{table.meaning}. Grain: {table.grain}. Key: {codes(table.key)}."]
    facts += [f"Made of {codes(read.name for read in table.reads)}."] if table.reads else []
    facts += [f"Checked: {codes(check.predicate for check in table.checks)}."] if table.checks else []
    headers = ("column", "type", "meaning", *(("comes from",) if origins else ()))
    more = {name: (text,) for name, text in (origins or {}).items()}
    rows = [(code(c.name), c.type, _describe(c), *more.get(c.name, ())) for c in table.columns]
    return f"{' '.join(facts)}\n\n{grid(headers, rows)}"


def reasons() -> str:
    listed = "\n".join(f"- {code(reason.value)}" for reason in Reason)
    return f"Written as `reason:column`, all that hold for a row.\n\n{listed}"


def _describe(column: Column) -> str:
    marks = [f"in {plain(column.unit)}"] if column.unit else []
    marks += [one_of(column)] if column.allowed else []
    marks += [f"at least {column.minimum}"] if column.minimum is not None else []
    marks += ["required"] if column.required else []
    marks += [PERSONAL] if column.personal else []
    return plain(column.meaning) + (f" ({'; '.join(marks)})" if marks else "")


def _overview(subject: Subject, results: Results) -> str:
    told, then = "Nothing is published yet, so no rule has a result.", subject.manifest
    if then:
        told = f"Results are those of publication {then.number}, by the rules of that time: run {code(then.run_id)}, "
        told += f"published {then.published_at}, figures as of {then.as_of}."
    tables = (*subject.entities, *subject.gold)
    rows = [(link(table.name), plain(table.grain), results.rows(table.name)) for table in tables]
    return f"{told}\n\n{grid(('table', 'grain', 'rows'), rows)}"


def _feed(subject: Subject, source: Source, name: str, results: Results) -> str:
    feed, change = source.parse[name], source.change_of(name)
    declared = {"files": feed.files, "format": feed.format, "delivery": change.delivery}
    declared |= feed.model_dump(exclude_defaults=True, exclude={"columns"}) | change.model_dump(exclude_defaults=True)
    rows = []
    for column in feed.columns:
        node, kind = (source.bronze(name), column), feed.column(column)
        how = _settings(kind.model_dump(exclude_defaults=True, exclude={"type", "header"}))
        goes = codes(".".join(user) for user, inputs in subject.graph.items() if node in inputs) or "not mapped"
        mark = f" {PERSONAL}" if node in subject.personal else ""
        rows.append((code(column), code(feed.headers[column]), " ".join(filter(None, (kind.type, how))), goes + mark))
    table = grid(("column", "in the file", "type", "goes into"), rows)
    return f"Declared: {_settings(declared)}.\n\nLast result: {results.of_feed(source, name)}.\n\n{table}"


def _settings(values: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_setting(value)}" for name, value in values.items())


def _setting(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{plain(str(key))}: {code(str(item))}" for key, item in value.items())
    return codes(map(str, value)) if isinstance(value, list | tuple) else code(str(value))


def _origin(subject: Subject, table: Table, column: Column, sources: list[Source]) -> str:
    """What gives a column: of gold the tables that it reads, of an entity the map of each source."""
    inputs = subject.graph[table.name, column.name]
    if table in subject.gold:
        if not inputs:
            return f"computed by the build, which reads {codes(read.name for read in table.reads)}"
        return ("" if {name for _, name in inputs} == {column.name} else "computed from ") + _nodes(inputs)
    told = {source.source: _from_map(source, table, column, inputs) for source in sources}
    if len(set(told.values())) == 1:
        return told.popitem()[1]
    return "; ".join(f"{name}: {text}" for name, text in told.items()) or "not mapped"


def _from_map(source: Source, table: Table, column: Column, inputs: Iterable[Node]) -> str:
    sql = source.map[table.base].select.get(column.name)
    if sql is not None:
        return code(sql)
    own = [node for node in inputs if node[0].startswith((f"bronze.{source.source}__", f"{source.source}/"))]
    if own:
        return f"filled in from {_nodes(own)}"
    if column.default != "null":
        return f"not mapped: {code(column.default)}"
    return "filled in by the pipeline" if column.required else "not mapped"


def _nodes(nodes: Iterable[Node]) -> str:
    return codes(f"{table}{': ' if '/' in table else '.'}{name}" for table, name in nodes)


def _driven_by(source: Source, entity: str) -> str:
    mapping = source.map[entity]
    found = [f"{code(name)} is {link(source.bronze(up.feed))} by {code(up.by)}" for name, up in mapping.lookups.items()]
    if mapping.most_refused is not None:
        found.append(f"more than {code(str(mapping.most_refused))} refused rows stop a run")
    return f"{'; '.join([f'Rows come from {link(source.bronze(mapping.feed))}', *found])}."


def _personal(subject: Subject) -> str:
    where: dict[str, list[str]] = {}
    for table, name in sorted(subject.personal, key=lambda node: (node[1], node[0])):
        where.setdefault(name, []).append(link(table))
    told = "These columns tell who somebody is. Raw files hold the same, and so do the rows in quarantine."
    limit = "What a feed's columns hold that no map uses isn't known; they are kept in bronze as they came."
    rows = [(code(name), ", ".join(tables)) for name, tables in where.items()]
    return f"{told} {limit}\n\n{grid(('column', 'tables'), rows)}"
