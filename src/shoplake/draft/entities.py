"""From feeds to canonical entities: what the map would say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from shoplake.draft.amounts import AMOUNTS, map_amounts, map_return
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.guess import LOOK
from shoplake.draft.roles import TYPES, Roles, find_roles, kind_of
from shoplake.draft.synonyms import NAMES, WORDS
from shoplake.silver import BY_BASE

_FILLED_IN = {"source", "line_number", "currency", "is_merchandise"}  # by the pipeline
_MOST_CASES = 30
_BANDS = {25: "0-24K", 50: "25-49K", 75: "50-74K", 100: "75-99K", 150: "100-149K"}


@dataclass
class Entity:
    """A mapping. `select`: canonical column -> (SQL, remark); `lookups`: name -> (feed, by)."""

    name: str
    feed: Feed
    select: dict[str, tuple[str, str]] = field(default_factory=dict)
    lookups: dict[str, tuple[str, str]] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def unmapped(self) -> list[str]:
        given = {"source", *self.select, *(name.replace("ed_at", "_date") for name in self.select)}
        return [name for name in BY_BASE[self.name].column_names if name not in given]

    @property
    def missing(self) -> list[str]:
        return [name for name in self.unmapped if name not in _FILLED_IN and BY_BASE[self.name][name].required]

    def look_up(self, feed: Feed, by: str) -> str:
        """The name under which a row of `feed` can be read."""
        name = feed.name if feed.name not in self.feed.columns else f"{feed.name}_row"
        self.lookups[name] = (feed.name, by)
        return name

    def names(self, feed: Feed, column: str) -> bool:
        """Whether the mapping says the name of a feed's column."""
        if feed is not self.feed and feed.name not in [other for other, _ in self.lookups.values()]:
            return False
        texts = [sql for sql, _ in self.select.values()] + [by for _, by in self.lookups.values()]
        return bool(re.search(rf"\b{column}\b", "\n".join([*texts, *self.filters.values()])))

    def amounts(self, feed: Feed) -> list[str]:
        """The decimal columns of the driving feed of which the entity's money is made."""
        sql = " ".join(self.select.get(name, ("", ""))[0] for name in ("net_amount", "return_amount"))
        counts = {self.select.get(name, ("", ""))[0] for name in ("quantity", "return_quantity")}
        there = [column for column in feed.columns.values() if feed is self.feed and column.name not in counts]
        return [c.name for c in there if c.guess.type == "decimal" and re.search(rf"(?<![.\w]){c.name}\b", sql)]


def draft_map(feeds: list[Feed]) -> list[Entity]:
    """Every entity that something was found for, complete or not."""
    roles, by_name = find_roles(feeds), {feed.name: feed for feed in feeds}
    drafted = {name: Entity(name, roles.driving[name]) for name in NAMES if name in roles.driving}
    for entity in drafted.values():
        _map_columns(entity, roles)
        if entity.name in {"customer", "product", "store"}:
            _map_references(entity, roles, by_name)
    if (lines := drafted.get("order_line")) and "return_line" not in drafted:
        drafted |= _part_returns(lines, drafted.get("order"))
    for entity in drafted.values():
        order = [*BY_BASE[entity.name].column_names]
        entity.select = dict(sorted(entity.select.items(), key=lambda item: order.index(item[0])))
    return list(drafted.values())


def _map_columns(entity: Entity, roles: Roles) -> None:
    feed, found = entity.feed, roles.columns_of(entity.name, entity.feed)
    for name in ("order", "customer", "product", "store"):
        column = roles.id_of(name, feed)
        if column and f"{name}_id" in BY_BASE[entity.name].column_names:
            found.pop(f"{name}_id", None)
            is_mail = name == "customer" and "mail" in column.words
            entity.select[f"{name}_id"] = (f"lower({column.name})" if is_mail else column.sql, "")
            if name == entity.name and roles.own.get(name) is not feed and "" in column.texts:
                entity.filters[f"no_{name}"] = f"{column.name} is null"
    for canonical, column in found.items():
        _settle(column, kind_of(entity.name, canonical))
        if canonical.endswith("ed_at") and column.guess.type == "date":
            entity.select[canonical.replace("ed_at", "_date")] = (column.name, "")
        elif canonical not in AMOUNTS:
            entity.select[canonical] = _value(canonical, column)
    if entity.name == "order_line":
        map_amounts(entity, found, roles)
    if entity.name == "return_line":
        map_return(entity, found, roles)


def _settle(column: Column, kind: str) -> None:
    """Take the type that a canonical column asks for: most values have it, or whole numbers are all that came."""
    found = column.guess
    if found.nearly and not found.is_too_precise and found.nearly.type in TYPES.get(kind, ()):
        found = column.guess = found.nearly
    if kind == "decimal" and found.type == "integer" and not found.formats:
        column.guess = replace(found, type="decimal")


def _value(canonical: str, column: Column) -> tuple[str, str]:
    """The SQL that gives a canonical column, and a remark where it is more than the column."""
    name, kind = column.name, column.guess.type
    if canonical == "income_band" and kind != "string":
        cases = " ".join(f"when {name} < {k}000 then '{band}'" for k, band in _BANDS.items())
        return f"case {cases} when {name} >= 150000 then '150K+' end", f"{LOOK}: the bands are a guess"
    if canonical == "home_ownership" and kind == "boolean":
        return f"case when {name} then 'homeowner' when not {name} then 'no homeowner' end", ""
    if canonical == "birth_date" and kind == "timestamp":
        return f"cast({name} as date)", ""
    if canonical.endswith("country") and any(len(value) != 2 for value in column.values):
        return column.sql, "not ISO 3166 codes of two letters"
    if canonical not in WORDS or column.values <= WORDS[canonical].keys():
        return column.sql, ""
    meant = {text: word for word, texts in WORDS[canonical].items() for text in texts.split()}
    there = {value.lower() for value in column.values}
    others = len(there - meant.keys())
    if others and not BY_BASE["customer" if canonical != "status" else "order"][canonical].allowed:
        return column.sql, "in the source's own words"
    cases = " ".join(f"when '{text}' then '{word}'" for text, word in meant.items() if text in there)
    remark = f"{LOOK}: {others} other values become unknown" if others else ""
    return f"case lower({name}) {cases} end" if cases else "null", remark


def _map_references(entity: Entity, roles: Roles, feeds: dict[str, Feed]) -> None:
    """What the feeds that the driving one refers to say of a thing: one level by lookup, a second by its values."""
    for column, other in entity.feed.references.items():
        near, by = feeds[other], entity.feed.columns[column].sql
        if near in roles.own.values():
            continue
        for canonical, found in _described(entity, roles, near).items():
            entity.select[canonical] = (f"{entity.look_up(near, by)}.{found}", "")
        farther = near.references if entity.name != "customer" else {}  # of people no value is shown
        for link, far in ((link, feeds[name]) for link, name in farther.items()):
            for canonical, found in _described(entity, roles, far).items() if far is not entity.feed else ():
                remark = f"{LOOK}: {far.name} are two lookups away, and a lookup is one: add new ones here"
                if cases := _cases(far, found):
                    entity.select[canonical] = (f"case {entity.look_up(near, by)}.{link} {cases} end", remark)


def _described(entity: Entity, roles: Roles, feed: Feed) -> dict[str, str]:
    """Columns of `feed` for what the entity has not got; a plain «name» there is the feed's own thing's."""
    thing = re.sub("s$", "", re.sub("ies$", "y", feed.name))
    plain = {name: f"{thing}_{name}" for name in ("name", "title", "label")}
    columns = {n: replace(c, words=plain.get(c.words, c.words)) for n, c in feed.columns.items() if n not in feed.keys}
    found = roles.columns_of(entity.name, replace(feed, columns=columns))
    return {canonical: column.name for canonical, column in found.items() if canonical not in entity.select}


def _cases(feed: Feed, column: str) -> str:
    """`when key then value` for each row of a small table."""
    if feed.rows < feed.seen or feed.rows > _MOST_CASES:
        return ""
    pairs = zip(feed.columns[feed.keys[0]].texts, feed.columns[column].texts, strict=True)
    quoted = ([re.sub(r"(['\\])", r"\\\1", text) for text in pair] for pair in pairs)  # as Spark escapes
    return " ".join(f"when '{key}' then '{value}'" for key, value in quoted)


def _part_returns(lines: Entity, order: Entity | None) -> dict[str, Entity]:
    """Lines of negative quantity are returns, and no negative sales."""
    quantity = lines.feed.columns.get(lines.select.get("quantity", ("", ""))[0])
    if not quantity or not any(re.search(r"^[-(]|-$", text) for text in quantity.texts):
        return {}
    lines.filters["returned"] = f"{quantity.name} < 0"
    back = Entity("return_line", lines.feed, lookups=dict(lines.lookups))
    back.filters["sold"] = f"coalesce({quantity.name}, 0) >= 0"
    given = (order.select if order and order.feed is lines.feed else {}) | lines.select
    renamed = {"order_id": "return_id", "order_date": "return_date", "ordered_at": "returned_at"}
    for name, (sql, remark) in given.items():
        if name in {"quantity", "net_amount"}:
            back.select[f"return_{name.removeprefix('net_')}"] = (f"-{sql}", remark)
        elif renamed.get(name, name) in back.unmapped and name != "line_number":
            back.select[renamed.get(name, name)] = (sql, remark)
    return {"return_line": back}
