"""The whole way, raw to warehouse, against figures worked out by hand (see corner_shop/README.md)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shoplake.runs.account import Account
from tests.conftest import Shop, day

FACTS = "select count(*), sum(gross_amount), sum(discount_amount), sum(net_amount) from fact_sales"


def test_every_line_is_in_the_fact(open_shop: Shop) -> None:
    assert open_shop.sql(FACTS) == [(11, Decimal("1007.90"), Decimal("1.50"), Decimal("1006.40"))]


def test_sales_by_currency_leave_out_tests_and_cancellations(open_shop: Shop) -> None:
    found = open_shop.sql("select currency, sum(net_amount) from mart_sales_daily group by 1 order by 1 nulls last")
    assert found == [("EUR", Decimal("43.40")), ("USD", Decimal("19.00"))]


def test_units_are_of_merchandise_only(open_shop: Shop) -> None:
    # 2 + 1 tea and mug of O1, 3 of O2 without its delivery, 2 of O3, 1 + 1 of O4, 1 of O9
    assert open_shop.one("select sum(unit_quantity) from mart_sales_daily") == 11


@pytest.mark.parametrize(
    ("order", "business_date", "instant"),
    [
        ("O2", "2024-03-01", "2024-03-01 22:30:00+00"),
        ("O3", "2024-03-01", "2024-03-02 00:00:00+00"),
        ("O4", "2024-03-02", "2024-03-02 11:00:00+00"),
    ],
)
def test_business_date_is_local_to_the_store(open_shop: Shop, order: str, business_date: str, instant: str) -> None:
    found = open_shop.sql(f"select distinct order_date, ordered_at from fact_sales where order_id = '{order}'")
    assert found == [(day(business_date), instant)]


def test_members(open_shop: Shop) -> None:
    customers = open_shop.sql("select customer_id, is_inferred, customer_key = -1 from dim_customer order by 1")
    assert customers == [("", False, True), ("C1", False, False), ("C2", False, False), ("C3", True, False)]
    products = open_shop.sql("select product_id, is_inferred from dim_product order by 1")
    assert products == [("", False), ("DEL", False), ("P1", False), ("P2", False), ("P9", True)]
    assert open_shop.sql("select name from dim_product where product_id in ('', 'P9')") == [("Unknown",)] * 2


def test_absent_ids_have_member_minus_one(open_shop: Shop) -> None:
    found = open_shop.sql("select order_id, line_number from fact_sales where customer_key = -1 order by 1")
    assert found == [("O3", 1), ("O7", 1)]
    assert open_shop.sql("select order_id, line_number from fact_sales where product_key = -1") == [("O4", 2)]


def test_no_foreign_key_dangles(open_shop: Shop) -> None:
    for fact in ("fact_sales", "fact_returns"):
        for key in ("customer_version_key", "product_version_key", "store_key"):
            dimension = f"dim_{key.partition('_')[0]}"
            sql = f"select count(*) from {fact} where {key} not in (select {key} from {dimension})"
            assert open_shop.one(sql) == 0


def test_returns_are_events_of_their_own_day(open_shop: Shop) -> None:
    found = open_shop.sql(
        "select return_id, return_date, customer_id, store_id, return_amount, currency, return_reason "
        "from fact_returns join dim_customer using (customer_version_key) join dim_store using (store_key) order by 1"
    )
    assert found == [
        ("R1", day("2024-03-05"), "C1", "S1", Decimal("3.75"), "EUR", "damaged"),
        ("R2", day("2024-03-06"), "", "", Decimal("9.00"), "EUR", None),
        # 02:00 in Berlin is the evening before in New York, where the mug was bought in dollars
        ("R3", day("2024-03-04"), "", "S2", Decimal("9.50"), "USD", "second thoughts"),
    ]


def test_customers_are_scored(open_shop: Shop) -> None:
    found = open_shop.sql(
        "select customer_id, order_count, m.reporting_sales_amount, first_order_date, last_order_date, recency_days, "
        "recency_score, frequency_score, monetary_score, customer_type "
        "from mart_customer m join dim_customer using (customer_key) order by 1"
    )
    # Reference date: the day after the last business date, a return on 6 March. Three customers: the lowest
    # of a measure scores 1, the next 1 + floor(5/3) = 2, the highest 1 + floor(10/3) = 4; equals score equal.
    first, second, fourth = day("2024-03-01"), day("2024-03-02"), day("2024-03-04")
    assert found == [
        ("C1", 2, Decimal("20.50"), first, fourth, 3, 4, 4, 4, "returning"),
        ("C2", 1, Decimal("16.90"), first, first, 6, 1, 1, 2, "new"),
        ("C3", 1, Decimal("6.00"), second, second, 5, 2, 1, 1, "new"),
    ]
    assert open_shop.manifest.as_of == day("2024-03-07")


def test_quarantine_names_reason_file_and_row(open_shop: Shop) -> None:
    orders = open_shop.rows("quarantine.corner_shop__orders")
    assert [(r["entity"], r["reasons"], r["_file"], r["_row_number"]) for r in orders] == [
        ("parse", ["not_a_date:placed"], "corner_shop/orders.csv", 8)
    ]
    lines = open_shop.rows("quarantine.corner_shop__lines")
    assert [(r["reasons"], r["_row_number"]) for r in lines] == [(["not_a_number:quantity"], 13), (["ragged_row"], 14)]
    assert lines[1]["row"] == "O8,2,P1"


def test_every_row_is_accounted_for(open_shop: Shop) -> None:
    record = open_shop.run()  # nothing new: the account of what is published
    found = {
        subject: {entry.fate: entry.rows for entry in entries}
        for subject, entries in Account.from_json(record.account).subjects().items()
    }
    assert found["raw -> bronze.corner_shop__lines"] == {"read": 16, "loaded": 16}
    assert found["bronze.corner_shop__lines -> staging.corner_shop__lines"] == {
        "read": 16,
        "loaded": 13,
        "quarantined": 2,
        "blank": 1,
    }
    assert found["staging -> silver.order_line"] == {
        "read": 13,
        "loaded": 11,
        "deduplicated": 1,
        "filtered:training": 1,
    }
    assert found["bronze.corner_shop__orders -> staging.corner_shop__orders"] == {
        "read": 9,
        "loaded": 7,
        "deduplicated": 1,
        "quarantined": 1,
    }
    assert found["silver.order_line -> gold.fact_sales"] == {"read": 11, "loaded": 11}


def test_missing_references_are_reported(open_shop: Shop) -> None:
    record = open_shop.run()
    found = {(m.table, m.column): (m.rows, m.values) for m in Account.from_json(record.account).missing}
    assert found == {
        ("silver.order", "customer_id"): (1, 1),
        ("silver.order_line", "order_id"): (1, 1),
        ("silver.order_line", "product_id"): (1, 1),
        # nobody told what a dollar is worth
        ("gold.fact_sales", "currency"): (1, 1),
        ("gold.fact_returns", "currency"): (1, 1),
    }
