"""What a change touches that doesn't name it: each ends as a full run would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shoplake.lake import Engine
from tests.conftest import Shop
from tests.runs import shops
from tests.runs.test_increments import accounted, tables

pytestmark = pytest.mark.long

SOURCE = """\
source: linked
title: Things that hang on others
time_zone: America/New_York
currency: USD
parse:
  customers: {files: customers*.csv, columns: {id: , city: }}
  products: {files: products*.csv, columns: {sku: , cat: , cost: {type: decimal}}}
  categories: {files: categories*.csv, columns: {cat: {type: integer}, name: , at: {type: timestamp}}}
  stores: {files: stores*.csv, columns: {code: , zone: , at: {type: timestamp}}}
  orders:
    files: orders*.csv
    columns: {number: , customer: , store: {type: integer}, placed: {type: timestamp}, changed: {type: timestamp}}
  lines: {files: lines*.csv, amount: net, columns: {number: , line: {type: integer}, sku: , net: {type: decimal}}}
  returns:
    files: returns*.csv
    amount: given
    columns: {id: , number: , at: {type: timestamp}, given: {type: decimal}}
change:
  customers: {delivery: upsert, keys: [id]}
  products: {delivery: snapshot, keys: [sku], effective_at: _file}
  categories: {delivery: upsert, keys: [cat], effective_at: at}
  stores: {delivery: upsert, keys: [code], effective_at: at}
  orders: {delivery: upsert, keys: [number], effective_at: changed}
  lines: {delivery: upsert, keys: [number], rows_per_key: many, effective_at: _file}
  returns: {delivery: append, keys: [id]}
map:
  customer: {feed: customers, select: {customer_id: id, city: city}}
  product:
    feed: products
    lookups: {category: {feed: categories, by: cat}}
    select: {product_id: sku, department: category.name, unit_cost: cost}
  store: {feed: stores, select: {store_id: code, store_time_zone: zone}}
  order: {feed: orders, select: {order_id: number, customer_id: customer, store_id: store, ordered_at: placed}}
  order_line:
    feed: lines
    select:
      order_id: number
      line_number: line
      product_id: sku
      gross_amount: net
      discount_amount: "0.0000"
      net_amount: net
  return_line: {feed: returns, select: {return_id: id, order_id: number, returned_at: at, return_amount: given}}
"""
FEEDS = {
    "customers": "id,city",
    "products": "sku,cat,cost",
    "categories": "cat,name,at",
    "stores": "code,zone,at",
    "orders": "number,customer,store,placed,changed",
    "lines": "number,line,sku,net",
    "returns": "id,number,at,given",
}
# Store 1 is in Tokyo; the second snapshot lacks P2 and P5; an order in three is of each month.
FILES = {
    "customers.csv": [f"C{n},X" for n in range(5)],
    "products_2024-01-05.csv": [f"P{n},0{n % 3 + 1},1.50" for n in range(6)],
    "products_2024-01-12.csv": [f"P{n},0{n % 3 + 1},1.50" for n in (0, 1, 3, 4)],
    "categories.csv": [f"{n},{n}-ware,2024-01-01T00:00:00Z" for n in range(1, 6)],
    "stores.csv": ["1,Asia/Tokyo,2024-01-01T00:00:00Z", "2,,2024-01-01T00:00:00Z", "HQ,,2024-01-01T00:00:00Z"],
    "orders.csv": [f"O{n},C{n % 5},{n % 2 + 1},2024-0{n % 3 + 1}-05T20:00:00Z,2024-01-05T20:00:00Z" for n in range(20)],
    "lines_2024-04-01.csv": [f"O{n},{line},P{(n + line) % 6},{n + 1}.00" for n in range(20) for line in (1, 2)],
    "returns.csv": [f"R{n},O{n},2024-03-{n + 1:02}T20:00:00Z,1.00" for n in range(10)],
}


def put(shop: Shop, name: str, *rows: str) -> None:
    feed = name.removesuffix(".csv").partition("_")[0]
    shop.put(name, "\n".join([FEEDS[feed], *rows, ""]))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    folder = tmp_path_factory.mktemp("linked")
    shops.project(folder, "linked", SOURCE)
    shop = Shop(folder, engine, "linked")
    for name, rows in FILES.items():
        put(shop, name, *rows)
    shop.run()
    return shop


def a_return(shop: Shop) -> None:
    """Its store, and so its day, is that of its order: the 10th in Tokyo."""
    put(shop, "returns_2.csv", "R90,O2,2024-03-09T20:00:00Z,1.00")


def an_order_of_an_old_return(shop: Shop) -> None:
    put(shop, "orders_2.csv", "O2,C4,1,2024-03-05T20:00:00Z,2024-02-05T20:00:00Z")


def a_category_of_what_is_gone(shop: Shop) -> None:
    """«03» is 3, and P2 and P5 of it are in the first snapshot alone."""
    put(shop, "categories_2.csv", "3,other ware,2024-02-01T00:00:00Z")


def a_store_with_another_kind_of_id(shop: Shop) -> None:
    put(shop, "stores_2.csv", "HQ2,Asia/Tokyo,2024-02-01T00:00:00Z", "2,Asia/Tokyo,2024-02-01T00:00:00Z")


def one_load_of_two(shop: Shop) -> None:
    """The first file is now what the second one is."""
    put(shop, "lines_2024-04-02.csv", "O1,1,P1,5.00")
    shop.run()
    put(shop, "lines_2024-04-01.csv", "O1,1,P1,5.00")


def the_last_sale_of_a_customer(shop: Shop) -> None:
    put(shop, "orders.csv", *[row for row in FILES["orders.csv"] if ",C4," not in row])


def no_customers_any_more(shop: Shop) -> None:
    """Their file has a header, and nothing else."""
    put(shop, "customers.csv")


def no_returns_any_more(shop: Shop) -> None:
    put(shop, "returns.csv")


def another_title(shop: Shop) -> None:
    shop.declare(lambda text: text.replace("title: Things", "title: More things"))
    put(shop, "lines_2024-04-03.csv", "O3,1,P1,5.00")


def a_lost_folder(shop: Shop) -> None:
    shutil.rmtree(shop.lake.path("bronze.linked__lines"))
    put(shop, "lines_2024-04-03.csv", "O3,1,P1,5.00")


@pytest.mark.parametrize(
    "change",
    [
        a_return,
        an_order_of_an_old_return,
        a_category_of_what_is_gone,
        a_store_with_another_kind_of_id,
        one_load_of_two,
        the_last_sale_of_a_customer,
        no_customers_any_more,
        no_returns_any_more,
        another_title,
        a_lost_folder,
    ],
)
def test_it_ends_as_a_full_run(base: Shop, tmp_path: Path, change: Callable[[Shop], None]) -> None:
    shop = base.copy(tmp_path / "shop")
    change(shop)
    assert shop.run().outcome == "published"
    found, told = tables(shop), accounted(shop)
    assert found != tables(base)
    shop.run(full=True)
    assert {name for name, rows in tables(shop).items() if found[name] != rows} == set()
    assert accounted(shop) == told


def test_a_return_is_of_its_stores_day(base: Shop) -> None:
    day = base.one("select return_date::varchar from fact_returns where return_id = 'R1'")
    assert day == "2024-03-02"  # order 1 is of store 2, in New York
    assert base.one("select return_date::varchar from fact_returns where return_id = 'R2'") == "2024-03-04"
