"""dim_promotion: what the shop offered for a while."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.members import known_and_inferred, members
from shoplake.gold.keys import IS_INFERRED, key_column
from shoplake.silver import order_line, promotion, redemption

_ID = ("source", "promotion_id")
PROMOTION_KEY = key_column("promotion_key", "the promotion", _ID)


def build(table: Table, promotions: DataFrame, lines: DataFrame, redemptions: DataFrame) -> DataFrame:
    return members(table, "promotion_id", promotions, [lines, redemptions])


TABLE = Table(
    name="gold.dim_promotion",
    title="Promotions",
    meaning="What the shop offered for a while: promotions and campaigns",
    grain="one row per promotion, and member -1 for lines without one",
    key=("promotion_key",),
    columns=(
        PROMOTION_KEY,
        *promotion.TABLE.pick("source", "promotion_id"),
        *(column.but(required=True) for column in promotion.TABLE.pick("promotion_name", "promotion_type")),
        *promotion.TABLE.pick("discount_rate", "starts_on", "ends_on"),
        IS_INFERRED,
    ),
    reads=(promotion.TABLE, order_line.TABLE, redemption.TABLE),
    build=build,
    carries=(promotion.TABLE,),
    durable_key="promotion_key",
    natural_key=_ID,
    rebuild=Rebuild(_ID, named_in=("order_line", "redemption")),
    reconciles=(Reconciliation(promotion.TABLE, known_and_inferred()),),
)
