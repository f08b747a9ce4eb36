"""What the shop paid to be known: by day and channel."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Date, Money, Rebuild, Table, Text
from shoplake.silver import order
from shoplake.silver.columns import SOURCE


def build(_: Table, costs: DataFrame) -> DataFrame:
    """Costs are in the source's currency, where they don't say otherwise."""
    return costs.withColumn("currency", F.coalesce("currency", "_source_currency"))


TABLE = Table(
    name="silver.marketing_cost",
    meaning="What the shop paid to be known",
    grain="one row per cost of a source, such as that of a campaign on a day",
    key=("source", "marketing_cost_id"),
    rebuild=Rebuild(("source", "marketing_cost_id")),
    columns=(
        SOURCE,
        Text("marketing_cost_id", "the source's own number, or what tells one from another", required=True),
        Date("cost_date", "the day for which it was paid", required=True),
        order.TABLE["channel"],
        Text("campaign_name", "campaign or advertisement, in the source's words"),
        Money("marketing_cost_amount", "what was paid, positive", required=True),
        order.TABLE["currency"],
    ),
    build=build,
    amount="marketing_cost_amount",
    is_event=True,
)
