"""The draft as YAML for people: short, aligned, with the evidence of each guess beside it."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import yaml

from shoplake.draft.columns import LOOK
from shoplake.draft.entities import Entity
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.roles import delivery_of
from shoplake.sources.declaration import FeedColumn

_HEAD = f"# Drafted from files. Each guess stands beside what speaks for it; {LOOK} marks what you decide.\n"
_CURRENCY_OF = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


class _Flow(dict[str, Any]): ...  # on one line


class _Dumper(yaml.SafeDumper): ...


_Dumper.add_representer(_Flow, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, True))
_Dumper.add_representer(tuple, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, True))
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def render(source: str, feeds: list[Feed], entities: list[Entity]) -> str:
    """The text of a `source.yml`. What lacks a required column isn't mapped, but told."""
    nothing = Entity("product", feeds[0], {"product_id": next(iter(feeds[0].keys or feeds[0].columns))})
    nothing.remarks["product_id"] = f"{LOOK}: a placeholder, since no name told what the columns mean"
    complete = [entity for entity in entities if not entity.missing] or [nothing]
    lacking = [f"no {e.name}, as nothing gives {', '.join(e.missing)}" for e in entities if e.missing]
    currency, why = _currency([column for feed in feeds for column in feed.columns.values()])
    comments: dict[tuple[str, ...], str] = {
        ("time_zone",): f"{LOOK}: not in the files; where the shop counts its days, such as Europe/Paris",
        ("currency",): f"{LOOK}: {why}",
        ("map",): f"{LOOK}: {'; '.join(lacking)}" if lacking else "",
    }
    document: dict[str, Any] = {"source": source, "title": source.replace("_", " ").capitalize()}
    document |= {"time_zone": "UTC", "currency": currency, "parse": {}, "change": {}, "map": {}}
    for feed in feeds:
        drives = {entity.name: entity.select for entity in complete if entity.feed is feed}
        document["parse"][feed.name] = _parse(feed, comments)
        lines = drives.get("order_line") or drives.get("return_line")
        change, comments["change", feed.name] = delivery_of(feed, lines)
        document["change"][feed.name] = _Flow({"delivery": change.delivery} | change.model_dump(exclude_defaults=True))
    for entity in complete:
        parts: dict[str, Any] = {name: _Flow(feed=feed, by=by) for name, (feed, by) in entity.lookups.items()}
        parts = {"feed": entity.feed.name, "lookups": parts, "filters": _Flow(entity.filters), "select": entity.select}
        document["map"][entity.name] = {key: value for key, value in parts.items() if value}
        comments |= {("map", entity.name, "select", name): remark for name, remark in entity.remarks.items()}
    text = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return _HEAD + _with_comments(text, comments)


def _parse(feed: Feed, comments: dict[tuple[str, ...], str]) -> dict[str, Any]:
    at, columns, unused = ("parse", feed.name), dict[str, Any](), [c.name for c in feed.columns.values() if not c.type]
    looked_at = f"{len(feed.files):,} file{'s' * (len(feed.files) > 1)}, {feed.table.num_rows:,} rows"
    comments[at] = "; ".join([looked_at, *feed.notes])
    comments[*at, "columns"] = f"used nowhere: {', '.join(unused)}" if unused else ""
    comments[*at, "nulls"] = "in " + ", ".join(column.name for column in feed.columns.values() if column.guess.nulls)
    for name, column in feed.columns.items():
        columns[name], why = _column(column)
        why += [f"names rows of {feed.references[name]}"] if name in feed.references else []
        comments[*at, "columns", name] = "; ".join(filter(None, why))
    settings = feed.declared.model_dump(exclude_defaults=True, exclude={"columns"})
    nulls = tuple(sorted(frozenset().union(*(column.guess.nulls for column in feed.columns.values()))))
    settings |= {key: value for key, value in {"nulls": nulls, "amount": feed.amount[1]}.items() if value}
    return settings | {"columns": columns}


def _column(column: Column) -> tuple[_Flow | None, list[str]]:
    """The declaration of a column, and what speaks for it. One that nothing uses refuses no row."""
    found, header = column.guess, column.header if column.header != column.name else None
    rows = sum(count for text, count in column.counts.items() if text and text not in found.nulls)
    bad = sum(column.counts[text] for text in found.misfits)
    if (column.type or ("string" if bad else found.type)) == "string":
        why = f"only {1 - bad / rows:.0%} fit {found.type}" if bad else found.why if found.type == "string" else ""
        return _Flow(header=header) if header else None, [why]
    formats = found.formats[0] if found.formats else None
    values = {"type": column.type or found.type, "header": header, "format": formats, "first_year": found.first_year}
    why = "; ".join(filter(None, [found.why, f"{bad:,} of {rows:,} would be quarantined" * bool(bad)]))
    is_open = column.type and bad
    why = f"{LOOK}: " * bool(is_open and LOOK not in why) + (why or f"all {rows:,} fit")
    return _Flow(FeedColumn.model_validate(values).model_dump(exclude_defaults=True)), [why]


def _currency(columns: list[Column]) -> tuple[str, str]:
    """The most frequent code in a column of currencies, else what a sign stands for."""
    for column in columns:
        codes = [text for text in column.values if "currency" in column.words and re.fullmatch("[A-Z]{3}", text)]
        if codes:
            return max(codes, key=lambda code: column.counts[code]), f"the most frequent {column.name}"
    for column, sign in product(columns, _CURRENCY_OF):
        if sign in "".join(column.guess.formats):
            return _CURRENCY_OF[sign], f"from the sign {sign} in {column.name}"
    return "XXX", "not in the files; the ISO 4217 code of the amounts, such as EUR"


def _with_comments(text: str, comments: dict[tuple[str, ...], str]) -> str:
    """YAML with the comment on a path behind its line, aligned among the lines of a block."""
    blocks, path = [list[tuple[str, str]]()], tuple[str, ...]()
    for line in text.splitlines():
        key = line.lstrip()
        path = (*path[: (len(line) - len(key)) // 2], key.partition(":")[0].strip("'"))
        if path in {("parse",), ("change",), ("map",)} or (len(path) == 2 and path[0] != "change"):
            blocks += [[]] if len(blocks[-1]) != 1 else []  # no blank line below a title
        blocks[-1].append((line.rstrip(), comments.get(path, "")))
    texts = []
    for block in blocks:
        width = max((len(line) for line, comment in block if comment and len(line) < 60), default=0)
        texts.append("\n".join(f"{line:<{width}}  # {comment}" if comment else line for line, comment in block))
    return "\n\n".join(texts) + "\n"
