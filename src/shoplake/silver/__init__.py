"""Canonical entities: one module per entity with its contract; parse, change, map and rules for all."""

from shoplake.contract import NO_EXTRAS, Extras, Table, in_order
from shoplake.silver import (
    customer,
    exchange_rate,
    marketing_cost,
    order,
    order_line,
    payment,
    product,
    promotion,
    redemption,
    return_line,
    store,
)

ENTITIES: tuple[Table, ...] = in_order(
    module.TABLE
    for module in (
        *(customer, product, store, promotion, order, order_line, return_line),
        *(payment, redemption, exchange_rate, marketing_cost),
    )
)
# As sources map them.
BY_BASE = {entity.base: entity.mappable for entity in ENTITIES}


def entities(extras: Extras = NO_EXTRAS) -> tuple[Table, ...]:
    """Every entity with its extra columns, each after those that it reads."""
    return tuple(entity.plus(extras.get(entity.base, ())) for entity in ENTITIES)
