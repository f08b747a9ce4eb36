"""fact_redemptions: coupons that were handed in. It has no measure: its rows are counted."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.dimensions.promotion import PROMOTION_KEY
from shoplake.gold.keys import durable_key
from shoplake.silver import redemption


def build(table: Table, redemptions: DataFrame) -> DataFrame:
    keys = {f"{noun}_key": durable_key("source", f"{noun}_id") for noun in ("customer", "promotion")}
    return redemptions.withColumns(keys).select(*table.column_names)


TABLE = Table(
    name="gold.fact_redemptions",
    meaning="Coupons that customers handed in",
    grain="one row per redeemed coupon",
    key=("source", "redemption_id"),
    columns=(
        *redemption.TABLE.pick("source", "redemption_id", "redemption_date"),
        CUSTOMER_KEY,
        PROMOTION_KEY,
        redemption.TABLE["coupon_code"],
    ),
    reads=(redemption.TABLE,),
    build=build,
    carries=(redemption.TABLE,),
    rebuild=Rebuild(("source", "redemption_id")),
    reconciles=(Reconciliation(redemption.TABLE, {"redemptions": ("count(*)", "count(*)")}),),
)
