"""fact_returns: every line that came back, dated by the return."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Reconciliation, Table
from shoplake.gold.facts.foreign_keys import FOREIGN_KEYS, with_foreign_keys
from shoplake.silver import order, return_line

_MEASURES = ("return_quantity", "return_amount")


def build(returns: DataFrame, orders: DataFrame) -> DataFrame:
    """Each returned line; who bought it and where come from its order if the return doesn't say."""
    bought = orders.select(
        "source", "order_id", F.col("customer_id").alias("_customer_id"), F.col("store_id").alias("_store_id")
    )
    joined = returns.join(bought, on=["source", "order_id"], how="left").withColumns(
        {
            "customer_id": F.coalesce("customer_id", "_customer_id"),
            "store_id": F.coalesce("store_id", "_store_id"),
        }
    )
    return with_foreign_keys(joined).select(*TABLE.column_names)


TABLE = Table(
    name="gold.fact_returns",
    meaning="Every line that came back",
    grain="one row per returned line",
    key=("source", "return_id", "line_number"),
    columns=(
        *return_line.TABLE.pick("source", "return_id", "line_number", "order_id", "return_date", "returned_at"),
        *FOREIGN_KEYS,
        *return_line.TABLE.pick(*_MEASURES, "currency", "return_reason"),
    ),
    reads=(return_line.TABLE, order.TABLE),
    build=build,
    amount="return_amount",
    reconciles=(
        Reconciliation(
            return_line.TABLE,
            {"lines": ("count(*)", "count(*)")} | {name: (f"sum({name})",) * 2 for name in _MEASURES},
        ),
    ),
)
