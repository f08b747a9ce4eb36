"""The marts of products, returns and the bridge: figures worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pyspark.sql import DataFrame

from shoplake.contract import Table
from shoplake.gold.facts import exchange_rate, sales
from shoplake.gold.marts import affinity, product, product_class
from shoplake.lake import Engine
from shoplake.lake.schema import spark_schema
from tests.conftest import Shop, day


def frame(engine: Engine, table: Table, rows: list[dict[str, Any]], **others: Any) -> DataFrame:
    """Rows of a table, of which only some columns are told."""
    full = [tuple({**dict.fromkeys(table.column_names), **others, **row}.values()) for row in rows]
    return engine.createDataFrame(full, spark_schema(table))


def rows_of(built: DataFrame, *key: str) -> dict[Any, Any]:
    return {tuple(row[name] for name in key) if key[1:] else row[key[0]]: row for row in built.collect()}


# Corner shop, see its README: ordered 8 + 9 + 12 + 4.90 + 5 + 1 + 4 in euros and 40 cancelled; 20 dollars.
BRIDGE = {
    "EUR": ("83.90", "40.00", "43.90", "0.50", "43.40", "12.75", "30.65"),
    "USD": ("20.00", "0.00", "20.00", "1.00", "19.00", "9.50", "9.50"),
}


@pytest.mark.parametrize("basis", ["order_date", "event_date"])
def test_bridge_of_the_corner_shop(open_shop: Shop, basis: str) -> None:
    steps = ("ordered", "cancelled", "gross", "discount", "sales", "returned", "net_sales")
    sums = ", ".join(f"sum({step}_amount)" for step in steps)
    found = open_shop.sql(f"select currency, {sums} from mart_sales_bridge where basis = '{basis}' group by 1")
    assert {row[0]: row[1:] for row in found} == {c: tuple(map(Decimal, each)) for c, each in BRIDGE.items()}


def test_days_of_returns_of_the_corner_shop(open_shop: Shop) -> None:
    """The tea of O1 and the mug of O3 (both of 1 March), and a mug whose order nobody knows."""
    sql = (
        "select basis, date, returned_amount, undated_returned_amount from mart_sales_bridge where returned_amount > 0"
    )
    tea, mug, other = Decimal("3.75"), Decimal("9.50"), Decimal("9.00")
    assert sorted(open_shop.sql(sql)) == [
        ("event_date", day("2024-03-04"), mug, 0),
        ("event_date", day("2024-03-05"), tea, 0),
        ("event_date", day("2024-03-06"), other, other),
        ("order_date", day("2024-03-01"), tea, 0),
        ("order_date", day("2024-03-01"), mug, 0),
        ("order_date", day("2024-03-06"), other, other),
    ]


def test_returns_of_the_corner_shop(open_shop: Shop) -> None:
    sql = "select return_reason, department, return_line_count, return_amount, dated_return_line_count,"
    found = open_shop.sql(f"{sql} days_to_return from mart_returns where return_line_count > 0")
    assert sorted(found) == [
        ("Unknown", "HOME", 1, Decimal("9.00"), 0, 0),
        ("damaged", "FOOD", 1, Decimal("3.75"), 1, 4),
        ("second thoughts", "HOME", 1, Decimal("9.50"), 1, 3),
    ]
    # 3.75 of tea came back, of 8 + 12 + 4 sold
    rate = "sum(return_amount) / sum(gross_amount) from mart_returns where department = 'FOOD'"
    assert open_shop.one(f"select {rate}") == pytest.approx(3.75 / 24)


def test_a_product_costs_what_its_version_cost_that_day(engine: Engine) -> None:
    told = [(11, "EUR", 2, 30), (12, "EUR", 1, 20), (13, "EUR", 1, 9), (11, "GBP", 1, 7)]  # 13 has no cost, GBP no rate
    amounts = ("gross_amount", "net_amount", "sales_amount")
    made = [
        {"product_version_key": version, "currency": currency, "quantity": Decimal(quantity)}
        | dict.fromkeys(amounts, Decimal(amount))
        for version, currency, quantity, amount in told
    ]
    zero = {
        "product_key": 1,
        "discount_amount": Decimal(0),
        "counts_as": "sale",
        "is_merchandise": True,
        "order_month": "2024-03",
    }
    sold = frame(engine, sales.TABLE, made, **zero, rate_date=day("2024-03-01"))
    costs = [(11, "5.0000", "USD"), (12, "6.0000", "EUR"), (13, None, "EUR")]
    goods = engine.createDataFrame(
        [(key, cost and Decimal(cost), currency) for key, cost, currency in costs],
        "product_version_key bigint, unit_cost decimal(18,4), price_currency string",
    )
    rates = frame(
        engine,
        exchange_rate.TABLE,
        [{"currency": "EUR", "rate": Decimal(1)}, {"currency": "USD", "rate": Decimal("0.91234567")}],
        rate_date=day("2024-03-01"),
    )
    found = rows_of(product.build(product.TABLE, sold, goods, rates), "currency")
    euros, pounds = found["EUR"], found["GBP"]
    assert euros["reporting_cost_amount"] == 2 * 5 * Decimal("0.91234567") + 6
    assert (euros["reporting_costed_sales_amount"], euros["costed_line_count"]) == (50, 2)
    assert (euros["reporting_sales_amount"], euros["converted_unit_quantity"], euros["line_count"]) == (59, 4, 3)
    assert (pounds["sales_amount"], pounds["reporting_sales_amount"], pounds["unconverted_line_count"]) == (7, 0, 1)
    assert (pounds["reporting_cost_amount"], pounds["costed_line_count"], pounds["converted_unit_quantity"]) == (
        0,
        0,
        0,
    )


# product -> units and sales of the year before, of this year; then its class and effects.
CLASSES = {
    1: ("10", "100", "12", "132", "A", {"volume": "20", "price": "12"}),
    2: ("3", "10", "1", "5", "C", {"volume": "-6.6667", "price": "1.6667"}),
    3: ("0", "0", "4", "50", "A", {"new": "50"}),
    4: ("2", "40", "0", "0", "C", {"vanished": "-40"}),
    5: ("0", "5", "0", "8", "B", {"other": "3"}),  # it has no units
    6: ("8", "8", "8", "8", "B", {}),  # sells as much as 5: one class
    -1: ("0", "0", "1", "7", "Unknown", {"new": "7"}),
}


def test_classes_and_effects(engine: Engine) -> None:
    """Reference date 15 March 2025: March 2024 to February 2025, and the twelve months before."""
    told = []
    for key, (units_before, before, units, now, *_) in CLASSES.items():
        # in two months each, the first and the last of the year
        years = (("2023-03", "2024-02", units_before, before), ("2024-03", "2025-02", units, now))
        for first, last, quantity, amount in years:
            told.append((key, first, Decimal(quantity), Decimal(amount) / 4))
            told.append((key, last, Decimal(0), Decimal(amount) * 3 / 4))
        told += [(key, month, Decimal(99), Decimal(999)) for month in ("2023-02", "2025-03")]  # out of either year
    rows = [
        {"product_key": k, "order_month": m, "converted_unit_quantity": q, "reporting_sales_amount": a, "line_count": 1}
        for k, m, q, a in told
    ]
    nothing = dict.fromkeys(("reporting_cost_amount", "reporting_costed_sales_amount"), Decimal(0))
    months = frame(engine, product.TABLE, rows, **nothing)
    built = product_class.build(product_class.TABLE, months, as_of=day("2025-03-15"))
    found = rows_of(built, "product_key")
    assert found.keys() == CLASSES.keys()
    for key, (units_before, before, units, now, abc, effects) in CLASSES.items():
        row = found[key]
        assert (row["from_month"], row["to_month"], row["abc_class"]) == ("2024-03", "2025-02", abc)
        assert row["previous_unit_quantity"] == Decimal(units_before)
        assert row["converted_unit_quantity"] == Decimal(units)
        change = Decimal(now) - Decimal(before)
        assert row["reporting_sales_amount"] - row["reporting_previous_sales_amount"] == change
        told_effects = {n: row[f"reporting_{n}_effect_amount"] for n in ("volume", "price", "new", "vanished", "other")}
        assert told_effects == {n: Decimal(effects.get(n, 0)) for n in told_effects}
        assert sum(told_effects.values()) == change
    ranks = {key: row["sales_rank"] for key, row in found.items()}
    assert ranks == {1: 1, 3: 2, 5: 3, 6: 3, 2: 5, 4: 6, -1: None}


def test_what_is_bought_together(engine: Engine) -> None:
    """Tea (1) and mugs (2) are together in 3 of 5 orders, and in one that was long ago; cake (3) is with tea once."""
    baskets = {"a": [1, 2], "b": [1, 2, 2], "c": [2, 1], "d": [1, 3], "e": [1], "old": [1, 2]}
    baskets["huge"] = [1, 2, *[9] * 99]
    lines = [
        {"order_id": order, "line_number": at, "product_key": key}
        for order, keys in baskets.items()
        for at, key in enumerate([*keys, -1])  # a line without a product is in no pair
    ]
    for line in lines:
        line["order_date"] = day("2023-03-14" if line["order_id"] == "old" else "2024-03-01")
        line["order_month"] = f"{line['order_date']:%Y-%m}"
    sold = frame(engine, sales.TABLE, lines, source="s", counts_as="sale", is_merchandise=True)
    of_months = [{"product_key": key, "line_count": 9} for key in (1, 2, 3, 9)]
    months = frame(engine, product.TABLE, of_months, order_month="2024-03")

    def built(share: float, orders: int, on: str = "2024-03-15") -> list[tuple[Any, ...]]:
        return [tuple(row) for row in affinity.build(affinity.TABLE, sold, months, day(on), share, orders).collect()]

    pair = (1, 2, 3, 5, 3, 5, Decimal("0.6"), Decimal("0.6"), Decimal(1), Decimal(1))
    assert built(0.6, 1) == built(0.001, 3) == [pair]
    assert built(0.61, 1) == built(0.001, 4) == []
    assert sorted(built(0.2, 1)) == [
        pair,
        (1, 3, 1, 5, 1, 5, Decimal("0.2"), Decimal("0.2"), Decimal(1), Decimal(1)),
    ]
    assert built(0.001, 1, "2024-02-29") == [(1, 2, 1, 1, 1, 1, 1, 1, 1, 1)]
