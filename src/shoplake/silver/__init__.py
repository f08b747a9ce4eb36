"""Canonical entities: one module per entity with its contract; parse, change, map and rules for all."""

from shoplake.contract import Table
from shoplake.silver import customer, order, order_line, product, return_line, store

ENTITIES: tuple[Table, ...] = (
    customer.TABLE,
    product.TABLE,
    store.TABLE,
    order.TABLE,
    order_line.TABLE,
    return_line.TABLE,
)
BY_BASE = {entity.base: entity for entity in ENTITIES}
