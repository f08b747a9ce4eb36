"""fact_returns: every line that came back, dated by the return."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Reconciliation, Table
from shoplake.gold.facts.foreign_keys import FOREIGN_KEYS, with_foreign_keys
from shoplake.silver import return_line

_MEASURES = ("return_quantity", "return_amount")


def build(table: Table, returns: DataFrame) -> DataFrame:
    return with_foreign_keys(returns).select(*table.column_names)


TABLE = Table(
    name="gold.fact_returns",
    meaning="Every line that came back",
    grain="one row per returned line",
    key=("source", "return_id", "line_number"),
    columns=(
        *return_line.TABLE.pick("source", "return_id", "line_number", "order_id", "return_date", "returned_at"),
        *FOREIGN_KEYS,
        *return_line.TABLE.pick(*_MEASURES, "currency", "return_reason", "is_merchandise"),
    ),
    reads=(return_line.TABLE,),
    build=build,
    carries=(return_line.TABLE,),
    amount="return_amount",
    reconciles=(
        Reconciliation(
            return_line.TABLE,
            {"lines": ("count(*)", "count(*)")} | {name: (f"sum({name})",) * 2 for name in _MEASURES},
        ),
    ),
)
