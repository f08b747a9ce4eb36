"""fact_sales: every line that was ordered."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import customer, product
from shoplake.gold.facts.foreign_keys import (
    FOREIGN_KEYS,
    OF_ORDER,
    links_to_versions,
    with_customer_keys,
    with_product_keys,
    with_store_key,
)
from shoplake.gold.keys import ABSENT
from shoplake.silver import order, order_line

# What marts and metrics count: no trials, nothing that was cancelled or only adjusts the books, no line whose order
# isn't there (every order has a date): without it, neither day, currency nor status are known.
_IS_NONE = "coalesce(status, '') in ('cancelled', 'adjustment') or coalesce(is_test, false)"
IS_SALE = f"order_date is not null and not ({_IS_NONE})"
IS_NO_SALE = f"order_date is null or {_IS_NONE}"

_OF_ORDER = ("status", "channel", "currency", "is_test", "is_guest")
_MEASURES = ("quantity", "gross_amount", "discount_amount", "net_amount")


def build(table: Table, lines: DataFrame, orders: DataFrame, customers: DataFrame, products: DataFrame) -> DataFrame:
    """Each line with its order's attributes; an order is unique by its key, so no line multiplies.

    Orders get their keys before the join: they are fewer than lines, and keys are shorter than ids.
    """
    keyed = with_store_key(with_customer_keys(orders, customers, "order_date")).drop("order_date", "order_month")
    joined = lines.join(keyed, on=["source", "order_id"], how="left")
    absent = {key.name: F.coalesce(key.name, F.lit(ABSENT)) for key in OF_ORDER}
    return with_product_keys(joined.withColumns(absent), products, "order_date").select(*table.column_names)


TABLE = Table(
    name="gold.fact_sales",
    meaning="Every line that was ordered; those cancelled, of adjustments, of tests, without their order are no sales",
    grain="one row per order line",
    key=("source", "order_id", "line_number"),
    columns=(
        *order_line.TABLE.pick("source", "order_id", "line_number", "order_date", "order_month"),
        order.TABLE["ordered_at"],
        *FOREIGN_KEYS,
        *(order.TABLE[name].but(required=False) for name in _OF_ORDER),
        *order_line.TABLE.pick(*_MEASURES, "is_merchandise"),
    ),
    reads=(order_line.TABLE, order.TABLE, customer.TABLE, product.TABLE),
    build=build,
    carries=(order_line.TABLE, order.TABLE),
    amount="net_amount",
    partitioned_by="order_month",
    rebuild=Rebuild(("source", "order_id"), along=links_to_versions(customers="order", products="order_line")),
    reconciles=(
        Reconciliation(
            order_line.TABLE,
            {"lines": ("count(*)", "count(*)")} | {name: (f"sum({name})",) * 2 for name in _MEASURES},
        ),
    ),
)
