"""What can't be told is refused with the reason and what to do; unknown names are met with the nearest ones."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shoplake.errors import QueryError
from shoplake.metrics.question import question
from tests.metrics.small_gold import CATALOG, SmallGold


@pytest.mark.parametrize(
    ("metrics", "more", "reason"),
    [
        (["new_customers"], {"by": ["department"]}, "it is told of a customer's whole history"),
        (["repeat_purchase_rate"], {"by": ["brand"]}, "one order can have several of brand. Leave one of them out"),
        (["new_customers"], {"where": "department = 'D1'"}, "can't be told by department"),
        (["orders"], {"by": ["return_reason"]}, "it counts movements «sale», which have no return_reason"),
        (["return_rate"], {"by": ["return_reason"]}, "return_reason goes with returns, refunds, returned_units"),
        (["net_sales"], {"where": "return_reason = 'broken'"}, "which have no return_reason"),
        (["returns"], {"by": ["customer_type"]}, "which have no customer_type"),
        (["net_sale"], {}, "there is no metric «net_sale». Did you mean net_sales"),
        (["zzz"], {}, "there is no metric «zzz». There are: "),
        (["net_sales"], {"by": ["departments"]}, "there is no dimension «departments». Did you mean department"),
        (["net_sales.yyo"], {}, "there is no comparison «yyo». Did you mean yoy"),
        ([], {}, "no metric is named"),
        (["net_sales"], {"sort": ["orders"]}, "«orders» isn't asked for. There are: net_sales"),
        (["net_sales"], {"first": date(2021, 2, 1), "last": date(2021, 1, 1)}, "2021-02-01 is after 2021-01-01"),
        (["net_sales"], {"is_converted": False}, "don't add up across currencies. Add currency to --by"),
        (["cost"], {"is_converted": False, "by": ["currency"]}, "it holds amounts in others"),
        (["new_customers"], {"where": "month = '2021-01' or age_band = '18-24'"}, ""),
    ],
)  # fmt: skip
def test_reasons(metrics: list[str], more: dict[str, Any], reason: str) -> None:
    if not reason:  # found where the SQL is made
        with pytest.raises(QueryError, match="mixes time with something else"):
            SmallGold().ask(*metrics, **more)
        return
    with pytest.raises(QueryError) as refused:
        question(CATALOG, metrics, **more)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("metrics", "by"),
    [
        (["new_customers", "returning_customers"], ["month", "age_band", "channel", "store"]),
        (["returns", "returned_units"], ["return_reason", "department"]),
        (["orders", "sales"], ["customer_type", "category"]),
        (["customers", "aov"], ["department"]),
    ],
)
def test_what_can_be_told(metrics: list[str], by: list[str]) -> None:
    assert SmallGold([{"order_date": "2021-03-01"}]).rows(*metrics, by=by) is not None


@pytest.mark.parametrize("days", [{"first": date(1999, 1, 1)}, {"last": date(2031, 1, 1)}])
def test_days_outside_the_calendar(days: dict[str, date]) -> None:
    with pytest.raises(QueryError, match="is outside the calendar. The calendar goes from 2019-01-01 to 2024-12-31"):
        SmallGold().ask("net_sales", **days)
    with pytest.raises(QueryError, match="outside the calendar. Run `shoplake run` first"):
        SmallGold(years=(2020, 2019)).ask("net_sales", **days)


def test_amounts_without_a_rate_are_left_out_and_told() -> None:
    gold = SmallGold(
        [
            {"order_date": "2021-03-01", "gross_amount": 10},
            {"order_date": "2021-03-01", "gross_amount": 20, "currency": "USD", "order_id": "2"},
            {"order_date": "2021-03-01", "gross_amount": 1000, "currency": "GBP", "order_id": "3"},
            {
                "order_date": "2021-03-01",
                "gross_amount": 7,
                "currency": "GBP",
                "order_id": "4",
                "counts_as": "cancelled",
            },
        ],
        rates={"USD": "0.9"},
    )
    answer = gold.ask("net_sales", "orders")
    assert answer.rows == [(28, 3)]
    assert answer.cautions == ("Amounts without an exchange rate on their day are left out: movements 1 in GBP.",)
    assert answer.currency == "EUR"
    by_currency = gold.ask("net_sales", by=["currency"])
    assert by_currency.rows == [("EUR", 10), ("GBP", None), ("USD", 18)]
    assert gold.ask("net_sales", where="currency <> 'GBP'").cautions == ()
    assert gold.ask("orders").cautions == ()
    as_paid = gold.ask("net_sales", by=["currency"], is_converted=False)
    assert as_paid.rows == [("EUR", 10), ("GBP", 1000), ("USD", 20)]
    assert as_paid.cautions == ()


def test_zero_denominators_are_null() -> None:
    gold = SmallGold(
        [{"order_date": "2021-03-01", "gross_amount": 0, "quantity": 0, "customer_key": -1, "is_guest": True}],
        [{"return_date": "2021-03-01", "return_amount": 5, "order_date": "2021-03-01"}],
    )
    asked = [
        *("discount_rate", "return_rate", "price_per_unit", "unit_return_rate", "sales_per_customer", "cost_coverage"),
        *("gross_margin_rate", "purchase_frequency", "repeat_purchase_rate", "net_sales.yoy", "discounts.share"),
    ]
    assert gold.rows(*asked, where="month = '2021-03'") == [(None,) * len(asked)]
    nothing = SmallGold().rows("aov", "orders", "customers.share", "net_sales")
    assert nothing == [(None, 0, None, None)]
