"""mart_customer: what each customer bought so far, and how recently, often and much."""

from __future__ import annotations

from datetime import date

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from shoplake.contract import Column, Rebuild, Reconciliation, Table, Text
from shoplake.gold.dimensions.customer import CUSTOMER_KEY
from shoplake.gold.facts import sales
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts.measures import MEASURES, reconciled, sums

_GRAIN = ("customer_key", "currency")
_COUNTS = f"customer_key <> {ABSENT} and order_date < :as_of"
_LEFT_OUT = {
    "no_sale": sales.IS_NO_SALE,
    "no_customer": f"{sales.IS_SALE} and customer_key = {ABSENT}",
    "later": f"{sales.IS_SALE} and customer_key <> {ABSENT} and order_date >= :as_of",
}


def build(_: Table, lines: DataFrame, as_of: date) -> DataFrame:
    """Sum the sales before `as_of` of each customer who is known, by order and then all: each order counts once."""
    sold = lines.where(sales.IS_SALE).where(_COUNTS.replace(":as_of", f"date'{as_of}'"))
    orders = sold.groupBy(*_GRAIN, "source", "order_id").agg(*sums(), F.min("order_date").alias("order_date"))
    return orders.groupBy(*_GRAIN).agg(
        F.count("*").alias("order_count"),
        *(F.sum(column.name).cast(column.type).alias(column.name) for column in MEASURES),
        F.min("order_date").alias("first_order_date"),
        F.max("order_date").alias("last_order_date"),
    )


def finish(table: Table, rows: DataFrame, as_of: date) -> DataFrame:
    """Score each customer among all, at the reference date."""
    scored = rows.withColumns(
        {
            "recency_days": F.date_diff(F.lit(as_of), "last_order_date").cast("int"),
            "recency_score": _quintile("last_order_date"),
            "frequency_score": _quintile("order_count"),
            "monetary_score": _quintile("net_amount"),
            "customer_type": F.when(F.col("order_count") == 1, "new").otherwise("returning"),
        }
    )
    return scored.select(*table.column_names)


def _quintile(measure: str) -> Expression:
    """1 (lowest) to 5 by rank; equal values have equal scores, so the order of rows doesn't matter."""
    everyone = Window.partitionBy("currency")
    lower = F.rank().over(everyone.orderBy(F.col(measure).asc_nulls_first())) - 1
    return (F.floor(lower * 5 / F.count("*").over(everyone)) + 1).cast("int")


def _of(name: str, made_of: str, kind: str, meaning: str, unit: str = "") -> Column:
    return Column(name, kind, meaning, unit=unit, required=True, made_of=(made_of,))


TABLE = Table(
    name="gold.mart_customer",
    title="Customers by value",
    meaning="What each customer bought before the reference date; sales without a customer are not in it",
    grain="one row per customer with a purchase, and currency",
    key=_GRAIN,
    columns=(
        CUSTOMER_KEY,
        sales.TABLE["currency"].but(required=True),
        Column(
            "order_count",
            "bigint",
            "orders",
            unit="orders",
            required=True,
            made_of=("source", "order_id"),
            title="Orders",
        ),
        *MEASURES,
        _of("first_order_date", "order_date", "date", "business date of the first order"),
        _of("last_order_date", "order_date", "date", "business date of the last order"),
        _of("recency_days", "last_order_date", "int", "days from the last order to the reference date", unit="days"),
        _of("recency_score", "last_order_date", "int", "quintile of the last order's date; 5 is the most recent"),
        _of("frequency_score", "order_count", "int", "quintile of the number of orders; 5 is the most"),
        _of("monetary_score", "net_amount", "int", "quintile of the net sales; 5 is the most"),
        Text(
            "customer_type",
            "new: one order so far; returning: more",
            required=True,
            allowed=("new", "returning"),
            made_of=("order_count",),
        ),
    ),
    reads=(sales.TABLE,),
    build=build,
    finish=finish,
    amount="net_amount",
    needs_as_of=True,
    dated_by="order_date",
    rebuild=Rebuild(("customer_key",)),
    reconciles=(Reconciliation(sales.TABLE, reconciled(_COUNTS), _LEFT_OUT),),
)
