"""What a map may do, and what it is told when it can't."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import yaml

from shoplake.errors import DeclarationError, InputError
from tests.conftest import Shop

RETURNS = "number,order,sku,returned,quantity,amount,reason"


def test_a_map_that_fails_on_a_value(corner_shop: Shop) -> None:
    corner_shop.declare(lambda text: text.replace("channel: channel", "channel: cast(cast(channel as int) as string)"))
    with pytest.raises(InputError) as caught:
        corner_shop.run()
    assert str(caught.value).startswith("scratch.order: an expression of a map fails on a value")
    assert "web" not in str(caught.value)
    assert "try_cast" in str(caught.value)


def test_a_map_that_cannot_work_is_named(corner_shop: Shop) -> None:
    for wrong, what in (
        ("return_reason: array_max(reason)", "map: return_line: return_reason: .*array_max"),
        (
            "return_reason: reason\n    filters: {odd: reason}",
            "map: return_line: filters: odd: it is not true or false",
        ),
    ):
        before = corner_shop.declare(lambda text: text).read_text("utf-8")
        corner_shop.declare(lambda text, wrong=wrong: text.replace("return_reason: reason", wrong))  # type: ignore[misc]
        with pytest.raises(DeclarationError, match=what):
            corner_shop.run()
        corner_shop.declare(lambda text, before=before: before)  # type: ignore[misc]


def test_money_is_not_rounded_behind_your_back(corner_shop: Shop) -> None:
    corner_shop.add("lines.csv", "O9,2,P1,0.3333,0.3333,0")
    corner_shop.run()
    reasons = [
        row["reasons"] for row in corner_shop.rows("quarantine.corner_shop__lines") if row["entity"] == "order_line"
    ]
    assert reasons == [["number_too_large_or_precise:gross_amount", "number_too_large_or_precise:net_amount"]]
    corner_shop.declare(lambda text: text.replace("quantity * price", "round(quantity * price, 2)"))
    corner_shop.run()
    assert corner_shop.one("select net_amount from fact_sales where order_id = 'O9' and line_number = 2") == Decimal(
        "0.11"
    )


def test_a_date_mapped_to_an_instant_is_midnight_at_the_shop(corner_shop: Shop) -> None:
    corner_shop.declare(
        lambda text: (
            text.replace("Europe/Berlin", "America/New_York")
            .replace(
                'returned: {type: timestamp, format: "d.M.yyyy HH:mm"}', 'returned: {type: date, format: "d.M.yyyy"}'
            )
            .replace("return_reason: reason", "return_reason: reason\n      store_id: \"'S1'\"")
        )
    )
    corner_shop.put("returns.csv", f"{RETURNS}\nR1,O1,P1,5.3.2024,1,3.75,damaged\n")
    corner_shop.run()
    found = corner_shop.sql("select return_date, returned_at from fact_returns")
    assert found == [(date(2024, 3, 5), "2024-03-05 05:00:00+00")]


def test_a_later_state_is_told_by_the_feeds_sequence(corner_shop: Shop) -> None:
    """A thing that is mapped from rows of another grain: the row that is later by sequence_by holds."""

    def from_orders(text: str) -> str:
        declared = yaml.safe_load(text)
        declared["change"]["orders"] = {"delivery": "append", "keys": ["number"], "sequence_by": "placed"}
        declared["map"]["customer"] = {
            "feed": "orders",
            "filters": {"guest": "customer is null"},
            "select": {"customer_id": "customer", "city": "number"},
        }
        return str(yaml.safe_dump(declared, sort_keys=False))

    corner_shop.declare(from_orders)
    corner_shop.run()
    assert corner_shop.sql("select city from dim_customer where customer_id = 'C1'") == [("O9",)]
