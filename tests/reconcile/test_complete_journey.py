"""The demonstration data, from package to warehouse, against figures known from outside the code."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from shoplake.demo import SOURCE, land_demo
from shoplake.gold.marts.attributes import FEWEST, OTHER
from shoplake.gold.marts.closed_cubes import Shown
from shoplake.lake import Engine
from shoplake.metrics.ask import ask
from shoplake.metrics.question import question
from shoplake.runs.account import Account
from shoplake.warehouse.query import ask as ask_warehouse
from tests.conftest import Shop
from tests.gold.cube_shops import Attack, Line, fine, ordered
from tests.metrics.small_gold import CATALOG

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
        ("select sum(reporting_sales_amount) from mart_buyers where attribute_value = '45-54'", Decimal("971822.19")),
        ("select sum(reporting_sales_amount) from mart_cohort", Decimal("4596039.58")),
        ("select count(*) from mart_shared_demographics where is_suppressed", 0),
        ("select min(buyer_count) >= 11 from mart_shared_demographics", True),
        ("select count(*) from (select sum(reporting_sales_amount) as all_sales from mart_shared_demographics "
         "where second_attribute = 'all' group by attribute) where all_sales <> 4596039.58", 0),
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


@pytest.mark.long
def test_nothing_of_few_households_follows_from_the_shared_cubes(journey: Shop) -> None:
    """By linear programming over what is published of ages and incomes in a quarter; a sample of the small cells."""
    lines = [
        Line(*told)
        for told in journey.sql(
            "select order_month, department, customer_key, income_band, age_band, "
            "sum(reporting_sales_amount * 100)::bigint "
            "from mart_customer_department join (select distinct customer_version_key, income_band from dim_customer) "
            "using (customer_version_key) where order_month < '2017-04' group by all order by all"
        )
    ]
    cubes, values, departments = {}, {"gender": set(), "age_band": set()}, set()
    named = {"income_band": "gender", "age_band": "age_band"}  # what the attack calls them
    for period, one, value, other, second, department, people, sales in journey.sql(
        "select period, attribute, attribute_value, second_attribute, second_value, department, buyer_count, "
        "(reporting_sales_amount * 100)::bigint from mart_shared_demographics "
        "where attribute in ('income_band', 'age_band') "
        "and second_attribute in ('all', 'income_band') and (period < '2017-04' or period = '2017-Q1')"
    ):
        told = {named[one]: value} | ({named[other]: second} if other != "all" else {})
        cell = (period if other == "all" else "quarter", told.get("gender"), told.get("age_band"))
        cubes[(*cell, department if other == "all" else None)] = (people, sales)
        for name, each in told.items():
            values[name] |= {each} - {OTHER}
        departments |= {department} - {OTHER, "all"}
    way = Shown({name: frozenset(each) for name, each in values.items()}, len(departments))
    assert set(ordered(lines)[: way.departments]) == departments
    small = sorted((cell for cell, people in fine(lines).items() if people < FEWEST), key=str)
    assert len(small) > 500
    for of_people in (True, False):
        attack = Attack(lines, cubes, way, of_people=of_people)
        for cell in random.Random(1).sample(small, 12):
            assert attack.bounds(cell)[0] < 1e-4, cell


@pytest.mark.parametrize(
    ("metric", "where", "figure"),
    [
        ("net_sales", "department = 'GROCERY'", Decimal("2316393.89")),
        ("net_sales", "age_band <> 'Unknown'", Decimal("2624979.64")),
        ("net_sales", "age_band = '45-54'", Decimal("971822.19")),
        ("net_sales", None, Decimal("4596039.58")),
        ("orders", None, 155_848),
        ("customers", None, 2_469),
    ],
)
def test_metrics(journey: Shop, metric: str, where: str | None, figure: object) -> None:
    asked = question(CATALOG, [metric], where=where)
    answer = ask(asked, lambda sql: ask_warehouse(journey.project.warehouse, sql).rows)
    assert answer.rows == [(figure,)]
    assert answer.cautions == ()


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


@pytest.mark.long
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
