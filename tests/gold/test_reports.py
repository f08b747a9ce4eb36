"""What no figure can have is told, and what doesn't add up stops the run."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import functions as F

from shoplake import gold
from shoplake.errors import QualityError
from shoplake.gold.facts import sales
from shoplake.runs.account import Account
from tests.conftest import Shop

RATES = """\
  exchange_rate:
    feed: rates
    select: {currency: currency, rate_date: day, rate: rate}
"""


def missing(shop: Shop) -> dict[tuple[str, str], tuple[int, int]]:
    """Rows and values by table and what they lack."""
    found = Account.from_json(shop.manifest.account).missing
    return {(each.table, each.wanted): (each.rows, each.values) for each in found}


def with_shipping(text: str) -> str:
    text = text.replace("      currency:\n", "      currency:\n      shipping: {type: decimal}\n", 1)
    text = text.replace("      currency: currency\n", "      currency: currency\n      shipping_amount: shipping\n", 1)
    return text.replace("  orders: {delivery", "  orders: {drift: evolve, delivery", 1)


def test_orders_without_lines_keep_their_shipping(corner_shop: Shop) -> None:
    corner_shop.declare(with_shipping)
    path = corner_shop.raw("orders.csv")
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"{head},shipping", *(f"{row},5.00" for row in rows)]) + "\n", "utf-8")
    corner_shop.add("orders.csv", "O77,C1,S1,2024-03-04 08:00:00,completed,web,EUR,4.00")
    corner_shop.run()
    # O1, O2, O3, O4, O5, O6, O9 have lines
    assert corner_shop.one("select sum(shipping_amount) from fact_sales") == Decimal("35.00")
    assert missing(corner_shop)["silver.order", "silver.order_line"] == (1, 1)
    corner_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO77,1,P2,1,9.00,0\n")
    corner_shop.run()
    assert corner_shop.one("select sum(shipping_amount) from fact_sales") == Decimal("39.00")
    assert ("silver.order", "silver.order_line") not in missing(corner_shop)


def test_a_share_that_is_lost_stops_the_run(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    corner_shop.declare(with_shipping)
    path = corner_shop.raw("orders.csv")
    path.write_text(
        re.sub(
            r"EUR$", "EUR,5.00", path.read_text("utf-8").replace("currency\n", "currency,shipping\n"), flags=re.M
        ).replace("USD\n", "USD,1.00\n"),
        "utf-8",
    )

    def build(*args: Any, **given: Any) -> Any:
        rows = sales.build(*args, **given)
        return rows.withColumn("shipping_amount", (F.col("shipping_amount") - Decimal("0.01")).cast("decimal(18,4)"))

    broken = tuple(replace(t, build=build) if t.name == sales.TABLE.name else t for t in gold.tables())
    monkeypatch.setattr(gold, "tables", lambda *_: broken)
    with pytest.raises(QualityError, match=r"gold.fact_sales: shipping_amount is .*nothing was published"):
        corner_shop.run()


@pytest.mark.long
def test_a_rate_that_comes_late(own_shop: Shop) -> None:
    assert missing(own_shop)["gold.fact_sales", "gold.fact_exchange_rate"] == (1, 1)
    own_shop.put("rates.csv", "day,currency,rate\n2024-02-28,USD,0.9\n")
    feed = "  rates:\n    files: rates*.csv\n    columns: {day: {type: date}, currency: , rate: {type: decimal}}\n"
    change = "  rates: {delivery: append, keys: [day, currency]}\n"
    own_shop.declare(
        lambda text: text.replace("\nchange:\n", f"{feed}\nchange:\n{change}").replace("\nmap:\n", f"\nmap:\n{RATES}")
    )
    own_shop.run()
    assert not [each for each in missing(own_shop) if each[1] == "gold.fact_exchange_rate"]
    # the rate of 28 February holds for seven days
    days = "min(rate_date)::varchar, max(rate_date)::varchar, min(rate)"
    found = own_shop.sql(f"select {days} from fact_exchange_rate where currency = 'USD'")
    assert found == [("2024-02-28", "2024-03-05", Decimal("0.9"))]
    rated = "fact_sales join fact_exchange_rate using (currency, rate_date)"
    assert own_shop.one(f"select sum(sales_amount * rate) from {rated} where order_id = 'O3'") == Decimal("17.1")


def test_another_reporting_currency_alone(own_shop: Shop) -> None:
    (own_shop.project.folder / "shoplake.toml").write_text('[business]\nreporting_currency = "USD"\n', "utf-8")
    shop = Shop(own_shop.project.folder, own_shop.engine)
    record = shop.run()
    assert {"gold.dim_currency", "gold.fact_exchange_rate"} <= record.built.keys()
    assert shop.one("select currency from dim_currency where is_reporting") == "USD"
    assert shop.sql("select distinct currency, rate from fact_exchange_rate") == [("USD", Decimal(1))]


@pytest.mark.long
def test_a_line_of_a_hundred_million(own_shop: Shop) -> None:
    own_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P2,1,100000000.00,0\n")
    own_shop.run()
    rated = "fact_sales join fact_exchange_rate using (currency, rate_date)"
    assert own_shop.one(f"select max(gross_amount * rate) from {rated}") == Decimal("100000000")
    assert own_shop.one('select max("Gross sales") from bi."Sales metrics by month"') > Decimal("100000000")
