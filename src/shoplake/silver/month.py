"""The month of a business date, by which the files of large tables are kept apart."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Text


def month_column(day: str) -> Column:
    """The column of the month of `day`."""
    name = day.replace("_date", "_month")
    return Text(name, f"month of the {day.replace('_', ' ')}, such as 2025-03", derived=True, made_of=(day,))


def with_month(rows: DataFrame, day: str) -> DataFrame:
    """Fill in the month of `day`; null where there is no day."""
    return rows.withColumn(month_column(day).name, F.date_format(day, "yyyy-MM"))
