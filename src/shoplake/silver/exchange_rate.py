"""What one unit of a currency was worth in another on a day."""

from __future__ import annotations

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Date, Rebuild, Table, Text
from shoplake.silver import order
from shoplake.silver.columns import SOURCE

# An amount by a rate has 38 digits at most on every engine, of which 16 after the point.
RATE_TYPE, RATE_PLACES = "decimal(19,12)", 12
RATE_DATE = Date("rate_date", "the day whose exchange rate holds", required=True)


def build(_: Table, rates: DataFrame) -> DataFrame:
    """Rates are in the source's currency, where they don't say otherwise."""
    return rates.withColumn("quote_currency", F.coalesce("quote_currency", "_source_currency"))


TABLE = Table(
    name="silver.exchange_rate",
    meaning="What one unit of a currency was worth in another on a day",
    grain="one row per day and pair of currencies of a source",
    key=("source", "currency", "quote_currency", "rate_date"),
    columns=(
        SOURCE,
        order.TABLE["currency"],
        Text(
            "quote_currency",
            "ISO 4217 code of the currency that the rate is in",
            required=True,
            made_of=("source.yml:currency",),
        ),
        RATE_DATE,
        Column(
            "rate",
            RATE_TYPE,
            "what one unit of the currency is worth in the other one",
            required=True,
            minimum=Decimal("0.000000000001"),
        ),
    ),
    build=build,
    rebuild=Rebuild(("source", "currency")),
)
