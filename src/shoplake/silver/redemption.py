"""A coupon that a customer handed in."""

from shoplake.contract import Date, Rebuild, Reference, Table, Text
from shoplake.silver import customer, promotion
from shoplake.silver.columns import SOURCE

TABLE = Table(
    name="silver.redemption",
    meaning="A coupon that a customer handed in",
    grain="one row per redeemed coupon",
    key=("source", "redemption_id"),
    rebuild=Rebuild(("source", "redemption_id")),
    columns=(
        SOURCE,
        Text("redemption_id", "the source's own number, or what tells one from another", required=True),
        customer.TABLE["customer_id"].but(required=False),
        promotion.TABLE["promotion_id"].but(required=False),
        Text("coupon_code", "the code or number on the coupon"),
        Date("redemption_date", "the day on which it was handed in", required=True),
    ),
    references=(Reference("customer_id", customer.TABLE), Reference("promotion_id", promotion.TABLE)),
    is_event=True,
)
