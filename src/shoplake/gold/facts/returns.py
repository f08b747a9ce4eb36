"""fact_returns: every line that came back, dated by the return."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import customer, product
from shoplake.gold.facts.age import AGE_BAND, with_age_band
from shoplake.gold.facts.foreign_keys import (
    FOREIGN_KEYS,
    links_to_versions,
    with_customer_keys,
    with_product_keys,
    with_store_key,
)
from shoplake.silver import exchange_rate, return_line

# What marts and metrics count: no trials.
IS_RETURN = "not coalesce(is_test, false)"

_MEASURES = ("return_quantity", "return_amount", "return_tax_amount")


def build(
    table: Table,
    returns: DataFrame,
    customers: DataFrame,
    products: DataFrame,
    refund_rate: str,
    age_bands: tuple[int, ...],
) -> DataFrame:
    """Who gave something back is shown as they were when they bought it, where the order is known."""
    dated = returns.withColumns(
        {
            "_day": F.coalesce("order_date", "return_date"),
            "rate_date": F.coalesce("order_date", "return_date") if refund_rate == "sale" else F.col("return_date"),
            "return_tax_amount": F.coalesce("return_tax_amount", F.lit(0).cast("decimal(18,4)")),
        }
    )
    people = with_age_band(with_customer_keys(dated, customers, "_day"), customers, "_day", age_bands)
    return with_store_key(with_product_keys(people, products, "_day")).select(*table.column_names)


TABLE = Table(
    name="gold.fact_returns",
    title="Returned lines",
    meaning="Every line that came back",
    grain="one row per returned line",
    key=("source", "return_id", "line_number"),
    columns=(
        *return_line.TABLE.pick("source", "return_id", "line_number", "order_id", "return_date", "return_month"),
        *return_line.TABLE.pick("returned_at", "order_date"),
        replace(exchange_rate.RATE_DATE, made_of=("order_date", "return_date")),
        *FOREIGN_KEYS,
        *return_line.TABLE.pick("channel", "currency", "is_test"),
        AGE_BAND,
        *return_line.TABLE.pick("return_quantity", "return_amount"),
        return_line.TABLE["return_tax_amount"].but(required=True),
        *return_line.TABLE.pick("return_reason", "is_merchandise"),
    ),
    reads=(return_line.TABLE, customer.TABLE, product.TABLE),
    build=build,
    uses=("refund_rate", "age_bands"),
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
