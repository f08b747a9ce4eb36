"""A thing that the shop sells: its category and prices as they were, its name as it is today."""

from __future__ import annotations

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Money, Rebuild, Table, Text
from shoplake.silver.columns import SOURCE


def build(_: Table, products: DataFrame) -> DataFrame:
    """Prices are in the source's currency, where they don't say otherwise."""
    return products.withColumn("price_currency", F.coalesce("price_currency", "_source_currency"))


TABLE = Table(
    name="silver.product",
    meaning="A thing that the shop sells",
    grain="one row per version of a product of a source: a change of category, brand or price opens one",
    key=("source", "product_id"),
    build=build,
    rebuild=Rebuild(("source", "product_id")),
    columns=(
        SOURCE,
        Text("product_id", "the source's own product number or SKU", required=True),
        Text("name", "what a customer would call it", title="Product"),
        Text("department", "first level of the category path", tracked=True),
        Text("category", "second level of the category path", tracked=True),
        Text("subcategory", "third level of the category path", tracked=True),
        Text("brand", "brand, or the kind of brand where the source tells no more", tracked=True),
        Money("list_price", "price asked without any discount, per unit", tracked=True, minimum=Decimal(0)),
        Money("unit_cost", "what one unit costs the shop", tracked=True, minimum=Decimal(0)),
        Text("price_currency", "ISO 4217 code of price and cost", required=True, made_of=("source.yml:currency",)),
    ),
).with_history()
