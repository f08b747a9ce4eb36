"""A thing that the shop sells."""

from decimal import Decimal

from shoplake.contract import Money, Table, Text
from shoplake.silver.columns import SOURCE

TABLE = Table(
    name="silver.product",
    meaning="A thing that the shop sells",
    grain="one row per product of a source",
    key=("source", "product_id"),
    columns=(
        SOURCE,
        Text("product_id", "the source's own product number or SKU", required=True),
        Text("name", "what a customer would call it"),
        Text("department", "first level of the category path"),
        Text("category", "second level of the category path"),
        Text("subcategory", "third level of the category path"),
        Text("brand", "brand, or the kind of brand where the source tells no more"),
        Money("list_price", "price asked without any discount, per unit", minimum=Decimal(0)),
        Money("unit_cost", "what one unit costs the shop", minimum=Decimal(0)),
    ),
)
