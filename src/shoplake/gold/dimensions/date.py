"""dim_date: every day of the calendar years that orders and returns fall in."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table
from shoplake.silver import order, return_line


def build(_: Table, orders: DataFrame, returns: DataFrame) -> DataFrame:
    days = orders.select(F.col("order_date").alias("day")).unionByName(
        returns.select(F.col("return_date").alias("day"))
    )
    ends = days.agg(F.min("day").alias("first"), F.max("day").alias("last")).where("first is not null")
    opening, closing = F.trunc("first", "year"), F.date_sub(F.add_months(F.trunc("last", "year"), 12), 1)
    every = F.sequence(opening, closing, F.expr("interval 1 day"))
    calendar = ends.select(F.explode(every).alias("date"))
    # Spark's day 1 is Sunday; ISO 8601's is Monday.
    weekday = (F.dayofweek("date") + 5) % 7 + 1
    return calendar.select(
        "date",
        F.year("date").cast("int").alias("year"),
        F.quarter("date").cast("int").alias("quarter"),
        F.month("date").cast("int").alias("month"),
        F.date_format("date", "MMMM").alias("month_name"),
        F.date_format("date", "yyyy-MM").alias("year_month"),
        F.dayofmonth("date").cast("int").alias("day_of_month"),
        # The ISO week belongs to the year of its Thursday.
        F.year(F.expr("date_add(date, 4 - ((dayofweek(date) + 5) % 7 + 1))")).cast("int").alias("iso_year"),
        F.weekofyear("date").cast("int").alias("iso_week"),
        weekday.cast("int").alias("day_of_week"),
        F.date_format("date", "EEEE").alias("day_name"),
        (weekday >= 6).alias("is_weekend"),
    )


def _of_day(name: str, kind: str, meaning: str) -> Column:
    return Column(name, kind, meaning, required=True, made_of=("date",))


TABLE = Table(
    name="gold.dim_date",
    meaning="Days, for every role: order date, return date",
    grain="one row per day of each calendar year that has orders or returns",
    key=("date",),
    columns=(
        Column("date", "date", "the day", required=True, made_of=("order_date", "return_date")),
        _of_day("year", "int", "calendar year"),
        _of_day("quarter", "int", "calendar quarter, 1 to 4"),
        _of_day("month", "int", "calendar month, 1 to 12"),
        _of_day("month_name", "string", "the month in English"),
        _of_day("year_month", "string", "the month as 2017-03, which sorts"),
        _of_day("day_of_month", "int", "1 to 31"),
        _of_day("iso_year", "int", "year that the ISO week belongs to"),
        _of_day("iso_week", "int", "ISO 8601 week, 1 to 53"),
        _of_day("day_of_week", "int", "1 is Monday, 7 is Sunday"),
        _of_day("day_name", "string", "the day in English"),
        _of_day("is_weekend", "boolean", "Saturday or Sunday"),
    ),
    reads=(order.TABLE, return_line.TABLE),
    build=build,
)
