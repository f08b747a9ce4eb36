"""The built-in source `shopify`, against figures worked out by hand (see shopify_shop/README.md)."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop, day

FIXTURES = Path(__file__).parents[1] / "shopify_shop"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    folder = tmp_path_factory.mktemp("shopify_shop")
    (folder / "shoplake.toml").write_text('data = "data"\n', "utf-8")
    shutil.copytree(FIXTURES / "raw", folder / "data" / "raw" / "shopify")
    found = Shop(folder, engine, "shopify")
    found.run()
    return found


@pytest.fixture(scope="module")
def account(shop: Shop) -> Account:
    return Account.from_json(shop.manifest.account)


def test_every_line_is_in_the_fact(shop: Shop) -> None:
    found = shop.sql("select count(*), sum(gross_amount), sum(discount_amount), sum(net_amount) from fact_sales")
    assert found == [(14, Decimal("1079.00"), Decimal("4.00"), Decimal("1075.00"))]


def test_sales_by_currency_leave_out_tests_and_cancellations(shop: Shop) -> None:
    sql = "select currency, sum(net_amount), sum(unit_quantity) from mart_sales_daily group by 1 order by 1"
    assert shop.sql(sql) == [("EUR", Decimal("154.00"), 3), ("USD", Decimal("381.00"), 8)]


def test_net_sales_of_each_order(shop: Shop) -> None:
    found = shop.sql("select order_id, count(*), sum(net_amount) from fact_sales group by 1 order by 1")
    assert [(order[1:], lines, int(net)) for order, lines, net in found] == [
        ("1001", 2, 140),
        ("1002", 3, 154),
        ("1003", 2, 41),
        ("1004", 1, 50),
        ("1005", 1, 400),
        ("1006", 1, 60),
        ("1007", 1, 120),
        ("1008", 1, 30),
        ("1009", 1, 40),
        ("1010", 1, 40),
    ]


def test_orders(shop: Shop) -> None:
    named = ("status", "channel", "is_test", "is_guest", "is_tax_included", "order_discount_amount")
    found = {row["order_id"]: tuple(row[name] for name in named) for row in shop.rows("silver.order")}
    assert found == {
        "#1001": ("completed", "web", False, False, False, 14),
        "#1002": ("completed", "web", False, False, True, 0),
        "#1003": ("completed", "store", False, True, False, None),
        "#1004": ("open", "web", False, True, None, 0),
        "#1005": ("completed", "web", True, False, None, 0),
        "#1006": ("cancelled", "web", False, False, False, 0),
        "#1007": ("completed", "web", False, True, False, 0),
        "#1008": ("completed", "draft", False, True, None, 0),
        "#1010": ("cancelled", "web", False, False, False, 0),
    }


def test_a_time_is_an_instant_and_its_day_is_the_shops(shop: Shop) -> None:
    found = shop.sql("select distinct order_date, ordered_at from fact_sales where order_id in ('#1001', '#1010')")
    assert sorted(found) == [
        (day("2024-05-01"), "2024-05-02 03:30:00+00"),
        (day("2024-05-11"), "2024-05-12 02:00:00+00"),
    ]


def test_customers_are_known_by_number_and_guests_by_address(shop: Shop) -> None:
    found = shop.sql("select customer_id, is_inferred, city from dim_customer order by 1")
    assert found == [
        ("", False, "Unknown"),
        ("9001", False, "New York"),
        ("9002", False, "Paris"),
        ("9003", False, "New York"),
        ("dora@example.org", True, "Unknown"),
    ]
    bought = shop.sql(
        "select order_id, customer_id, store_id from fact_sales join dim_customer using (customer_version_key) "
        "join dim_store using (store_key) group by all order by 1"
    )
    assert bought == [
        ("#1001", "9001", ""),
        ("#1002", "9002", ""),
        ("#1003", "", "Market Hall"),
        ("#1004", "dora@example.org", ""),
        ("#1005", "9001", ""),
        ("#1006", "9002", ""),
        ("#1007", "dora@example.org", ""),
        ("#1008", "", ""),
        ("#1009", "", ""),
        ("#1010", "9002", ""),
    ]


def test_products_go_by_sku_or_name(shop: Shop) -> None:
    found = shop.sql(
        "select product_id, name, department, category, list_price from dim_product where is_current order by 1"
    )
    tableware, clothing = ("Home & Garden", "Kitchen & Dining"), ("Apparel & Accessories", "Clothing")
    assert found == [
        ("", "Unknown", "Unknown", "Unknown", None),
        ("0042", "Linen Shirt - S / Blue", *clothing, 60),
        ("Consultation", "Unknown", "Unknown", "Unknown", None),
        ("Gift Card - $25", "Gift Card - $25", "Vouchers", "Unknown", 25),
        ("Gift Card - $50", "Gift Card - $50", "Vouchers", "Unknown", 50),
        ("Linen Shirt - M / Blue", "Linen Shirt - M / Blue", *clothing, 60),
        ("TEA-POT", "Teapot", *tableware, 40),
        ("Tip", "Unknown", "Unknown", "Unknown", None),
    ]
    none = shop.sql("select order_id, net_amount from fact_sales where not is_merchandise order by 1")
    assert none == [("#1003", 5), ("#1004", 50)]


def test_a_product_is_as_it_was_when_it_was_sold(shop: Shop) -> None:
    """The export of the 12th asks more for the teapot, and knows no shirt in L."""
    versions = "select product_id, list_price, valid_from, valid_to, is_current from dim_product"
    first, twelfth, last = day("1900-01-01"), day("2024-05-12"), day("9999-12-31")
    assert shop.sql(f"{versions} where product_id in ('TEA-POT', '0044') order by 1, 3") == [
        ("0044", 60, first, twelfth, False),
        ("TEA-POT", 38, first, twelfth, False),
        ("TEA-POT", 40, twelfth, last, True),
    ]
    sold = """select distinct order_date < '2024-05-12', list_price from fact_sales
        join dim_product using (product_version_key) where product_id = 'TEA-POT' and order_date is not null"""
    assert shop.sql(sold) == [(True, 38)]


def test_a_refund_is_a_return_on_the_orders_day(shop: Shop) -> None:
    found = shop.sql("select order_id, return_date, return_amount, currency, return_quantity from fact_returns")
    assert found == [("#1001", day("2024-05-01"), Decimal("58.79"), "USD", None)]


def test_every_row_is_accounted_for(account: Account) -> None:
    found = {
        subject.rpartition(" -> ")[2]: {entry.fate: entry.rows for entry in entries if entry.rows}
        for subject, entries in account.subjects().items()
    }
    assert found["staging.shopify__orders"] == {
        "read": 18,
        "filtered:further_line": 6,
        "quarantined": 1,
        "superseded": 2,
        "loaded": 9,
    }
    assert found["staging.shopify__lines"] == {"read": 18, "superseded": 4, "loaded": 14}
    assert found["staging.shopify__reduced"] == {"read": 18, "filtered:full_price": 17, "loaded": 1}
    assert found["staging.shopify__variants"] == {"read": 11, "filtered:picture": 2, "earlier": 4, "loaded": 5}
    assert found["staging.shopify__products"] == {
        "read": 11,
        "filtered:further_row": 6,
        "deduplicated": 2,
        "loaded": 3,
    }
    assert found["staging.shopify__gift_cards"] == {"read": 11, "filtered:no_gift_card": 10, "loaded": 1}
    assert found["staging.shopify__customers"] == {"read": 5, "earlier": 2, "loaded": 3}
    assert found["silver.customer"] == {"read": 5, "unchanged": 2, "loaded": 3}
    assert found["staging.shopify__people"] == {"read": 5, "filtered:no_email": 1, "deduplicated": 1, "loaded": 3}
    assert found["silver.return_line"] == {
        "read": 9,
        "filtered:no_refund": 6,
        "filtered:cancelled": 1,
        "filtered:test": 1,
        "loaded": 1,
    }
    amounts = {(entry.target, entry.fate): entry.amount for entry in account.entries if entry.fate == "superseded"}
    assert amounts["shopify__orders", "superseded"] == Decimal("262.06")
    assert amounts["shopify__lines", "superseded"] == 200


def test_what_is_refused_and_missing(account: Account) -> None:
    assert [(r.table, r.reason, r.rows) for r in account.refused] == [
        ("quarantine.shopify__orders", "not_a_number:total", 1)
    ]
    assert {(m.table, m.column): (m.rows, m.values) for m in account.missing} == {
        ("silver.order", "customer_id"): (2, 1),
        ("silver.order_line", "order_id"): (1, 1),
        ("silver.order_line", "product_id"): (2, 2),
        # nobody told what a euro is worth
        ("gold.fact_sales", "currency"): (3, 1),
        ("gold.fact_payments", "currency"): (1, 1),
    }
