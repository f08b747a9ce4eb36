"""Refused rows, each with all its reasons and as it came: one quarantine table per feed."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.land import LINEAGE_COLUMNS
from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Column, Table, Text
from shoplake.runs.account import Refused
from shoplake.sources.declaration import Source


def quarantine_table(source: Source, feed: str) -> Table:
    return Table(
        name=source.quarantine(feed),
        meaning=f"{source.title}: rows of {feed} that were refused",
        grain="one row per refused row and the entity that refused it",
        key=("entity", "_load_id", "_row_number", "_item_number"),
        columns=(
            Text("entity", "what refused the row: a silver entity, or «parse» for all of them", required=True),
            Column("reasons", "array<string>", "every reason, as reason:column", required=True),
            Text("row", "the row as it came: a JSON object, or the text that couldn't be split", personal=True),
            *LINEAGE_COLUMNS,
        ),
    )


def as_it_came(source: Source, feed: str) -> Expression:
    """A bronze row as `row`: a JSON object, or the text that couldn't be split."""
    return F.coalesce("_unsplit", F.to_json(F.struct(*source.parse[feed].columns, "_extra"))).alias("row")


def refused_rows(frame: DataFrame, entity: str) -> DataFrame:
    """(entity, reasons, lineage) of the rows with reasons in a staging table."""
    refused = frame.where("_reasons is not null")
    return refused.select(F.lit(entity).alias("entity"), F.col("_reasons").alias("reasons"), *LINEAGE)


def as_quarantined(refused: DataFrame, source: Source, feed: str, bronze: DataFrame) -> DataFrame:
    """Refused rows as they came."""
    joined = refused.join(bronze.drop("_file"), on=["_load_id", "_row_number", "_item_number"], how="inner")
    return joined.select("entity", "reasons", as_it_came(source, feed), *LINEAGE)


def count_refused(rows: DataFrame, table: str) -> tuple[list[Refused], dict[str, int]]:
    """How many rows of a quarantine table there are by entity and reason, and by entity."""
    reasons = rows.select("entity", F.explode("reasons").alias("reason"))
    counts = reasons.groupBy("entity", "reason").count().orderBy("entity", "reason").collect()
    by_entity = {row[0]: row[1] for row in rows.groupBy("entity").count().collect()}
    return [Refused(table, row[0], row[1], row[2]) for row in counts], by_entity
