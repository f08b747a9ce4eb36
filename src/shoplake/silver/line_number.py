"""Line numbers where a source has none."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def number_lines(lines: DataFrame, *, within: list[str], by: list[str]) -> DataFrame:
    """Rank unnumbered lines by their content within their order, after the numbered ones.

    The same lines get the same numbers in every run, whatever the order in which they arrive; lines that
    tie are equal in all of `by`, so it doesn't matter which of them comes first.
    """
    order = Window.partitionBy(*within)
    is_unnumbered = F.col("line_number").isNull()
    ranked = F.row_number().over(order.orderBy(is_unnumbered.cast("int"), *[F.col(c).asc_nulls_first() for c in by]))
    numbered = F.count("line_number").over(order)
    highest = F.coalesce(F.max("line_number").over(order), F.lit(0))
    number = F.when(is_unnumbered, highest + ranked - numbered).otherwise(F.col("line_number"))
    return lines.withColumn("line_number", number.cast("int"))
