"""mart_affinity: what is bought together."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Table
from shoplake.gold.dimensions.product import PRODUCT_KEY
from shoplake.gold.facts import sales
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts import product

# An order with more lines says little about what goes with what, and its pairs are many.
_MOST_LINES = 100
_ORDER = ["source", "order_id"]
_RATIO = "decimal(18,8)"


def build(
    _: Table, lines: DataFrame, months: DataFrame, as_of: date, affinity_share: float, affinity_orders: int
) -> DataFrame:
    """Count the pairs, then put the numbers of their products beside them."""
    first = as_of.replace(year=as_of.year - 1, day=min(as_of.day, 28) if as_of.month == 2 else as_of.day)
    bought = lines.where(sales.IS_SALE).where(
        f"is_merchandise and product_key <> {ABSENT} and order_month >= '{first:%Y-%m}'"
        f" and order_date >= date'{first}' and order_date < date'{as_of}'"
    )
    sizes = bought.groupBy(*_ORDER).agg(F.count("*").alias("_lines"))
    of_sizes = sizes.agg(F.count(F.when(F.col("_lines") <= _MOST_LINES, 1)), F.max("_lines")).first()
    orders, longest = of_sizes or (0, 0)
    least = max(affinity_orders, int((Decimal(str(affinity_share)) * orders).to_integral_value(ROUND_CEILING)))
    if (longest or 0) > _MOST_LINES:
        bought = bought.join(sizes.where(f"_lines > {_MOST_LINES}"), on=_ORDER, how="left_anti")
    of_year = months.where(f"order_month >= '{first:%Y-%m}'").groupBy("product_key")
    # No product is in more orders than it has lines: most are out before a line is looked at.
    likely = of_year.agg(F.sum("line_count").alias("_lines")).where(f"_lines >= {least}").select("product_key")
    counted = _pairs(bought.join(likely, on="product_key", how="left_semi"), least)
    alone = counted.where("product_key = other_product_key").select("product_key", F.col("_orders").alias("_alone"))
    other = alone.toDF("other_product_key", "_other")
    together = counted.where("product_key < other_product_key").join(alone, on="product_key", how="inner")
    pairs = together.join(other, on="other_product_key", how="inner").withColumn("_all", F.lit(orders).cast("bigint"))
    return pairs.select(
        "product_key",
        "other_product_key",
        F.col("_orders").alias("pair_order_count"),
        F.col("_alone").alias("product_order_count"),
        F.col("_other").alias("other_product_order_count"),
        F.col("_all").alias("all_order_count"),
        _ratio("_orders", "_all").alias("support"),
        _ratio("_orders", "_alone").alias("confidence"),
        _ratio("_orders", "_other").alias("other_confidence"),
        F.round(_double("_orders") * _double("_all") / (_double("_alone") * _double("_other")), 8)
        .cast(_RATIO)
        .alias("lift"),
    )


def _pairs(bought: DataFrame, least: int) -> DataFrame:
    """Each product with each other and with itself, in how many orders; worked out once, and only what is often."""
    baskets = bought.select(*_ORDER, "product_key").distinct()
    others = baskets.withColumnRenamed("product_key", "other_product_key")
    paired = baskets.join(others, on=_ORDER, how="inner").where("product_key <= other_product_key")
    counted = paired.groupBy("product_key", "other_product_key").agg(F.count("*").alias("_orders"))
    found = counted.where(f"_orders >= {least}").toArrow()
    return bought.sparkSession.createDataFrame(found, "product_key bigint, other_product_key bigint, _orders bigint")


def _double(name: str) -> Expression:
    return F.col(name).cast("double")


def _ratio(part: str, whole: str) -> Expression:
    return F.round(_double(part) / _double(whole), 8).cast(_RATIO)


def _orders(name: str, meaning: str) -> Column:
    return Column(name, "bigint", meaning, unit="orders", required=True, made_of=("source", "order_id"))


def _of_pair(name: str, meaning: str) -> Column:
    made_of = ("pair_order_count", "product_order_count", "other_product_order_count", "all_order_count")
    return Column(name, _RATIO, meaning, required=True, made_of=made_of)


TABLE = Table(
    name="gold.mart_affinity",
    meaning="Which products are bought together, in the year before the reference date: pairs that are in enough "
    f"orders. Only merchandise counts, and no order of more than {_MOST_LINES} lines",
    grain="one row per pair of products",
    key=("product_key", "other_product_key"),
    columns=(
        PRODUCT_KEY,
        Column("other_product_key", "bigint", "the other product", required=True, made_of=("product_key",)),
        _orders("pair_order_count", "orders with both products"),
        _orders("product_order_count", "orders with the one product"),
        _orders("other_product_order_count", "orders with the other product"),
        _orders("all_order_count", "orders with any product"),
        _of_pair("support", "share of the orders that have both"),
        _of_pair("confidence", "share of the orders with the one product that have the other, too"),
        _of_pair("other_confidence", "share of the orders with the other product that have the one, too"),
        _of_pair("lift", "how many times as often they come together as if neither cared for the other"),
    ),
    reads=(sales.TABLE, product.TABLE),
    build=build,
    needs_as_of=True,
    uses=("affinity_share", "affinity_orders"),
)
