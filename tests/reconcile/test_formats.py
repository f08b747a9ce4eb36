"""One shop in five formats, from files to gold, with every record and item in the account."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop, day

DECLARATION = """
source: many
title: Many formats
time_zone: Europe/Berlin
currency: EUR
parse:
  orders:
    files: orders*.json
    format: json
    records: data.orders
    columns:
      id:
      buyer: {header: customer.id}
      placed: {type: timestamp}
  lines:
    files: orders*.json
    format: json
    records: data.orders
    explode: lines
    amount: price
    columns:
      order_id: {header: id}
      sku: {header: lines.sku}
      quantity: {header: lines.n, type: decimal}
      price: {header: lines.price, type: decimal}
  customers:
    files: customers*.tsv
    delimiter: "\\t"
    has_header: false
    skip_lines: 1
    ends_before: "--"
    columns: {id: , city: }
  products:
    files: products*.xlsx
    format: xlsx
    columns:
      sku: {header: SKU}
      price: {header: Price, type: decimal}
      since: {header: Since, type: date}
  stores:
    files: stores*.parquet
    format: parquet
    columns: {code: , opened: {type: timestamp, zone: UTC}}
  returns:
    files: returns*.ndjson
    format: ndjson
    columns:
      id:
      order_id: {header: order}
      amount: {type: decimal, format: "1.234,56 €"}
      at: {type: timestamp, format: epoch}
change:
  orders: {delivery: upsert, keys: [id], filters: {empty: placed is null}}
  customers: {delivery: upsert, keys: [id]}
  products: {delivery: upsert, keys: [sku]}
  stores: {delivery: upsert, keys: [code]}
map:
  customer: {feed: customers, select: {customer_id: id, city: city}}
  product: {feed: products, select: {product_id: sku, list_price: price}}
  store: {feed: stores, select: {store_id: code}}
  order: {feed: orders, select: {order_id: id, customer_id: buyer, ordered_at: placed, status: "'completed'"}}
  order_line:
    feed: lines
    filters: {no_lines: sku is null}
    select: {order_id: order_id, product_id: sku, quantity: quantity, net_amount: quantity * price}
  return_line:
    feed: returns
    select: {return_id: id, order_id: order_id, returned_at: at, return_amount: amount}
"""
ORDERS = [
    {"id": "1", "customer": {"id": "C1"}, "placed": "2024-03-01T23:30:00Z", "lines": [
        {"sku": "A", "n": 2, "price": 1.10}, {"sku": "B", "n": 1, "price": 0.005}]},
    {"id": "2", "customer": {"id": "C2"}, "placed": "2024-03-02 10:00", "lines": []},
    {"id": "3", "placed": "2024-03-02T10:00:00+05:00", "lines": [{"sku": "A", "n": 1, "price": "x"}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    folder = tmp_path_factory.mktemp("many")
    (folder / "sources" / "many").mkdir(parents=True)
    (folder / "sources" / "many" / "source.yml").write_text(DECLARATION, "utf-8")
    found = Shop(folder, engine, "many")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("export/orders_1.json", json.dumps({"data": {"orders": ORDERS}}))
    found.put("orders.zip", archive.getvalue())
    found.put("customers.tsv.gz", gzip.compress("# March\nC1\tKöln\nC2\tBonn\n-- 2 customers\n".encode()))
    book = openpyxl.Workbook()
    for row in (["Price list"], ["Since", "SKU", "Price"], [datetime(2024, 1, 1), "A", 1.1], [None, "B", 0.005]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    found.put("products.xlsx", content.getvalue())
    content = io.BytesIO()
    parquet.write_table(pa.table({"code": ["S1"], "opened": [datetime(2020, 1, 1)]}), content)
    found.put("stores.parquet", content.getvalue())
    found.put("returns.ndjson", '{"id": "R1", "order": 1, "amount": "1.000,10 €", "at": 1709510400}\nnot json\n')
    found.run()
    return found


def test_figures(shop: Shop) -> None:
    # 2 x 1.10 + 0.005; the first order is placed on 2 March in Berlin
    assert shop.sql("select order_date, sum(net_amount), sum(unit_quantity) from mart_sales_daily group by 1") == [
        (day("2024-03-02"), Decimal("2.205"), 3)
    ]
    assert shop.one("select return_amount from fact_returns where return_date = '2024-03-04'") == Decimal("1000.1")
    known = "select customer_id, city from dim_customer where not is_inferred and source = 'many' order by 1"
    assert shop.sql(known) == [("C1", "Köln"), ("C2", "Bonn")]
    assert shop.sql("select list_price from dim_product where product_id = 'B'") == [(Decimal("0.005"),)]


def test_every_record_and_item_is_in_the_account(shop: Shop) -> None:
    subjects = Account.from_json(shop.manifest.account).subjects()
    fates = {subject: {e.fate: e.rows for e in entries} for subject, entries in subjects.items()}
    # three orders with two, none and one line: an empty list keeps its row
    assert fates["raw -> bronze.many__lines"] == {"read": 3, "loaded": 4, "expanded": 1}
    assert fates["bronze.many__lines -> staging.many__lines"] == {"read": 4, "loaded": 3, "quarantined": 1}
    assert fates["staging -> silver.order_line"] == {"read": 3, "loaded": 2, "filtered:no_lines": 1}
    assert fates["bronze.many__customers -> staging.many__customers"] == {
        "read": 4,
        "loaded": 2,
        "outside the table": 2,
    }
    assert fates["bronze.many__products -> staging.many__products"] == {"read": 3, "loaded": 2, "outside the table": 1}
    (line,) = shop.rows("quarantine.many__lines")
    assert (line["reasons"], line["_row_number"], line["_item_number"]) == (["not_a_number:price"], 3, 1)
    (returned,) = shop.rows("quarantine.many__returns")
    assert (returned["reasons"], returned["row"]) == (["not_a_json_object"], "not json")
