"""mart_customer_department: in which departments each customer bought in a month, as they were then."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.customer import CUSTOMER_KEY, CUSTOMER_VERSION_KEY
from shoplake.gold.facts import exchange_rate, sales
from shoplake.gold.facts.age import AGE_BAND
from shoplake.gold.keys import ABSENT
from shoplake.gold.marts.measures import (
    MEASURES,
    UNCONVERTED,
    rates_through,
    reporting,
    reporting_sums,
    unconverted,
    with_rate,
)

_GRAIN = ("order_month", "customer_key", "customer_version_key", "age_band", "department")
_IS_SOMEBODY = f"customer_key <> {ABSENT}"


def build(table: Table, lines: DataFrame, products: DataFrame, rates: DataFrame) -> DataFrame:
    """Both joins are on unique keys."""
    goods = products.select("product_version_key", "department")
    sold = with_rate(lines.where(sales.IS_SALE).where(_IS_SOMEBODY), rates)
    joined = sold.join(goods, on="product_version_key", how="left")
    measures = [F.count("*").alias("line_count"), unconverted(), *reporting_sums("sales_amount")]
    return joined.groupBy(*_GRAIN).agg(*measures).select(*table.column_names)


TABLE = Table(
    name="gold.mart_customer_department",
    title="Sales by customer, month and department",
    meaning="In which departments each customer bought in a month, as they were then",
    grain="one row per month, customer as they were, and department",
    key=_GRAIN,
    columns=(
        sales.TABLE["order_month"],
        CUSTOMER_KEY,
        CUSTOMER_VERSION_KEY,
        AGE_BAND,
        product.TABLE["department"],
        MEASURES[0],
        UNCONVERTED,
        *reporting("sales_amount"),
    ),
    reads=(sales.TABLE, product.TABLE, exchange_rate.TABLE),
    build=build,
    partitioned_by="order_month",
    rebuild=Rebuild(
        ("customer_key",),
        along={
            "dim_product": Link(("product_version_key",), ("department",), "fact_sales", is_key=True),
            **rates_through("fact_sales"),
        },
    ),
    reconciles=(
        Reconciliation(
            sales.TABLE,
            {"lines": ("sum(line_count)", f"count_if({sales.IS_SALE} and {_IS_SOMEBODY})")},
            {"no_sale": sales.IS_NO_SALE, "no_customer": f"{sales.IS_SALE} and customer_key = {ABSENT}"},
        ),
    ),
)
