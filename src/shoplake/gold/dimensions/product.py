"""dim_product: what is sold."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import Column, Reconciliation, Table
from shoplake.gold.dimensions.members import known_and_inferred, members
from shoplake.gold.keys import VALIDITY
from shoplake.silver import order_line, product, return_line

PRODUCT_KEY = Column("product_key", "bigint", "the product, whatever the version", required=True)
PRODUCT_VERSION_KEY = Column("product_version_key", "bigint", "the product as of one period", required=True)


def build(table: Table, products: DataFrame, lines: DataFrame, returns: DataFrame) -> DataFrame:
    return members(table, "product_id", products, [lines, returns])


TABLE = Table(
    name="gold.dim_product",
    meaning="What is sold, with its category path",
    grain="one row per version of a product, and member -1 for lines without a product",
    key=("product_version_key",),
    columns=(
        PRODUCT_VERSION_KEY,
        PRODUCT_KEY,
        *product.TABLE.pick("source", "product_id"),
        *(c.but(required=True) for c in product.TABLE.pick("name", "department", "category", "subcategory", "brand")),
        *product.TABLE.pick("list_price", "unit_cost"),
        *VALIDITY,
    ),
    reads=(product.TABLE, order_line.TABLE, return_line.TABLE),
    build=build,
    carries=(product.TABLE,),
    durable_key="product_key",
    natural_key=("source", "product_id"),
    reconciles=(Reconciliation(product.TABLE, known_and_inferred()),),
)
