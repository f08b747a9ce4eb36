"""Figures worked out by hand (see hand_shop/README.md), the whole way from raw files to `metrics query`."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import CliRunner

from shoplake.cli import app
from shoplake.lake import Engine
from shoplake.metrics.ask import Answer, ask
from shoplake.metrics.question import question
from shoplake.warehouse.query import ask as ask_warehouse
from tests.conftest import Shop, day
from tests.hand_shop import make_hand_shop
from tests.metrics.small_gold import CATALOG

MONTHS = ("2023-02", "2023-03", "2024-01", "2024-02", "2024-03")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    return make_hand_shop(tmp_path_factory.mktemp("hand_shop"), engine)


def answer(shop: Shop, *metrics: str, **more: Any) -> Answer:
    return ask(question(CATALOG, metrics, **more), lambda sql: ask_warehouse(shop.project.warehouse, sql).rows)


def exact(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("metric", "by_month"),
    [
        ("gross_ordered", ("35", "40", "288", "231.65", "270")),
        ("cancellations", ("0", "0", "50", "30", "0")),
        ("gross_sales", ("35", "40", "238", "201.65", "270")),
        ("discounts", ("0", "0", "13", "4", "57.75")),
        ("included_tax", ("0", "0", "7", "6.65", "0")),
        ("sales", ("35", "40", "218", "191", "212.25")),
        ("returns", ("0", "0", "0", "9", "86")),
        ("refunds", ("0", "0", "0", "9", "91.40")),
        ("net_sales", ("35", "40", "218", "182", "126.25")),
        ("cost", ("8", "0", "48", "30", "38.25")),
        ("costed_sales", ("35", "0", "204.33", "150", "135.25")),
        ("costed_net_sales", ("35", "0", "204.33", "141", "85.25")),
        ("gross_margin", ("27", "0", "156.33", "111", "47")),
        ("gross_margin_rate", (27 / 35, None, 156.33 / 204.33, 111 / 141, 47 / 85.25)),
        ("cost_coverage", (1.0, 0.0, 204.33 / 218, 150 / 191, 135.25 / 212.25)),
        ("tax", ("0", "0", "7", "9.85", "-5.40")),
        ("shipping_revenue", ("0", "0", "5", "3", "4.90")),
        ("shipping_cost", ("0", "0", "4", "0", "6")),
        ("marketing_cost", ("0", "0", "0", "12", "9.50")),
        ("contribution_margin", ("27", "0", "157.33", "102", "36.40")),
        ("payments", ("0", "0", "47", "53.20", "0")),
        ("orders", (2, 1, 5, 9, 9)),
        ("lines", (2, 1, 9, 11, 11)),
        ("units", (3, 1, 20, 13, 17)),
        ("returned_units", (0, 0, 0, 1, 4)),
        ("merchandise_sales", ("35", "40", "213", "186", "207.25")),
        ("aov", ("17.5", "40", "43.6", "21.2222", "23.5833")),
        ("units_per_order", (1.5, 1.0, 4.0, 13 / 9, 17 / 9)),
        ("price_per_unit", ("11.6667", "40", "10.65", "14.3077", "12.1912")),
        ("discount_rate", (0.0, 0.0, 13 / 238, 4 / 201.65, 57.75 / 270)),
        ("return_rate", (0.0, 0.0, 0.0, 9 / 201.65, 86 / 270)),
        ("order_return_rate", (0.0, 0.0, 9 / 238, 40 / 201.65, 46 / 270)),
        ("unit_return_rate", (0.0, 0.0, 0.0, 1 / 13, 4 / 17)),
        ("customers", (2, 1, 4, 6, 6)),
        ("new_customers", (2, 1, 1, 2, 1)),
        ("returning_customers", (0, 0, 3, 4, 5)),
        ("repeat_customers", (0, 0, 3, 4, 5)),
        ("repeat_purchase_rate", (0.0, 0.0, 0.75, 4 / 6, 5 / 6)),
        ("customer_orders", (2, 1, 4, 8, 8)),
        ("purchase_frequency", (1.0, 1.0, 1.0, 8 / 6, 8 / 6)),
        ("customer_sales", ("35", "40", "188", "151", "207.25")),
        ("sales_per_customer", ("17.5", "40", "47", "25.1667", "34.5417")),
        ("guest_order_share", (0.0, 0.0, 0.2, 1 / 9, 1 / 9)),
        ("net_sales.year_ago", (None, None, None, "35", "40")),
        ("net_sales.yoy", (None, None, None, 182 / 35 - 1, 126.25 / 40 - 1)),
        ("net_sales.month_ago", (None, "35", None, "218", "182")),
        ("net_sales.mom", (None, 40 / 35 - 1, None, 182 / 218 - 1, 126.25 / 182 - 1)),
        ("net_sales.share", (35 / 601.25, 40 / 601.25, 218 / 601.25, 182 / 601.25, 126.25 / 601.25)),
    ],
)
def test_by_month(shop: Shop, metric: str, by_month: tuple[Any, ...]) -> None:
    found = dict(answer(shop, metric, by=["month"]).rows)
    for month, value in zip(MONTHS, by_month, strict=True):
        expected = exact(value)
        if isinstance(expected, float):
            expected = pytest.approx(expected, rel=1e-12)
        given = found.get(month)
        assert (given or 0 if expected == 0 else given) == expected, month


@pytest.mark.parametrize(
    ("metrics", "more", "rows"),
    [
        ("net_sales,gross_sales,sales", {}, [("601.25", "784.65", "696.25")]),
        ("orders,customers,new_customers,repeat_customers", {}, [(26, 7, 7, 5)]),
        ("customers,new_customers,returning_customers", {"by": "year"}, [(2023, 3, 3, 0), (2024, 7, 4, 3)]),
        ("net_sales", {"by": "month", "basis": "order"},
         [("2023-02", "35"), ("2023-03", "40"), ("2024-01", "209"), ("2024-02", "151"), ("2024-03", "166.25")]),
        ("sales", {"by": "age_band", "where": "month = '2024-02'"},
         [("18-24", "20"), ("25-34", "50"), ("35-44", "35"), ("65+", "36"), ("Unknown", "50")]),
        ("net_sales", {"by": "age_band", "where": "month = '2024-03'"},
         [("18-24", "33.25"), ("25-34", "33"), ("35-44", "9"), ("65+", "0"), ("Unknown", "51")]),
        ("net_sales", {"by": "age_band", "where": "month = '2024-02' and age_band = '18-24'"}, [("18-24", "11")]),
        ("customers", {"by": "age_band", "where": "month = '2024-02'"},
         [("18-24", 2), ("25-34", 1), ("35-44", 1), ("65+", 1), ("Unknown", 2)]),
        ("customers.share", {"by": "age_band", "where": "month = '2024-02'"},
         [("18-24", 2 / 6), ("25-34", 1 / 6), ("35-44", 1 / 6), ("65+", 1 / 6), ("Unknown", 2 / 6)]),
        ("sales.share", {"by": "age_band", "where": "month = '2024-02'"},
         [("18-24", 20 / 191), ("25-34", 50 / 191), ("35-44", 35 / 191), ("65+", 36 / 191), ("Unknown", 50 / 191)]),
        ("sales", {"by": "city", "where": "month = '2024-02'"},
         [("Berlin", "30"), ("Boston", "10"), ("Hamburg", "65"), ("Munich", "36"), ("Unknown", "50")]),
        ("sales", {"by": "department", "where": "month = '2024-01'"},
         [("Food", "135.66"), ("Home", "77.34"), ("Service", "5")]),
        ("sales", {"by": "department", "where": "month = '2024-02'"},
         [("Food", "60"), ("Home", "126"), ("Service", "5")]),
        ("sales", {"by": "department", "where": "month = '2024-03'"},
         [("Food", "76.625"), ("Home", "103.625"), ("Media", "27"), ("Service", "5")]),
        ("shipping_revenue,shipping_cost", {"by": "department", "where": "year = 2024 and date = '2024-01-10'"},
         [("Food", "3.21", "2.57"), ("Home", "1.79", "1.43")]),
        ("shipping_revenue", {"by": "department", "where": "month = '2024-02'"},
         [("Food", "0.86"), ("Home", "1.71"), ("Service", "0.43")]),
        ("included_tax", {"by": "department", "where": "month = '2024-02'"},
         [("Food", "1.90"), ("Home", "3.80"), ("Service", "0.95")]),
        ("discounts", {"by": "product", "where": "date = '2024-01-20'"},
         [("Lamp", "3.33"), ("Mug", "3.33"), ("Tea", "3.34")]),
        ("sales,aov,orders", {"by": "channel", "where": "month = '2024-01'"},
         [("store", "120", "60", 2), ("web", "98", "32.6667", 3)]),
        ("sales", {"by": "store", "where": "month = '2024-02' and channel = 'store' and currency <> 'GBP'"},
         [("New York", "50")]),
        ("sales", {"by": "currency", "first": "2024-02-01", "last": "2024-02-29"},
         [("EUR", "141"), ("GBP", None), ("USD", "50")]),
        ("sales", {"by": "currency", "where": "month = '2024-02'", "is_converted": False},
         [("EUR", "141"), ("GBP", "13"), ("USD", "62.50")]),
        ("sales", {"where": "date = '2024-02-29'"}, [("76",)]),
        ("sales,orders", {"first": "2024-03-01", "last": "2024-03-04"}, [(None, 0)]),
        ("sales", {"by": "customer_type", "where": "month = '2024-01'"},
         [("First order", "26"), ("Guest", "30"), ("Later order", "162")]),
        ("returns,returned_units", {"by": "return_reason"},
         [("Unknown", "10", 1), ("damaged", "45", 2), ("second thoughts", "20", 1), ("wrong size", "20", 1)]),
        ("payments", {"by": "payment_method"}, [("card", "57"), ("cash", "43.20")]),
        ("marketing_cost", {"by": "campaign"}, [("spring ads", "9.50"), ("winter ads", "12")]),
        ("net_sales.year_ago,net_sales.yoy", {"first": "2024-02-01", "last": "2024-02-29"}, [("35", 182 / 35 - 1)]),
        ("net_sales.weekday_ago", {"first": "2024-03-03", "last": "2024-03-03"}, [("40",)]),
        ("net_sales.28d,customers.28d", {"by": "date", "where": "date = '2024-02-29' or date = '2024-03-10'"},
         [(date(2024, 2, 29), "182", 6), (date(2024, 3, 10), "201.25", 6)]),
        ("sales", {"by": "quarter,is_weekend", "where": "year = 2024"},
         [("2024-Q1", False, "407"), ("2024-Q1", True, "214.25")]),
        ("aov", {"by": "month", "where": "department = 'Home'", "sort": "-aov", "limit": 2},
         [("2023-03", "40"), ("2024-03", "25.9063")]),
    ],
)  # fmt: skip
def test_by_other_things(shop: Shop, metrics: str, more: dict[str, Any], rows: list[tuple[Any, ...]]) -> None:
    asked = dict(more)
    for name in ("first", "last"):
        if name in asked:
            asked[name] = day(asked[name])
    for name in ("by", "sort"):
        if name in asked:
            asked[name] = asked[name].split(",")
    found = answer(shop, *metrics.split(","), **asked).rows
    texts = len(asked.get("by", ()))
    expected = [(*row[:texts], *(exact(value) for value in row[texts:])) for row in rows]
    assert [tuple(pytest.approx(v, rel=1e-12) if isinstance(v, float) else v for v in row) for row in expected] == found


def test_what_has_no_rate_is_told(shop: Shop) -> None:
    assert answer(shop, "net_sales").cautions == (
        "Amounts without an exchange rate on their day are left out: movements 1 in GBP.",
    )
    assert answer(shop, "net_sales", where="month = '2024-01'").cautions == ()


def test_views_for_people_hold_the_same(shop: Shop) -> None:
    figures = '"Net sales", "Customers", "Average order value"'
    sql = f"""select {figures} from bi."Sales metrics by month" where "Month" = '2024-01'"""
    assert shop.sql(sql) == [(218, 4, Decimal("43.6"))]


def test_the_command_answers_the_same(shop: Shop) -> None:
    def run(*arguments: str) -> str:
        found = CliRunner().invoke(app, ["--project", str(shop.project.folder), "metrics", *arguments])
        assert found.exit_code == 0, found.output
        return found.stdout

    where = ("--where", "month = '2024-02'")
    shown = run("query", "net_sales,aov,net_sales.yoy", "--by", "month", *where)
    assert shown.splitlines() == [
        "month    net_sales EUR  aov EUR  net_sales.yoy %",
        "2024-02         182.00    21.22            420.0",
        "(1 row)",
    ]
    found = json.loads(run("query", "sales,customers.share", "--by", "age_band", "--json", *where), parse_float=Decimal)
    assert found[1] == {"age_band": "25-34", "sales": Decimal("50.00"), "customers.share": Decimal(str(1 / 6))}
    assert run("query", "cost", "--by", "month", "--csv").splitlines()[-1] == "2024-03,38.25"
    assert "Gross margin over the net sales that it is of." in run("show", "gross_margin_rate")
    assert "DATEADD(MONTH, 12" in run("show", "net_sales.yoy", "--dialect", "tsql")
    assert "version: '0.1'" in run("view", "sales", "--engine", "spark")
    assert "net_sales" in run("list")
