"""dim_currency: what amounts are in."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Column, Table
from shoplake.gold.currencies import currencies
from shoplake.silver import exchange_rate, order


def build(table: Table, rates: DataFrame, reporting_currency: str) -> DataFrame:
    """All that there are: which of them a shop has is seen in its facts."""
    rows = [(*each, each[0] == reporting_currency) for each in currencies()]
    schema = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    return rates.sparkSession.createDataFrame(rows, schema)


TABLE = Table(
    name="gold.dim_currency",
    title="Currencies",
    meaning="What amounts are in",
    grain="one row per currency that is or was",
    key=("currency",),
    columns=(
        order.TABLE["currency"],
        Column("currency_name", "string", "the currency in English", required=True, made_of=("currency",)),
        Column(
            "decimal_places",
            "int",
            "digits after the point that its amounts have",
            required=True,
            made_of=("currency",),
        ),
        Column(
            "is_reporting", "boolean", "whether other amounts are converted to it", required=True, made_of=("currency",)
        ),
    ),
    reads=(exchange_rate.TABLE,),
    build=build,
    uses=("reporting_currency",),
)
