"""The marts of products, returns and the bridge over random shops, worked out anew from the facts by another engine."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shoplake.lake import Engine
from tests.conftest import Shop, day
from tests.runs import shops

GRAIN = ("date", "department", "channel", "currency")
BASES = {"order_date": "coalesce(r.order_date, r.return_date)", "event_date": "r.return_date"}
STEPS = ("ordered_amount", "cancelled_amount", "discount_amount", "order_discount_amount", "included_tax_amount")
# Each step of the bridge, of lines and of returns, from the facts.
FACTS = """
    select {day_of_sale} as date, p.department, coalesce(f.channel, 'Unknown') as channel, f.currency, x.rate,
        f.gross_amount as ordered_amount, if(f.counts_as = 'cancelled', f.gross_amount, 0) as cancelled_amount,
        if(f.counts_as = 'sale', f.discount_amount, 0) as discount_amount,
        if(f.counts_as = 'sale', f.order_discount_amount, 0) as order_discount_amount,
        if(f.counts_as = 'sale', f.included_tax_amount, 0) as included_tax_amount, 0 as returned_amount
    from fact_sales f join dim_product p using (product_version_key)
    left join fact_exchange_rate x on x.currency = f.currency and x.rate_date = f.rate_date
    where f.counts_as <> 'nothing'
    union all
    select {day_of_return}, p.department, coalesce(r.channel, 'Unknown'), r.currency, x.rate,
        0, 0, 0, 0, 0, r.return_amount - r.return_tax_amount
    from fact_returns r join dim_product p using (product_version_key)
    left join fact_exchange_rate x on x.currency = r.currency and x.rate_date = r.rate_date
    where not coalesce(r.is_test, false)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    folder = tmp_path_factory.mktemp("marts")
    shops.project(folder)
    settings = 'data = "data"\n[business]\nreporting_currency = "USD"\naffinity_orders = 2\naffinity_share = 0.000001\n'
    (folder / "shoplake.toml").write_text(settings, "utf-8")
    made = Shop(folder, engine, "many")
    for feed, rows in shops.shops(80, seed=23).items():
        made.put(f"{feed}.csv", shops.text(feed, rows))
    made.run(as_of=day("2024-02-01"))
    return made


def grains() -> Iterator[tuple[str, ...]]:
    for size in range(len(GRAIN) + 1):
        yield from itertools.combinations(GRAIN, size)


@pytest.mark.parametrize("basis", BASES)
def test_the_bridge_equals_the_facts_at_every_grain(shop: Shop, basis: str) -> None:
    facts = FACTS.format(day_of_sale="f.order_date", day_of_return=BASES[basis])
    assert shop.one(f"select count(distinct rate is null) from ({facts})") == 2  # some lack a rate
    sums = [f"sum({name})" for name in (*STEPS, "returned_amount")]
    sums += [f"coalesce(sum({name} * rate), 0)" for name in (*STEPS, "returned_amount")]
    own = [f"sum({name})" for name in (*STEPS, "returned_amount")]
    own += [f"sum(reporting_{name})" for name in (*STEPS, "returned_amount")]
    for grain in grains():
        by = "".join(f"{name}, " for name in grain)
        wanted = shop.sql(f"select {by}{', '.join(sums)} from ({facts}) group by all order by all")
        mart = f"select {by}{', '.join(own)} from mart_sales_bridge where basis = '{basis}' group by all order by all"
        assert shop.sql(mart) == wanted
        assert len(wanted) == 1 or grain


def test_every_row_of_the_bridge_closes(shop: Shop) -> None:
    for kind in ("", "reporting_"):
        steps = " - ".join(f"{kind}{name}" for name in STEPS)
        wrong = f"{steps} <> {kind}sales_amount or {kind}sales_amount - {kind}returned_amount <> {kind}net_sales_amount"
        assert shop.one(f"select count(*) from mart_sales_bridge where {wrong}") == 0
    assert shop.one("select count(*) filter (net_sales_amount <> ordered_amount) from mart_sales_bridge") > 0


def test_both_bases_have_the_same_total_and_other_days(shop: Shop) -> None:
    sql = "select sum(net_sales_amount), sum(reporting_net_sales_amount) from mart_sales_bridge where basis = '{}'"
    assert shop.sql(sql.format("order_date")) == shop.sql(sql.format("event_date"))
    by_day = "select date, sum(returned_amount) from mart_sales_bridge where basis = '{}' group by 1 order by 1"
    assert shop.sql(by_day.format("order_date")) != shop.sql(by_day.format("event_date"))
    undated = shop.one("select sum(return_amount - return_tax_amount) from fact_returns where order_date is null")
    assert undated > 0
    assert shop.sql("select basis, sum(undated_returned_amount) from mart_sales_bridge group by 1 order by 1") == [
        (basis, undated) for basis in sorted(BASES)
    ]


def test_products_equal_the_facts(shop: Shop) -> None:
    wanted = shop.sql("""
        select f.product_key, f.order_month, f.currency, count(*), sum(f.quantity), sum(f.sales_amount),
            coalesce(sum(f.sales_amount * x.rate), 0),
            coalesce(sum(if(x.rate is null, null, (f.quantity * p.unit_cost)::decimal(19, 8) * c.rate)), 0),
            coalesce(sum(if(p.unit_cost * c.rate is null, null, f.sales_amount * x.rate)), 0)
        from fact_sales f join dim_product p using (product_version_key)
        left join fact_exchange_rate x on x.currency = f.currency and x.rate_date = f.rate_date
        left join fact_exchange_rate c on c.currency = p.price_currency and c.rate_date = f.rate_date
        where counts_as = 'sale' group by all order by all""")
    own = "product_key, order_month, currency, line_count, unit_quantity, sales_amount, reporting_sales_amount"
    costs = "reporting_cost_amount, reporting_costed_sales_amount"
    assert shop.sql(f"select {own}, {costs} from mart_product order by all") == wanted
    assert 0 < shop.one("select sum(costed_line_count) / sum(line_count) from mart_product") < 1


def test_classes_are_those_of_a_sorted_list(shop: Shop) -> None:
    sales = dict(shop.sql("select product_key, sum(reporting_sales_amount) from mart_product group by 1"))
    known = sorted((amount for key, amount in sales.items() if key != -1), reverse=True)
    total = sum(known)

    def class_of(key: int) -> str:
        more = sum(amount for amount in known if amount > sales[key])
        if key == -1:
            return "Unknown"
        return "A" if more < total * 80 / 100 else "B" if more < total * 95 / 100 else "C"

    found = dict(shop.sql("select product_key, abc_class from mart_product_class"))
    assert found == {key: class_of(key) if key == -1 or sales[key] > 0 else "C" for key in sales}
    assert set(found.values()) == {"A", "B", "C", "Unknown"}
    ranks = dict(shop.sql("select product_key, sales_rank from mart_product_class where product_key <> -1"))
    assert ranks == {key: 1 + sum(a > max(sales[key], 0) for a in known) for key in ranks}


def test_pairs_are_those_of_every_order(shop: Shop) -> None:
    orders: dict[str, set[int]] = {}
    sql = "select order_id, product_key from fact_sales where counts_as = 'sale' and is_merchandise"
    for order, key in shop.sql(f"{sql} and product_key <> -1 and order_date between '2023-02-01' and '2024-01-31'"):
        orders.setdefault(order, set()).add(key)
    alone = Counter(key for keys in orders.values() for key in keys)
    pairs = Counter(pair for keys in orders.values() for pair in itertools.combinations(sorted(keys), 2))
    wanted = {(a, b): (n, alone[a], alone[b], len(orders)) for (a, b), n in pairs.items() if n >= 2}
    found: dict[Any, tuple[Any, ...]] = {row[:2]: row[2:] for row in shop.sql("select * from mart_affinity")}
    assert {pair: row[:4] for pair, row in found.items()} == wanted
    assert 0 < len(wanted) < len(pairs)
    for (n, one, other, every), row in ((row[:4], row) for row in found.values()):
        ratios = (n / every, n / one, n / other, n * every / (one * other))
        assert row[4:] == tuple(round(Decimal(ratio), 8) for ratio in ratios)


def test_returns_equal_the_facts(shop: Shop) -> None:
    wanted = shop.sql("""
        select r.return_month, coalesce(r.return_reason, 'Unknown'), p.department, p.category, r.currency, count(*),
            sum(r.return_amount), coalesce(sum(r.return_amount * x.rate), 0), count(r.order_date),
            coalesce(sum(date_diff('day', r.order_date, r.return_date)), 0), count(*) - count(x.rate)
        from fact_returns r join dim_product p using (product_version_key)
        left join fact_exchange_rate x on x.currency = r.currency and x.rate_date = r.rate_date
        where not coalesce(r.is_test, false) group by all order by all""")
    mart = "select year_month, return_reason, department, category, currency, sum(return_line_count)::bigint,"
    mart += " sum(return_amount), sum(reporting_return_amount), sum(dated_return_line_count)::bigint,"
    mart += " sum(days_to_return)::bigint, sum(unconverted_return_line_count)::bigint from mart_returns"
    assert shop.sql(f"{mart} where return_reason <> 'All sales' group by all order by all") == wanted
    sales = "sum(line_count), sum(gross_amount), sum(sales_amount), sum(reporting_sales_amount)"
    of_mart = shop.sql(f"select {sales} from mart_returns where return_reason = 'All sales'")
    assert of_mart == shop.sql(f"select {sales} from mart_returns") == shop.sql(f"select {sales} from mart_product")


def test_an_increment_builds_the_touched_days_and_months_alone(shop: Shop, tmp_path: Path) -> None:
    """A line of an order of one day more, and a rate that was missing."""
    mine = shop.copy(tmp_path / "shop")
    ((order, on),) = mine.sql(
        "select order_id, order_date from fact_sales where counts_as = 'sale' order by all limit 1"
    )
    mine.put("lines_2.csv", shops.text("lines", [(order, "77", "P1-0", "2", "5.00", "")]))
    sql = "select f.currency, f.rate_date from fact_sales f left join fact_exchange_rate x using (currency, rate_date)"
    currency, late = mine.sql(f"{sql} where x.rate is null and f.counts_as = 'sale' order by all desc limit 1")[0]
    mine.put("rates_2.csv", shops.text("rates", [(str(late), currency, "1.25")]))
    touched = mine.run(as_of=day("2024-02-01")).touched
    days = mine.one("select count(distinct order_date) from mart_ordered_daily")
    assert 0 < touched["gold.mart_ordered_daily"]["keys"] < days
    assert 0 < touched["gold.mart_product"]["keys"] <= 2
    assert mine.one(f"select sum(reporting_sales_amount) from mart_ordered_daily where order_date = '{on}'") is not None
    names = [name for name in mine.manifest.tables if name.startswith("gold.mart_")]
    found = {name: mine.rows(name) for name in names}
    assert all(found[f"gold.mart_{name}"] for name in ("ordered_daily", "sales_bridge", "product", "product_class"))
    assert found["gold.mart_product"] != shop.rows("gold.mart_product")
    mine.run(full=True, as_of=day("2024-02-01"))
    assert {name: mine.rows(name) for name in names} == found
