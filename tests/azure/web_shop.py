"""A shop whose feeds come by each of the ways that Data Factory fetches."""

from __future__ import annotations

from pathlib import Path

from shoplake.gold import contracts
from shoplake.sources.catalog import load_source
from shoplake.sources.declaration import Source

DECLARATION = """\
source: web_shop
title: A shop that gives its data in six ways
time_zone: Europe/Berlin
currency: EUR

ingest:
  orders:
    kind: sql
    secret: sql-web-shop
    table: sales.Orders
    watermark: {column: changed_at}
  customers:
    kind: rest
    url: https://web-shop.example
    path: admin/api/2025-01/customers.json
    query: status=any
    secret: web-shop-token
    items: customers
    watermark: {since: updated_at_min, until: updated_at_max, start: "2020-01-01T00:00:00Z"}
  stores:
    kind: blob
    account: webshopexports
    container: exports
    folder: out/stores
  stock:
    kind: sql_server
    secret: sql-stock
    table: dbo.Stock
    watermark: {column: changed_at}
  products:
    kind: http
    url: https://files.web-shop.example
    path: exports/products.csv
  returns:
    kind: sftp
    host: sftp.web-shop.example
    user: shoplake
    secret: sftp-web-shop
    fingerprint: ssh-rsa 2048 SHA256:0000
    folder: out
    pattern: returns*.csv.gz

parse:
  orders:
    files: orders*.csv
    columns: {number: , changed_at: {type: timestamp}}
  customers:
    files: customers*.json
    format: ndjson
    explode: customers
    columns: {id: {header: customers.id}, email: {header: customers.email}}
  stores:
    files: stores*.csv
    columns: {store_id: }
  stock:
    files: stock*.csv
    columns: {sku: , changed_at: {type: timestamp}}
  products:
    files: products*.csv
    columns: {sku: , name: }
  returns:
    files: returns*.csv
    columns: {number: }

change:
  orders: {delivery: upsert, keys: [number], sequence_by: changed_at}
  customers: {delivery: upsert, keys: [id], effective_at: _file}
  stock: {delivery: upsert, keys: [sku], sequence_by: changed_at}

map:
  product:
    feed: products
    select: {product_id: sku, name: name}
"""


def declared(project: Path, text: str = DECLARATION) -> Source:
    """The declaration, put into a project's folder and read as any other."""
    file = project / "sources" / "web_shop" / "source.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return load_source(file, contracts())
