"""Line numbers where a source has none."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def number_lines(lines: DataFrame, *, within: list[str], by: list[str]) -> DataFrame:
    """Rank unnumbered lines by their content within their order, after the numbered ones.

    The same lines get the same numbers in every run, whatever the order in which they arrive (a line that comes
    later shifts those after it); lines that tie are equal in all of `by`, so it doesn't matter which is first.
    """
    is_unnumbered = F.col("line_number").isNull()
    content = [F.col(name).asc_nulls_first() for name in by]
    rank = F.row_number().over(Window.partitionBy(*within, is_unnumbered).orderBy(*content))
    highest = F.coalesce(F.max("line_number").over(Window.partitionBy(*within)), F.lit(0))
    return lines.withColumn(
        "line_number", F.when(is_unnumbered, highest + rank).otherwise(F.col("line_number")).cast("int")
    )
