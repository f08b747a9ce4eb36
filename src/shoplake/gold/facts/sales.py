"""fact_sales: every line that was ordered."""

from __future__ import annotations

from dataclasses import replace

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Column, Money, Rebuild, Reconciliation, Table, Text
from shoplake.gold.dimensions import customer, product
from shoplake.gold.dimensions.members import UNKNOWN
from shoplake.gold.dimensions.promotion import PROMOTION_KEY
from shoplake.gold.facts.age import AGE_BAND, with_age_band
from shoplake.gold.facts.allocation import shares
from shoplake.gold.facts.foreign_keys import (
    FOREIGN_KEYS,
    OF_ORDER,
    links_to_versions,
    with_customer_keys,
    with_product_keys,
    with_store_key,
)
from shoplake.gold.keys import ABSENT, durable_key
from shoplake.silver import exchange_rate, order, order_line

# What marts and metrics count: no trials, nothing that was cancelled or only adjusts the books, no line whose order
# isn't there (every order has a date): without it, neither day, currency nor status are known.
IS_SALE, IS_NO_SALE = "counts_as = 'sale'", "counts_as <> 'sale'"

_OF_ORDER = ("status", "channel", "currency", "is_test", "is_guest")
SHARES = ("order_discount_amount", "tax_amount", "shipping_amount", "shipping_cost_amount")
# A source that tells no price before discounts has given none that it doesn't tell.
_GROSS = "coalesce(gross_amount, net_amount + coalesce(discount_amount, 0))"
_MEASURES = {"gross_amount": _GROSS, "discount_amount": f"{_GROSS} - net_amount"}
_MEASURES |= {"quantity": "quantity", "net_amount": "net_amount"}


def build(
    table: Table,
    lines: DataFrame,
    orders: DataFrame,
    customers: DataFrame,
    products: DataFrame,
    age_bands: tuple[int, ...],
) -> DataFrame:
    """Each line with its order's attributes; an order is unique by its key, so no line multiplies.

    Orders get their keys before the join: they are fewer than lines, and keys are shorter than ids.
    """
    people = with_age_band(with_customer_keys(orders, customers, "order_date"), customers, "order_date", age_bands)
    keyed = with_store_key(people).drop("order_date", "order_month", *SHARES)
    shared = shares(lines, orders, SHARES)
    joined = lines.join(keyed, on=["source", "order_id"], how="left")
    joined = joined.join(shared, on=["source", "order_id", "line_number"], how="left")
    absent = {key.name: F.coalesce(key.name, F.lit(ABSENT)) for key in OF_ORDER}
    nothing = F.lit(0).cast("decimal(18,4)")
    known = joined.withColumns(
        absent
        | {name: F.coalesce(name, nothing) for name in SHARES}
        | {
            "rate_date": F.col("order_date"),
            "promotion_key": durable_key("source", "promotion_id"),
            "age_band": F.coalesce("age_band", F.lit(UNKNOWN)),
            "counts_as": _counts_as(),
            "gross_amount": F.expr(_GROSS),
        }
    )
    priced = known.withColumns(
        {
            "discount_amount": F.col("gross_amount") - F.col("net_amount"),
            "included_tax_amount": F.when(F.col("is_tax_included"), F.col("tax_amount")).otherwise(nothing),
        }
    )
    sales = F.col("net_amount") - F.col("order_discount_amount") - F.col("included_tax_amount")
    return with_product_keys(priced.withColumn("sales_amount", sales), products, "order_date").select(
        *[F.col(column.name).cast(column.type).alias(column.name) for column in table.columns]
    )


def _counts_as() -> Expression:
    is_sale = F.col("order_date").isNotNull() & ~F.coalesce("is_test", F.lit(False))
    return (
        F.when(is_sale & (F.coalesce("status", F.lit("")) == "cancelled"), "cancelled")
        .when(is_sale & (F.coalesce("status", F.lit("")) != "adjustment"), "sale")
        .otherwise("nothing")
    )


def _share(name: str) -> Column:
    column = order.TABLE[name]
    return replace(column, required=True, made_of=(name, "currency"))


TABLE = Table(
    name="gold.fact_sales",
    title="Order lines",
    meaning="Every line that was ordered; those cancelled, of adjustments, of tests, without their order are no sales",
    grain="one row per order line",
    key=("source", "order_id", "line_number"),
    columns=(
        *order_line.TABLE.pick("source", "order_id", "line_number", "order_date", "order_month"),
        order.TABLE["ordered_at"],
        replace(exchange_rate.RATE_DATE, required=False, made_of=("order_date",)),
        *FOREIGN_KEYS,
        PROMOTION_KEY,
        Text(
            "counts_as",
            "sale; cancelled; or nothing: tests, adjustments, lines without their order",
            required=True,
            allowed=("sale", "cancelled", "nothing"),
            made_of=("status", "is_test", "order_date"),
        ),
        *(order.TABLE[name].but(required=False) for name in _OF_ORDER),
        AGE_BAND,
        order_line.TABLE["quantity"],
        *(order_line.TABLE[name].but(required=True) for name in ("gross_amount", "discount_amount", "net_amount")),
        *(_share(name) for name in SHARES),
        Money(
            "included_tax_amount",
            "tax within the net amount, where prices include it",
            required=True,
            made_of=("tax_amount", "is_tax_included"),
        ),
        Money(
            "sales_amount",
            "what the shop receives for it: the net amount less its share of the order's discount and the included tax",
            required=True,
            made_of=("net_amount", "order_discount_amount", "included_tax_amount"),
            title="Sales before returns",
        ),
        order_line.TABLE["is_merchandise"],
    ),
    reads=(order_line.TABLE, order.TABLE, customer.TABLE, product.TABLE),
    build=build,
    uses=("age_bands",),
    carries=(order_line.TABLE, order.TABLE),
    amount="net_amount",
    partitioned_by="order_month",
    rebuild=Rebuild(("source", "order_id"), along=links_to_versions(customers="order", products="order_line")),
    reconciles=(
        Reconciliation(
            order_line.TABLE,
            {"lines": ("count(*)", "count(*)")}
            | {name: (f"sum({name})", f"sum({sql})") for name, sql in _MEASURES.items()},
        ),
    ),
)
