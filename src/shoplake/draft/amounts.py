"""What lines and returns are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoplake.draft.feeds import Column
from shoplake.draft.guess import LOOK
from shoplake.draft.roles import Roles

if TYPE_CHECKING:
    from shoplake.draft.entities import Entity

AMOUNTS = ("gross_amount", "discount_amount", "net_amount", "unit_price")
_TODAY = "at the product's price of today: the lines have none"


def map_amounts(entity: Entity, found: dict[str, Column], roles: Roles) -> None:
    """gross - discount = net: two of the three give the third."""
    gross, discount, net, quantity = (_number(found.get(name)) for name in (*AMOUNTS[:3], "quantity"))
    given, remark = f"coalesce({discount}, 0)" if discount else "", ""
    if not net and not gross:
        gross, remark = _worth(entity, quantity, found, roles)
    if net and discount:
        gross, remark = f"{net} + {given}", f"{LOOK}: right if {net} is after the discount"
    elif net and gross:
        given = f"{gross} - {net}"
    if not net and gross:
        net = f"{gross} - {given}" if given else gross
    amounts = {"gross_amount": (gross, remark), "discount_amount": (given, ""), "net_amount": (net, "")}
    entity.select |= {name: value for name, value in amounts.items() if value[0]}


def map_return(entity: Entity, found: dict[str, Column], roles: Roles) -> None:
    select = entity.select
    if "return_amount" not in select and "return_quantity" in select:
        worth, remark = _worth(entity, select["return_quantity"][0], found, roles)
        select |= {"return_amount": (worth, remark)} if worth else {}
    if "return_id" not in select:
        named = [n for n in ("return_date", "returned_at", "customer_id", "store_id", "product_id") if n in select]
        joined = ", ".join(f"cast({select[name][0]} as string)" for name in named)
        select["return_id"] = select.get("order_id", (f"concat_ws('-', {joined})", "returns have no number"))


def _number(column: Column | None, under: str = "") -> str:
    """SQL that gives a number, also where the column has more decimals than a decimal takes and stays text."""
    if column is None:
        return ""
    return f"{under}{column.name}" if column.guess.type != "string" else f"try_cast({under}{column.name} as double)"


def _worth(entity: Entity, quantity: str, found: dict[str, Column], roles: Roles) -> tuple[str, str]:
    """Quantity times price, which is the feed's own or else the product's."""
    price, remark = _number(found.get("unit_price")), ""
    product, by = roles.own.get("product"), roles.id_of("product", entity.feed)
    listed = roles.columns_of("product", product).get("list_price") if product else None
    if not price and product and listed and by and product is not entity.feed:
        price, remark = _number(listed, f"{entity.look_up(product, by.sql)}."), _TODAY
    if not price or not (quantity or "(" in price):
        return price, remark
    return f"round({quantity and f'{quantity} * '}{price}, 4)", remark
