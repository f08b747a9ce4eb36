"""Finds the mistakes in a declaration that its shape alone doesn't show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from string import ascii_letters
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shoplake.contract import Table
from shoplake.sources.check_ingest import ingest_problems
from shoplake.sources.declaration import EPOCH, FILE_NAME, FeedColumn, Mapping, Source
from shoplake.sources.expression import RESERVED, problem_in
from shoplake.sources.number_format import number_format
from shoplake.sources.yaml_file import Problem

# Y is the year of a week, D the day of a year, and % is another language's.
_ONLY_FOR = {
    "delimiter": ("csv",),
    "has_header": ("csv", "xlsx"),
    "skip_lines": ("csv", "xlsx"),
    "ends_before": ("csv", "xlsx"),
    "sheet": ("xlsx",),
    "records": ("json",),
    "explode": ("json", "ndjson"),
}
_NO_PATTERN = (set(ascii_letters) | {"%"}) - set("yMLdEHhmsSaXVzZ")


def problems_in(source: Source, tables: dict[str, Table]) -> Iterator[Problem]:
    """Every mistake, in the file's order. `tables`: those of silver (the entities) and gold by their base name."""
    entities = {base: table for base, table in tables.items() if table.name.startswith("silver.")}
    yield from _zone(source.time_zone, ("time_zone",))
    for entity, columns in source.extend.items():
        if entity not in entities:
            yield _no_entity(("extend", entity), entity, entities)
            continue
        yield from _extra_problems(("extend", entity), columns, [entities[entity], *tables.values()])
        entities[entity] = entities[entity].plus(extra.contract(name) for name, extra in columns.items())
    yield from ingest_problems(source)
    for feed in source.parse:
        yield from _parse_problems(source, feed)
    for feed in source.change:
        if feed not in source.parse:
            yield _no_feed(("change", feed), feed, source)
        else:
            yield from _change_problems(source, feed)
    for entity, mapping in source.map.items():
        if entity not in entities:
            yield _no_entity(("map", entity), entity, entities)
        elif mapping.feed not in source.parse:
            yield _no_feed(("map", entity, "feed"), mapping.feed, source)
        else:
            yield from _map_problems(source, entities[entity], mapping)


def _extra_problems(at: tuple[str, ...], names: Iterable[str], tables: list[Table]) -> Iterator[Problem]:
    """One name has one meaning everywhere, and can be asked for without quotes."""
    for name in names:
        holder = next((table.name for table in tables if name in table.column_names), None)
        if holder:
            remedy = "If it means the same, map that one, else choose another name"
            yield (*at, name), f"{holder} has a column «{name}» already", remedy
        elif name in RESERVED:
            yield (*at, name), f"«{name}» is a word of SQL itself", "Choose another name"


def _parse_problems(source: Source, name: str) -> Iterator[Problem]:
    feed = source.parse[name]
    at: tuple[str, ...] = ("parse", name)
    for column in feed.columns:
        kind = feed.column(column)
        if kind.zone:
            yield from _zone(kind.zone, (*at, "columns", column, "zone"))
        if kind.formats and (problem := _format_problem(kind)):
            yield (*at, "columns", column, "format"), *problem
    for key, formats in _ONLY_FOR.items():
        if key in feed.model_fields_set and feed.format not in formats:
            what = f"a {feed.format} feed has no «{key}»"
            yield (*at, key), what, f"Remove it, or make the format {' or '.join(formats)}"
        if "first_year" in kind.model_fields_set and kind.type not in {"date", "timestamp"}:
            yield (*at, "columns", column, "first_year"), f"a {kind.type} has no years", "Remove it"
    alike = Counter(column.lower() for column in feed.columns)
    for column in feed.columns:
        if alike[column.lower()] > 1:
            where = (*at, "columns", column)
            yield where, "another column has this name but for its case", "Name one otherwise, with its own as header"
    if feed.amount and (feed.amount not in feed.columns or feed.column(feed.amount).type != "decimal"):
        yield (*at, "amount"), f"«{feed.amount}» is not a decimal column of the feed", "Name one that is"
    if "/" in feed.files or "\\" in feed.files or ".." in feed.files:
        where = (*at, "files")
        yield (
            where,
            "a pattern may not leave the source's folder",
            "Give a file name pattern such as orders*.csv",
        )
    try:
        "".encode("ascii" if feed.encoding == "auto" else feed.encoding)
    except (LookupError, UnicodeError):
        yield (
            (*at, "encoding"),
            f"unknown encoding «{feed.encoding}»",
            "Use auto, utf-8, cp1252, latin-1 or utf-16",
        )


def _format_problem(column: FeedColumn) -> tuple[str, str] | None:
    """What is wrong with a column's format, and what to do."""
    if column.type in {"string", "boolean"}:
        return f"a {column.type} has no format", "Remove it, or make the type a date, timestamp, decimal or integer"
    if column.type in {"decimal", "integer"}:
        try:
            number_format(column.formats[0])
        except ValueError as failure:
            return str(failure), "Write it like 1.234,56 or ($1,234.56)"
        return None if len(column.formats) == 1 else ("a number has one format", "Name one")
    if column.formats[0] in EPOCH:
        return None if column.type == "timestamp" else (f"a date has no {column.formats[0]}", "Make it a timestamp")
    for pattern in column.formats:
        unknown = set(re.sub(r"'[^']*'", "", pattern)) & _NO_PATTERN
        if unknown:
            what = f"«{pattern}» is no Spark pattern: {', '.join(sorted(unknown))} means something else"
            return what, "Write it like dd.MM.yyyy HH:mm:ss"
    return None


def _change_problems(source: Source, name: str) -> Iterator[Problem]:
    change, feed, at = source.change[name], source.parse[name], ("change", name)
    for key in change.keys:
        if key not in feed.columns:
            yield (*at, "keys"), f"the feed has no column «{key}»", f"Use one of: {', '.join(feed.columns)}"
    if change.deduplicate and (change.delivery != "append" or change.keys):
        yield (*at, "deduplicate"), "equal rows count once already", "Remove it, or the keys that do the same"
    if change.delivery != "append" and not change.keys:
        yield (*at, "delivery"), f"{change.delivery} needs keys", "Name the columns that identify one thing"
    dating = {"sequence_by": {"integer", "date", "timestamp"}, "effective_at": {"date", "timestamp"}}
    for field, types in dating.items():
        column = getattr(change, field)
        if not column or (field == "effective_at" and column == FILE_NAME):
            continue
        if column not in feed.columns:
            yield (*at, field), f"the feed has no column «{column}»", f"Use one of: {', '.join(feed.columns)}"
        elif feed.column(column).type not in types:
            yield (*at, field), f"{field} must be one of {', '.join(sorted(types))}", "Declare its type in parse"
        elif change.delivery == "snapshot" and field == "effective_at":
            yield (*at, field), "a snapshot holds from one instant as a whole", f"Use {FILE_NAME}, or leave it out"
        elif change.rows_per_key == "many":
            yield (*at, field), "the rows of a key hold from one instant together", f"Use {FILE_NAME}, or leave it out"
    if change.rows_per_key == "many" and change.delivery != "upsert":
        yield (*at, "rows_per_key"), "only upsert has many rows per key", "Make delivery upsert, or remove it"
    for name, sql in change.filters.items():
        if problem := problem_in(sql, set(feed.columns), {}):
            yield (*at, "filters", name), problem, "Give a predicate over the feed's columns"
    if change.apply_as_deletes is not None:
        if change.delivery != "cdc":
            yield (*at, "apply_as_deletes"), "only cdc has deletes", "Make delivery cdc, or remove it"
        problem = problem_in(change.apply_as_deletes, set(feed.columns), {})
        if problem:
            yield (*at, "apply_as_deletes"), problem, "Give a predicate over the feed's columns"
    elif change.delivery == "cdc":
        yield (*at, "delivery"), "cdc needs apply_as_deletes", "Give the predicate of rows that delete"


def _map_problems(source: Source, entity: Table, mapping: Mapping) -> Iterator[Problem]:
    at, columns = ("map", entity.base), set(source.parse[mapping.feed].columns)
    structs: dict[str, set[str]] = {}
    for name, lookup in mapping.lookups.items():
        where = (*at, "lookups", name)
        if lookup.feed not in source.parse:
            yield _no_feed((*where, "feed"), lookup.feed, source)
            continue
        problem = problem_in(lookup.by, columns, structs)
        structs[name] = set(source.parse[lookup.feed].columns)
        looked_up = source.change_of(lookup.feed)
        if len(looked_up.keys) != 1 or looked_up.rows_per_key == "many":
            yield (
                where,
                f"«{lookup.feed}» has no single key to look up by",
                "Declare one key for it in change, and one row per key",
            )
        if problem:
            yield (*where, "by"), problem, "Give an expression over the driving feed and the lookups above"
        if name in columns:
            yield where, f"the driving feed has a column «{name}» already", "Name the lookup otherwise"
    for column, sql in mapping.select.items():
        where = (*at, "select", column)
        if column not in entity.column_names or column == "source":
            names = ", ".join(n for n in entity.column_names if n != "source")
            yield where, f"{entity.base} has no column «{column}» to map", f"Use one of: {names}"
        elif problem := problem_in(sql, columns, structs):
            yield where, problem, "Correct the expression"
    for name, sql in mapping.filters.items():
        if problem := problem_in(sql, columns, structs):
            yield (*at, "filters", name), problem, "Give a predicate over the feed's columns"
    own = {"source", "line_number"}
    for name in entity.key:
        filled_in = name in own or entity[name].made_of or entity[name].default != "null"
        if name not in mapping.select and not filled_in:
            yield (*at, "select"), f"{entity.base} needs «{name}»", "Map it"


def _no_entity(at: tuple[str, ...], name: str, entities: dict[str, Table]) -> Problem:
    return at, f"there is no canonical entity «{name}»", f"Use one of: {', '.join(sorted(entities))}"


def _no_feed(at: tuple[str, ...], name: str, source: Source) -> Problem:
    return at, f"there is no feed «{name}» in parse", f"Use one of: {', '.join(source.parse)}"


def _zone(name: str, at: tuple[str, ...]) -> Iterator[Problem]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        yield at, f"unknown time zone «{name}»", "Use an IANA name such as Europe/Berlin or UTC"
