"""A promotion or campaign: what the shop offered for a while."""

from decimal import Decimal

from shoplake.contract import Column, Date, Rebuild, Table, Text
from shoplake.silver.columns import SOURCE

TABLE = Table(
    name="silver.promotion",
    meaning="A promotion or campaign: what the shop offered for a while",
    grain="one row per promotion of a source",
    key=("source", "promotion_id"),
    rebuild=Rebuild(("source", "promotion_id")),
    columns=(
        SOURCE,
        Text("promotion_id", "the source's own number or code of the promotion", required=True),
        Text("promotion_name", "what a customer would call it"),
        Text("promotion_type", "kind of promotion, in the source's words"),
        Column(
            "discount_rate",
            "decimal(9,6)",
            "share of the price that is taken off, where it is the same for all; 0.2 is 20 %",
            minimum=Decimal(0),
            maximum=Decimal(1),
        ),
        Date("starts_on", "first day"),
        Date("ends_on", "last day"),
    ),
)
