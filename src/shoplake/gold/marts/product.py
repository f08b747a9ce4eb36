"""mart_product: what each product sold month by month, and what it cost."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Link, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions import product
from shoplake.gold.dimensions.product import PRODUCT_KEY
from shoplake.gold.facts import exchange_rate, sales
from shoplake.gold.marts.measures import (
    MEASURES,
    SUM,
    UNCONVERTED,
    reconciled,
    reporting,
    reporting_sums,
    sums,
    total,
    unconverted,
    with_rate,
)
from shoplake.gold.marts.steps import reporting_amount

_COST = ("unit_cost", "price_currency")
# Both factors of a cost have four digits after the point: it keeps all of them, and those of the rate.
_COST_OF_LINE = "cast(quantity * unit_cost as decimal(18,8))"
_CONVERTED_UNITS = "case when is_merchandise and rate is not null then quantity end"
_REPORTED = ("gross_amount", "sales_amount")


def build(table: Table, lines: DataFrame, products: DataFrame, rates: DataFrame) -> DataFrame:
    """Sum the sales of each product and month, at the cost of the version that was sold by the rate of that day."""
    goods = products.select("product_version_key", *_COST)
    cost_rates = rates.select(F.col("currency").alias("price_currency"), "rate_date", F.col("rate").alias("_cost_rate"))
    priced = (
        with_rate(lines.where(sales.IS_SALE), rates)
        .join(goods, on="product_version_key", how="left")
        .join(cost_rates, on=["price_currency", "rate_date"], how="left")
        .withColumn("_cost", F.expr(_COST_OF_LINE) * F.col("_cost_rate"))
    )
    is_known = F.col("_cost").isNotNull() & F.col("rate").isNotNull()
    costed = {
        "reporting_cost_amount": F.col("_cost"),
        "reporting_costed_sales_amount": F.col("sales_amount") * F.col("rate"),
    }
    return (
        priced.groupBy(*table.key)
        .agg(
            *sums(),
            *reporting_sums(*_REPORTED),
            *(total(F.sum(F.when(is_known, value)), table[name].type).alias(name) for name, value in costed.items()),
            F.count(F.when(is_known, 1)).alias("costed_line_count"),
            total(F.sum(F.expr(_CONVERTED_UNITS)), table["unit_quantity"].type).alias("converted_unit_quantity"),
            unconverted(),
        )
        .select(*table.column_names)
    )


TABLE = Table(
    name="gold.mart_product",
    meaning="What each product sold month by month, and what that cost the shop",
    grain="one row per product, month of the order and currency",
    key=("product_key", "order_month", "currency"),
    columns=(
        PRODUCT_KEY,
        sales.TABLE["order_month"].but(required=True),
        sales.TABLE["currency"].but(required=True),
        *MEASURES,
        *reporting(*_REPORTED),
        reporting_amount(
            "cost_amount",
            "what the goods cost the shop, as far as it is known",
            *("quantity", "unit_cost", "price_currency", "rate"),
        ),
        reporting_amount(
            "costed_sales_amount", "sales of which the cost is known", "sales_amount", "unit_cost", "rate"
        ),
        Column(
            "costed_line_count",
            "bigint",
            "order lines of which the cost is known",
            unit="lines",
            required=True,
            made_of=("unit_cost",),
        ),
        Column(
            "converted_unit_quantity",
            SUM,
            "units of merchandise whose amounts are in the sums in the reporting currency",
            unit="units",
            required=True,
            made_of=("quantity", "is_merchandise", "rate"),
        ),
        UNCONVERTED,
    ),
    reads=(sales.TABLE, product.TABLE, exchange_rate.TABLE),
    build=build,
    amount="net_amount",
    rebuild=Rebuild(
        ("order_month",),
        along={
            "dim_product": Link(("product_version_key",), _COST, "fact_sales", is_key=True),
            # whatever the currency: that of a cost may be another than the line's
            "fact_exchange_rate": Link(("rate_date",), ("currency", "rate"), "fact_sales"),
        },
    ),
    reconciles=(Reconciliation(sales.TABLE, reconciled(), {"no_sale": sales.IS_NO_SALE}),),
)
