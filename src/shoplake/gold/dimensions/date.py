"""dim_date: every day of the calendar years that orders and returns fall in."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table, Text
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


TABLE = Table(
    name="gold.dim_date",
    meaning="Days, for every role: order date, return date",
    grain="one row per day of each calendar year that has orders or returns",
    key=("date",),
    columns=(
        Column("date", "date", "the day", required=True),
        Column("year", "int", "calendar year", required=True),
        Column("quarter", "int", "calendar quarter, 1 to 4", required=True),
        Column("month", "int", "calendar month, 1 to 12", required=True),
        Text("month_name", "the month in English", required=True),
        Text("year_month", "the month as 2017-03, which sorts", required=True),
        Column("day_of_month", "int", "1 to 31", required=True),
        Column("iso_year", "int", "year that the ISO week belongs to", required=True),
        Column("iso_week", "int", "ISO 8601 week, 1 to 53", required=True),
        Column("day_of_week", "int", "1 is Monday, 7 is Sunday", required=True),
        Text("day_name", "the day in English", required=True),
        Column("is_weekend", "boolean", "Saturday or Sunday", required=True),
    ),
    reads=(order.TABLE, return_line.TABLE),
    build=build,
)
