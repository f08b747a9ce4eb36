"""Line numbers where a source has none."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def number_lines(lines: DataFrame, *, within: list[str], by: list[str]) -> DataFrame:
    """Rank unnumbered lines by their content within their order, after the numbered ones.

    The same lines get the same numbers in every run, whatever the order in which they arrive (a line that comes
    later shifts those after it); lines that tie are equal in all of `by`, so it doesn't matter which is first.
    """
    # A window sorts all that it sees, so it sees the unnumbered lines alone.
    numbered, unnumbered = lines.where("line_number is not null"), lines.where("line_number is null")
    orders = unnumbered.select(*within).distinct()
    highest = numbered.join(orders, on=within, how="left_semi").groupBy(*within)
    rank = F.row_number().over(Window.partitionBy(*within).orderBy(*[F.col(name).asc_nulls_first() for name in by]))
    ranked = unnumbered.withColumn("_rank", rank).join(
        highest.agg(F.max("line_number").alias("_highest")), on=within, how="left"
    )
    number = (F.coalesce("_highest", F.lit(0)) + F.col("_rank")).cast("int")
    return ranked.withColumn("line_number", number).select(*lines.columns).unionByName(numbered)
