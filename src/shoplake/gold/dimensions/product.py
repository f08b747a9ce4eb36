"""dim_product: what is sold."""

from __future__ import annotations

from pyspark.sql import DataFrame

from shoplake.contract import VALIDITY, Rebuild, Reconciliation, Table
from shoplake.gold.dimensions.members import known_and_inferred, members
from shoplake.gold.keys import IS_INFERRED, key_column
from shoplake.silver import order_line, product, return_line

_ID = ("source", "product_id")
PRODUCT_KEY = key_column("product_key", "the product, whatever the version", _ID)
PRODUCT_VERSION_KEY = key_column("product_version_key", "the product as of one period", _ID)


def build(table: Table, products: DataFrame, lines: DataFrame, returns: DataFrame) -> DataFrame:
    return members(table, "product_id", products, [lines, returns])


TABLE = Table(
    name="gold.dim_product",
    title="Products",
    meaning="What is sold, with its category path",
    grain="one row per version of a product, and member -1 for lines without a product",
    key=("product_version_key",),
    columns=(
        PRODUCT_VERSION_KEY,
        PRODUCT_KEY,
        *product.TABLE.pick("source", "product_id"),
        *(c.but(required=True) for c in product.TABLE.pick("name", "department", "category", "subcategory", "brand")),
        *product.TABLE.pick("list_price", "unit_cost"),
        product.TABLE["price_currency"].but(required=False),  # nobody knows it of a product that is only named
        *VALIDITY,
        IS_INFERRED,
    ),
    reads=(product.TABLE, order_line.TABLE, return_line.TABLE),
    build=build,
    carries=(product.TABLE,),
    durable_key="product_key",
    natural_key=_ID,
    rebuild=Rebuild(_ID, named_in=("order_line", "return_line")),
    reconciles=(Reconciliation(product.TABLE, known_and_inferred()),),
)
