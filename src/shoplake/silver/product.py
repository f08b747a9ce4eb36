"""A thing that the shop sells: its category and prices as they were, its name as it is today."""

from decimal import Decimal

from shoplake.contract import Money, Rebuild, Table, Text
from shoplake.silver.columns import SOURCE

TABLE = Table(
    name="silver.product",
    meaning="A thing that the shop sells",
    grain="one row per version of a product of a source: a change of category, brand or price opens one",
    key=("source", "product_id"),
    rebuild=Rebuild(("source", "product_id")),
    columns=(
        SOURCE,
        Text("product_id", "the source's own product number or SKU", required=True),
        Text("name", "what a customer would call it"),
        Text("department", "first level of the category path", tracked=True),
        Text("category", "second level of the category path", tracked=True),
        Text("subcategory", "third level of the category path", tracked=True),
        Text("brand", "brand, or the kind of brand where the source tells no more", tracked=True),
        Money("list_price", "price asked without any discount, per unit", tracked=True, minimum=Decimal(0)),
        Money("unit_cost", "what one unit costs the shop", tracked=True, minimum=Decimal(0)),
    ),
).with_history()
