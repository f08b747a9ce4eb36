"""The draft as YAML for people: short, aligned, with the evidence of each guess beside it."""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from collections.abc import Iterator

import yaml

from shoplake.draft.delivery import delivery_of
from shoplake.draft.entities import Entity
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.guess import LOOK
from shoplake.draft.numbers import CURRENCY_OF

Line = tuple[str, str]  # YAML, comment
_WIDTH = 110
_HEAD = f"# Drafted from files. Each guess stands beside what speaks for it; {LOOK} marks what you decide."


def render(source: str, feeds: list[Feed], entities: list[Entity]) -> str:
    """The text of a `source.yml`. What lacks a required column isn't mapped, but told."""
    complete = [entity for entity in entities if not entity.missing] or [_placeholder(feeds[0])]
    top = [
        (f"source: {source}", "the folder's name"),
        (f"title: {scalar(source.replace('_', ' ').capitalize())}", ""),
        ("time_zone: UTC", f"{LOOK}: not in the files; where the shop counts its days, such as Europe/Paris"),
        _currency(feeds),
    ]
    lacking = [
        (f"  # {LOOK}: no {entity.name}: nothing gives {', '.join(entity.missing)}", "")
        for entity in entities
        if entity.missing
    ]
    sections = {
        "": [top],
        "\nparse:": [list(_feed_lines(feed, complete)) for feed in feeds],
        "\nchange:": [[_change_line(feed, complete) for feed in feeds]],
        "\nmap:": [*[list(_entity_lines(entity)) for entity in complete], *([lacking] if lacking else [])],
    }
    texts = [_HEAD]
    for title, blocks in sections.items():
        texts += [title] * bool(title) + ["\n\n".join(map(_aligned, blocks))]
    return "\n".join(texts) + "\n"


def scalar(value: object) -> str:
    """A value as YAML, quoted only if it must be.

    >>> scalar("M/d/yyyy"), scalar("NO"), scalar(("a", "b,"))
    ('M/d/yyyy', '"NO"', '[a, "b,"]')
    """
    if isinstance(value, tuple):
        return f"[{', '.join(map(scalar, value))}]"
    try:
        is_plain = isinstance(value, str) and yaml.safe_load(f"{{a: {value}}}") == {"a": value}
    except yaml.YAMLError:
        is_plain = False
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)


def _flow(values: dict[str, object]) -> str:
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in values.items()) + "}"


def _currency(feeds: list[Feed]) -> Line:
    columns = [column for feed in feeds for column in feed.columns.values()]
    for column in columns:
        ((most, _),) = Counter(filter(None, column.texts)).most_common(1) or [("", 0)]
        if "currency" in column.words and re.fullmatch("[A-Z]{3}", most):
            return f"currency: {most}", f"the most frequent {column.name}"
    for column in columns:
        if sign := column.guess.currency:
            return f"currency: {CURRENCY_OF[sign]}", f"{LOOK}: from the sign {sign} in {column.name}"
    return "currency: XXX", f"{LOOK}: not in the files; the ISO 4217 code of the amounts, such as EUR"


def _feed_lines(feed: Feed, entities: list[Entity]) -> Iterator[Line]:
    used = [name for name in feed.columns if any(entity.names(feed, name) for entity in entities)]
    notes = dict.fromkeys(note for sample in feed.samples for note in sample.notes)
    yield f"  {feed.name}:", "; ".join([feed.looked_at, *list(notes)[:3]])
    yield f"    files: {scalar(feed.files)}", ""
    for key, value in feed.settings.items():
        yield f"    {key}: {scalar(value)}", ""
    if nulls := tuple(sorted(frozenset().union(*(column.guess.nulls for column in feed.columns.values())))):
        there = (column.name for column in feed.columns.values() if column.guess.nulls)
        yield f"    nulls: {scalar(nulls)}", f"in {', '.join(there)}"
    if amount := next((name for entity in entities for name in entity.amounts(feed)), None):
        yield f"    amount: {amount}", "the account follows its sum"
    yield "    columns:", ""
    for column in feed.columns.values():
        yield _column_line(feed, column, is_used=column.name in used)
    yield from _wrapped("used nowhere: ", [name for name in feed.columns if name not in used])


def _column_line(feed: Feed, column: Column, *, is_used: bool) -> Line:
    found, name = column.guess, column.name
    values: dict[str, object] = {"header": column.header} if column.header != name else {}
    if found.type != "string" and (is_used or not found.misfits):  # a column that nothing uses refuses no row
        formats = found.formats if len(found.formats) != 1 else found.formats[0]
        more = {"type": found.type, "format": formats, "zone": found.zone, "first_year": found.first_year}
        values |= {key: value for key, value in more.items() if value}
    why = [found.why if found.is_sure else f"{LOOK}: {found.why}"] if found.is_sure or is_used else []
    why += [f"names rows of {feed.references[name]}"] if name in feed.references else []
    return f"      {name}:" + (f" {_flow(values)}" if values else ""), "; ".join(filter(None, why))


def _change_line(feed: Feed, entities: list[Entity]) -> Line:
    change, why = delivery_of(feed, {entity.name: entity for entity in entities if entity.feed is feed})
    given = {"delivery": change.delivery} | change.model_dump(exclude_defaults=True)
    return f"  {feed.name}: {_flow(given)}", why


def _entity_lines(entity: Entity) -> Iterator[Line]:
    yield f"  {entity.name}:", ""
    yield f"    feed: {entity.feed.name}", ""
    if entity.lookups:
        yield "    lookups:", ""
        for name, (feed, by) in entity.lookups.items():
            yield f"      {name}: {_flow({'feed': feed, 'by': by})}", ""
    if entity.filters:
        yield f"    filters: {_flow(dict(entity.filters))}", ""
    yield "    select:", ""
    for canonical, (sql, remark) in entity.select.items():
        if len(sql) < _WIDTH - 30 or "  " in sql:
            yield f"      {canonical}: {scalar(sql)}", remark
        else:
            yield f"      {canonical}: >-", remark
            yield from ((f"        {line}", "") for line in textwrap.wrap(sql, _WIDTH - 8, break_on_hyphens=False))
    yield from _wrapped("not mapped: ", entity.unmapped)


def _wrapped(title: str, names: list[str]) -> Iterator[Line]:
    yield from ((f"    # {line}", "") for line in textwrap.wrap(title + ", ".join(names), _WIDTH - 6) if names)


def _placeholder(feed: Feed) -> Entity:
    remark = f"{LOOK}: a placeholder, since no name told what the columns mean"
    return Entity("product", feed, {"product_id": (next(iter(feed.keys or feed.columns)), remark)})


def _aligned(block: list[Line]) -> str:
    width = max((len(text) for text, comment in block if comment and len(text) <= _WIDTH // 2), default=0)
    return "\n".join(f"{text:<{width}}  # {comment}" if comment else text for text, comment in block)
