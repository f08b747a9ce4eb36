"""The data dictionary in Markdown, by sections; the HTML page is made from the same ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shoplake.contract import Column, Reason, Table
from shoplake.documentation.lineage import Node, Subject
from shoplake.documentation.results import NOT_YET, Results
from shoplake.documentation.text import code, codes, grid, link, one_of, plain
from shoplake.sources.declaration import Source

PERSONAL = "**personal**"
_LAYERS = {"silver": "Silver: canonical entities", "gold": "Gold: the star schema"}
_ELSEWHERE = {"source", "title", "extend", "ingest", "parse", "change", "map"}  # keys of a declaration


def title(subject: Subject) -> str:
    return f"Data dictionary of {subject.name}"


def dictionary(subject: Subject) -> str:
    """The whole dictionary as one Markdown text."""
    parts = (headed(name, body) for name, body in sections(subject).items())
    return "\n\n".join([f"# {plain(title(subject))}", *parts]) + "\n"


def headed(name: str, body: str) -> str:
    """A section with its heading: a table's stands below its layer's."""
    return f"### {code(name)}\n\n{body}" if "." in name else f"## {name}\n\n{body}"


def sections(subject: Subject) -> dict[str, str]:
    """What stands below each heading: overview, sources, silver, gold, personal columns, reasons."""
    results = Results(subject.manifest)
    found = {"Overview": _overview(subject, results)}
    for source in subject.sources:
        declared = _settings(source.model_dump(exclude_defaults=True, exclude=_ELSEWHERE))
        found[f"Source {source.source}"] = f"{plain(source.title)}. Declared: {declared}."
        found |= {source.bronze(feed): _feed(subject, source, feed, results) for feed in source.parse}
    for layer, tables in (("silver", subject.entities), ("gold", subject.gold)):
        found[_LAYERS[layer]] = "Amounts are decimals in the currency of their row, never summed across currencies."
        in_order = sorted(tables, key=lambda table: table.name)
        found |= {table.name: _table(subject, table, results) for table in in_order}
    return found | {"Personal columns": _personal(subject), "Reasons for quarantine": reasons()}


def table_body(table: Table, origins: dict[str, str] | None = None) -> str:
    """What a table is, and its columns; with `origins`, where each comes from."""
    facts = [f"{table.meaning}. Grain: {table.grain}. Key: {codes(table.key)}."]
    facts += [f"Made of {codes(read.name for read in table.reads)}."] if table.reads else []
    facts += [f"Checked: {codes(check.predicate for check in table.checks)}."] if table.checks else []
    headers = ("column", "type", "meaning", *(("comes from",) if origins else ()))
    rows = [(code(c.name), c.type, _describe(c), *([origins[c.name]] if origins else ())) for c in table.columns]
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
    rows = [(link(table.name), plain(table.grain), results.rows.get(table.name, NOT_YET)) for table in tables]
    return f"{told}\n\n{grid(('table', 'grain', 'rows'), rows)}"


def _feed(subject: Subject, source: Source, name: str, results: Results) -> str:
    feed, change = source.parse[name], source.change_of(name)
    declared = {"files": feed.files, "format": feed.format, "delivery": change.delivery}
    declared |= {"fetched": source.ingest[name].kind} if name in source.ingest else {}
    declared |= feed.model_dump(exclude_defaults=True, exclude={"columns"}) | change.model_dump(exclude_defaults=True)
    rows = []
    for column, headers in feed.headers.items():
        node, kind = (source.bronze(name), column), feed.column(column)
        how = _settings(kind.model_dump(exclude_defaults=True, exclude={"type", "header"}))
        goes = codes(".".join(user) for user, inputs in subject.graph.items() if node in inputs) or "not mapped"
        mark = f" {PERSONAL}" if node in subject.personal else ""
        rows.append((code(column), codes(headers), f"{kind.type} {how}".rstrip(), goes + mark))
    table = grid(("column", "in the file", "type", "goes into"), rows)
    return f"Declared: {_settings(declared)}.\n\nLast result: {results.of_feed(source, name)}.\n\n{table}"


def _settings(values: dict[str, Any]) -> str:
    told = []
    for name, value in values.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{plain(str(key))}: {code(str(item))}" for key, item in value.items())
        else:
            shown = codes(map(str, value if isinstance(value, list | tuple) else [value]))
        told.append(f"{name.replace('_', ' ')} {shown}")
    return ", ".join(told)


def _table(subject: Subject, table: Table, results: Results) -> str:
    """An entity or a table of gold: its columns, the feeds that its rows come from, its rules."""
    sources = [source for source in subject.sources if table.name.startswith("silver.") and table.base in source.map]
    parts = [table_body(table, {column.name: _origin(subject, table, column, sources) for column in table.columns})]
    for source in sources:
        mapping = source.map[table.base]
        rows = [f"Rows come from {link(source.bronze(mapping.feed))}"]
        rows += [
            f"{code(key)} is {link(source.bronze(up.feed))} by {code(up.by)}" for key, up in mapping.lookups.items()
        ]
        if mapping.most_refused is not None:
            rows.append(f"more than {code(str(mapping.most_refused))} refused rows stop a run")
        parts.append(f"{'; '.join(rows)}.")
    return "\n\n".join([*parts, grid(("rule", "last result"), results.of_table(table, sources))])


def _origin(subject: Subject, table: Table, column: Column, sources: list[Source]) -> str:
    """What gives a column: of gold the tables that it reads, of an entity the map of each source."""
    inputs = subject.graph[table.name, column.name]
    if table.name.startswith("gold."):
        if not inputs:
            read = codes(each.name for each in table.reads)
            return f"computed by the build, which reads {read}" if read else "computed by the build"
        return ("" if {name for _, name in inputs} == {column.name} else "computed from ") + _nodes(inputs)
    told = {source.source: _from_map(source, table, column, inputs) for source in sources}
    if len(set(told.values())) == 1:
        return told.popitem()[1]
    return "; ".join(f"{name}: {text}" for name, text in told.items()) or "not mapped"


def _from_map(source: Source, table: Table, column: Column, inputs: tuple[Node, ...]) -> str:
    if sql := source.map[table.base].select.get(column.name):
        return code(sql)
    if own := [node for node in inputs if node[0].startswith((f"bronze.{source.source}__", f"{source.source}/"))]:
        return f"filled in from {_nodes(own)}"
    if column.default != "null":
        return f"not mapped: {code(column.default)}"
    return "filled in by the pipeline" if column.required else "not mapped"


def _nodes(nodes: Iterable[Node]) -> str:
    return codes(f"{table}{': ' if '/' in table else '.'}{name}" for table, name in nodes)


def _personal(subject: Subject) -> str:
    where: dict[str, list[str]] = {}
    for table, name in sorted(subject.personal, key=lambda node: (node[1], node[0])):
        where.setdefault(name, []).append(link(table))
    told = "These columns tell who somebody is. Raw files hold the same, and so do the rows in quarantine."
    limit = "What a feed's columns hold that no map uses isn't known; they are kept in bronze as they came."
    rows = [(code(name), ", ".join(tables)) for name, tables in where.items()]
    return f"{told} {limit}\n\n{grid(('column', 'tables'), rows)}"
