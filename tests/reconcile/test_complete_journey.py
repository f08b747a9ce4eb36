"""The demonstration data, from package to warehouse, against figures known from outside the code."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shoplake.demo import SOURCE, land_demo
from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop

DEMOGRAPHIC = "from fact_sales join dim_customer using (customer_version_key) where not is_inferred"


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("journey"), engine, SOURCE)
    land_demo(shop.project.raw)
    shop.run()
    return shop


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("select count(*) from fact_sales", 1_469_307),
        ("select count(distinct order_id) from fact_sales", 155_848),
        ("select count(distinct customer_key) from fact_sales", 2_469),
        ("select sum(net_amount) from fact_sales", Decimal("4596039.58")),
        ("select sum(net_amount) from mart_sales_daily", Decimal("4596039.58")),
        ("select sum(reporting_net_amount) from mart_customer", Decimal("4596039.58")),
        (f"select sum(net_amount) {DEMOGRAPHIC}", Decimal("2624979.64")),
        ("select sum(net_amount) from mart_sales_daily where age_band <> 'Unknown'", Decimal("2624979.64")),
        ("select count(*) from dim_customer where age_band = '45-54'", 288),
        ("select sum(net_amount) from mart_sales_daily where age_band = '45-54'", Decimal("971822.19")),
        ("select sum(net_amount) from mart_sales_daily where department = 'GROCERY'", Decimal("2316393.89")),
        ("select count(*) from fact_sales where quantity = 0", 8_869),
        # gross is net + retail discount (791,650.64) + coupon match (4,542.65)
        ("select sum(gross_amount) from fact_sales", Decimal("4596039.58") + Decimal("791650.64") + Decimal("4542.65")),
        ("select sum(discount_amount) from fact_sales", Decimal("791650.64") + Decimal("4542.65")),
        ("select min(order_date)::varchar || ' ' || max(order_date)::varchar from fact_sales", "2017-01-01 2017-12-31"),
        ("select count(*) from dim_product where is_inferred", 17),
        ("select count(*) from fact_sales join dim_product using (product_version_key) where is_inferred", 4_836),
        ("select count(*) from dim_customer where is_inferred", 1_668),
        ("select count(*) from fact_sales where -1 in (customer_key, product_key, store_key)", 0),
        # 129.7 million of FUEL alone would drown every other unit
        ("select count(*) from fact_sales f join dim_product using (product_version_key) "
         "where department = 'FUEL' and f.is_merchandise", 0),
    ],
)  # fmt: skip
def test_figures(journey: Shop, question: str, answer: object) -> None:
    assert journey.one(question) == answer


def test_account(journey: Shop) -> None:
    record = journey.run()
    assert record.outcome == "unchanged"
    account = Account.from_json(record.account)
    assert account.refused == []
    assert {(m.column, m.rows, m.values) for m in account.missing} == {
        ("product_id", 4_836, 17),
        ("customer_id", 74_031, 1_668),
        ("customer_id", 433, 115),  # of redeemed coupons
    }


def test_keys_are_the_same_after_a_full_rebuild(journey: Shop) -> None:
    """Order independence on the way: the raw files are renamed, so that they are read in another order."""
    sql = "select * from (select hash(f) h from fact_sales f) order by h"
    before = journey.sql(f"select count(*), sum(h::hugeint) from ({sql})")
    months = sorted(journey.raw("x").parent.glob("transactions_*.csv"))
    for number, path in enumerate(reversed(months)):
        path.rename(path.with_name(f"transactions_{number:02}.csv"))
    record = journey.run(full=True)
    assert record.outcome == "published"
    assert journey.sql(f"select count(*), sum(h::hugeint) from ({sql})") == before
