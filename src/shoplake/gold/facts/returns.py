"""fact_returns: every line that came back, dated by the return."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import customer, product
from shoplake.gold.facts.foreign_keys import (
    FOREIGN_KEYS,
    links_to_versions,
    with_customer_keys,
    with_product_keys,
    with_store_key,
)
from shoplake.silver import return_line

_MEASURES = ("return_quantity", "return_amount")


def build(table: Table, returns: DataFrame, customers: DataFrame, products: DataFrame) -> DataFrame:
    """Who gave something back is shown as they were when they bought it, where the order is known."""
    dated = returns.withColumn("_day", F.coalesce("order_date", "return_date"))
    keyed = with_product_keys(with_customer_keys(dated, customers, "_day"), products, "_day")
    return with_store_key(keyed).select(*table.column_names)


TABLE = Table(
    name="gold.fact_returns",
    meaning="Every line that came back",
    grain="one row per returned line",
    key=("source", "return_id", "line_number"),
    columns=(
        *return_line.TABLE.pick("source", "return_id", "line_number", "order_id", "return_date", "return_month"),
        *return_line.TABLE.pick("returned_at", "order_date"),
        *FOREIGN_KEYS,
        *return_line.TABLE.pick(*_MEASURES, "currency", "return_reason", "is_merchandise"),
    ),
    reads=(return_line.TABLE, customer.TABLE, product.TABLE),
    build=build,
    carries=(return_line.TABLE,),
    amount="return_amount",
    partitioned_by="return_month",
    rebuild=Rebuild(("source", "return_id"), along=links_to_versions(customers="return_line", products="return_line")),
    reconciles=(
        Reconciliation(
            return_line.TABLE,
            {"lines": ("count(*)", "count(*)")} | {name: (f"sum({name})",) * 2 for name in _MEASURES},
        ),
    ),
)
