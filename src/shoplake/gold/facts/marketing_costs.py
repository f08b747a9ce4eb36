"""fact_marketing_costs: what the shop paid to be known."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Rebuild, Reconciliation, Table
from shoplake.silver import exchange_rate, marketing_cost

_AMOUNT = "marketing_cost_amount"


def build(table: Table, costs: DataFrame) -> DataFrame:
    return costs.withColumn("rate_date", F.col("cost_date")).select(*table.column_names)


TABLE = Table(
    name="gold.fact_marketing_costs",
    meaning="What the shop paid to be known",
    grain="one row per cost of a source, such as that of a campaign on a day",
    key=("source", "marketing_cost_id"),
    columns=(
        *marketing_cost.TABLE.pick("source", "marketing_cost_id", "cost_date"),
        replace(exchange_rate.RATE_DATE, made_of=("cost_date",)),
        *marketing_cost.TABLE.pick("channel", "campaign_name", _AMOUNT, "currency"),
    ),
    reads=(marketing_cost.TABLE,),
    build=build,
    carries=(marketing_cost.TABLE,),
    amount=_AMOUNT,
    rebuild=Rebuild(("source", "marketing_cost_id")),
    reconciles=(
        Reconciliation(
            marketing_cost.TABLE,
            {"costs": ("count(*)", "count(*)"), _AMOUNT: (f"sum({_AMOUNT})", f"sum({_AMOUNT})")},
        ),
    ),
)
