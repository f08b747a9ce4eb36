"""fact_exchange_rate: what each currency is worth in the reporting currency, day by day."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Date, Table
from shoplake.gold.dimensions import date as dim_date
from shoplake.silver import exchange_rate
from shoplake.silver.exchange_rate import RATE_PLACES, RATE_TYPE

# How a rate was come by, the best first: as it was told, the other way round, over the currency both were told in.
_DIRECT, _INVERSE, _CROSS = range(3)


def build(table: Table, rates: DataFrame, days: DataFrame, reporting_currency: str, rate_days: int) -> DataFrame:
    """A rate holds until the next one, at most `rate_days`; the reporting currency is worth 1 on each day."""
    told = rates.where("currency <> quote_currency").select("source", "rate_date", "currency", "quote_currency", "rate")
    inverse = told.select(
        "source",
        "rate_date",
        F.col("quote_currency").alias("currency"),
        F.col("currency").alias("quote_currency"),
        F.round(1 / F.col("rate").cast("double"), RATE_PLACES)
        .cast(RATE_TYPE)
        .alias("rate"),  # engines divide decimals differently
    )
    both = told.withColumn("_how", F.lit(_DIRECT)).unionByName(inverse.withColumn("_how", F.lit(_INVERSE)))
    to_reporting = both.where(F.col("quote_currency") == reporting_currency)
    over = to_reporting.select(
        "source", "rate_date", F.col("currency").alias("quote_currency"), F.col("rate").alias("_second")
    )
    cross = (
        both.where((F.col("currency") != reporting_currency) & (F.col("quote_currency") != reporting_currency))
        .join(over, on=["source", "rate_date", "quote_currency"], how="inner")
        .withColumn(
            "rate", F.round(F.col("rate").cast("double") * F.col("_second").cast("double"), RATE_PLACES).cast(RATE_TYPE)
        )
        .withColumn("_how", F.lit(_CROSS))
        .select(*both.columns)
    )
    every = to_reporting.unionByName(cross).where("rate > 0")
    best = Window.partitionBy("currency", "rate_date").orderBy("_how", "source", "quote_currency", "rate")
    quoted = every.withColumn("_place", F.row_number().over(best)).where("_place = 1")
    following = F.lead("rate_date").over(Window.partitionBy("currency").orderBy("rate_date"))
    longest = F.date_add("rate_date", rate_days - 1)
    last = F.least(longest, F.coalesce(F.date_sub("_next", 1), longest))
    held = (
        quoted.withColumn("_next", following)
        .withColumn("_days", F.sequence("rate_date", last, F.expr("interval 1 day")))
        .select("currency", "rate", F.col("rate_date").alias("quoted_on"), F.explode("_days").alias("rate_date"))
    )
    itself = days.select(
        F.lit(reporting_currency).alias("currency"),
        F.lit(1).cast(RATE_TYPE).alias("rate"),
        F.col("date").alias("quoted_on"),
        F.col("date").alias("rate_date"),
    ).where(F.lit(bool(reporting_currency)))
    together = held.unionByName(itself).withColumn("reporting_currency", F.lit(reporting_currency))
    return together.select(*table.column_names)


TABLE = Table(
    name="gold.fact_exchange_rate",
    title="Exchange rates",
    meaning="What each currency is worth in the reporting currency; a day without a row has no rate",
    grain="one row per currency and day on which a rate holds",
    key=("currency", "rate_date"),
    columns=(
        exchange_rate.TABLE["currency"],
        *exchange_rate.TABLE.pick("rate_date", "rate"),
        Column(
            "reporting_currency",
            "string",
            "ISO 4217 code of the currency that amounts are converted to",
            required=True,
            made_of=("quote_currency",),
        ),
        Date("quoted_on", "the day of which the rate is", required=True, made_of=("rate_date",)),
    ),
    reads=(exchange_rate.TABLE, dim_date.TABLE),
    build=build,
    uses=("reporting_currency", "rate_days"),
)
