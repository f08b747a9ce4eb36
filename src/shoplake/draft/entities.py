"""From feeds to canonical entities: what the map would say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shoplake.draft.columns import LOOK
from shoplake.draft.feeds import Column, Feed
from shoplake.draft.roles import THINGS, Roles, find_roles, singular, type_of
from shoplake.draft.synonyms import OWN, WORDS
from shoplake.silver import BY_BASE

_FILLED_IN = {"source", "line_number", "currency", "price_currency", "is_merchandise"}  # by the pipeline
_MONEY = ("unit_price", "gross_amount", "return_amount", "net_amount")


@dataclass
class Entity:
    """A mapping. `select`: canonical column -> SQL, and what to `remark` of it; `lookups`: name -> (feed, by)."""

    name: str
    feed: Feed
    select: dict[str, str] = field(default_factory=dict)
    lookups: dict[str, tuple[str, str]] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> list[str]:
        given = {*_FILLED_IN, *self.select, *(name.replace("ed_at", "_date") for name in self.select)}
        return [c.name for c in BY_BASE[self.name].columns if c.required and c.name not in given]

    def look_up(self, feed: Feed, by: str) -> str:
        name = feed.name if feed.name not in self.feed.columns else f"{feed.name}_row"
        self.lookups[name] = (feed.name, by)
        return name


def draft_map(feeds: list[Feed]) -> list[Entity]:
    """Every entity that something was found for, complete or not."""
    roles, by_name = find_roles(feeds), {feed.name: feed for feed in feeds}
    drafted = {name: Entity(name, roles.driving[name]) for name in OWN if name in roles.driving}
    for entity in drafted.values():
        _map_columns(entity, roles)
        if entity.name in {"customer", "product", "store"}:
            _map_references(entity, entity.feed, "", roles, by_name)
    if (lines := drafted.get("order_line")) and "return_line" not in drafted:
        drafted |= _part_returns(lines, roles)
    for entity in drafted.values():
        order = BY_BASE[entity.name].column_names
        entity.select = {name: entity.select[name] for name in order if entity.select.get(name)}
    return list(drafted.values())


def _map_columns(entity: Entity, roles: Roles) -> None:
    feed, select, found = entity.feed, entity.select, roles.columns_of(entity.name, entity.feed)
    for name in THINGS:
        column = roles.id_of(name, feed)
        if column and f"{name}_id" in BY_BASE[entity.name].column_names:
            column.type = "string"
            select[f"{name}_id"] = f"lower({column.name})" if "mail" in column.words else column.sql()
            if name == entity.name and roles.own.get(name) is not feed and "" in column.counts:
                entity.filters[f"no_{name}"] = f"{column.name} is null"
    for canonical, column in found.items():
        column.type = type_of(entity.name, canonical, column)
        if canonical.endswith("ed_at") and column.type == "date":
            select[canonical.replace("ed_at", "_date")] = column.name
        else:
            select[canonical], entity.remarks[canonical] = _value(canonical, column)
        if canonical in _MONEY and column.type == "decimal":
            feed.amount = max(feed.amount, (_MONEY.index(canonical), column.name))
    if entity.name == "order_line":
        _map_amounts(entity, roles)
    if entity.name == "return_line" and "return_quantity" in select:
        select.setdefault("return_amount", _worth(entity, "return_amount", select["return_quantity"], roles))
    if entity.name == "return_line":  # returns may have no number
        names = ("return_date", "returned_at", "customer_id", "store_id", "product_id")
        joined = ", ".join(f"cast({select[name]} as string)" for name in names if name in select)
        select.setdefault("return_id", select.get("order_id", f"concat_ws('-', {joined})"))


def _value(canonical: str, column: Column) -> tuple[str, str]:
    """The SQL that gives a canonical column, and a remark where it is more than the column."""
    if canonical == "income_band" and column.guess.type != "string":
        return column.sql(), f"{LOOK}: amounts as they come; bands such as 50-74K would group better"
    words, there = WORDS.get(canonical, {}), {value.lower() for value in column.values}
    if not words or column.values <= words.keys():
        return column.sql(), ""
    meant = {text: word for word, texts in words.items() for text in texts.split()}
    others = len(there - meant.keys())
    if others and canonical not in {"gender", "status"}:
        return column.sql(), "in the source's own words"
    cases = " ".join(f"when '{text}' then '{word}'" for text, word in meant.items() if text in there)
    remark = f"{LOOK}: {others} other values become unknown" if others else ""
    return f"case lower({column.name}) {cases} end" if cases else "", remark


def _map_references(entity: Entity, feed: Feed, under: str, roles: Roles, feeds: dict[str, Feed]) -> None:
    """What the feeds that one refers to, and those that they refer to, say of a thing."""
    for link, other in feed.references.items():
        far, known = feeds[other], len(entity.select)
        if far in roles.own.values() or other in [name for name, _ in entity.lookups.values()]:
            continue
        # A plain «name» there is the feed's own thing's; its key says nothing more.
        words = {name: f"{singular(other)}_name" for name, c in far.columns.items() if c.words in {"name", "title"}}
        name = entity.look_up(far, feed.columns[link].sql(under))
        for canonical, column in roles.columns_of(entity.name, far, words | dict.fromkeys(far.keys, "")).items():
            if canonical not in entity.select:
                column.type = type_of(entity.name, canonical, column)
                entity.select[canonical] = column.sql(f"{name}.")
        _map_references(entity, far, f"{name}.", roles, feeds)
        if len(entity.select) == known:
            del entity.lookups[name]


def _part_returns(lines: Entity, roles: Roles) -> dict[str, Entity]:
    """Lines of negative quantity are returns, and no negative sales."""
    quantity = lines.feed.columns.get(lines.select.get("quantity", ""))
    if not quantity or not any(re.search(r"^[-(]|-$", text) for text in quantity.counts):
        return {}
    lines.filters["returned"] = f"{quantity.name} < 0"
    back = Entity("return_line", lines.feed, filters={"sold": f"coalesce({quantity.name}, 0) >= 0"})
    _map_columns(back, roles)
    for name in {"return_quantity", "return_amount"} & back.select.keys():
        back.select[name] = f"-{back.select[name]}" if back.select[name] else ""
    back.remarks["return_quantity"] = f"{LOOK}: negative quantities look like returns"
    return {"return_line": back}


def _map_amounts(entity: Entity, roles: Roles) -> None:
    """gross - discount = net: two of the three give the third."""
    gross, discount, net = (entity.select.get(f"{name}_amount", "") for name in ("gross", "discount", "net"))
    discount = f"coalesce({discount}, 0)" if discount else ""
    if not net and not gross:
        gross = _worth(entity, "gross_amount", entity.select.get("quantity", ""), roles)
    if net and discount:
        gross, entity.remarks["gross_amount"] = f"{net} + {discount}", f"{LOOK}: right if {net} is after the discount"
    elif net and gross:
        discount = f"{gross} - {net}"
    net = net or (f"{gross} - {discount}" if discount and gross else gross)
    entity.select |= {"gross_amount": gross, "discount_amount": discount, "net_amount": net}


def _worth(entity: Entity, canonical: str, quantity: str, roles: Roles) -> str:
    """Quantity times price, which is the feed's own or else the product's."""
    price, product, by = entity.select.get("unit_price"), roles.own.get("product"), roles.id_of("product", entity.feed)
    listed = roles.columns_of("product", product).get("list_price") if product else None
    if not price and product and listed and by and product is not entity.feed:
        listed.type = "decimal"
        price = listed.sql(f"{entity.look_up(product, by.sql())}.")
        entity.remarks[canonical] = "at the product's price of today: the lines have none"
    return f"round({quantity and f'{quantity} * '}{price}, 4)" if price and (quantity or "(" in price) else price or ""
