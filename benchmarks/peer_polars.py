"""The slice as a competent user of Polars (streaming) and delta-rs would write it: from files in RAW to tables in OUT.

python benchmarks/peer_polars.py RAW OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from peer_duckdb import COLUMNS, DEMOGRAPHICS, GRAIN, PRODUCT, TYPES

KINDS = {"INTEGER": pl.Int32, "DECIMAL(18,4)": pl.Decimal(18, 4), "DATE": pl.Date, "BOOLEAN": pl.Boolean}
AMOUNTS = ("gross_amount", "discount_amount", "net_amount")
SOURCE, UNKNOWN = pl.lit("generated").alias("source"), pl.lit("Unknown").alias("age_band")


def known(names: str) -> pl.Expr:
    return pl.col(names.split()).fill_null("Unknown")


def latest(rows: pl.LazyFrame, key: str, by: str) -> pl.LazyFrame:
    return rows.sort(by, descending=True).unique([key], keep="first", maintain_order=True)


def with_order_date(orders: pl.LazyFrame, stores: pl.LazyFrame) -> pl.LazyFrame:
    """The business date in the zone of the store, else the shop's."""
    at = pl.col("ordered_at").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC")
    day = pl.col("ordered_at").dt.convert_time_zone("Europe/Berlin").dt.date()
    for store, zone in stores.drop_nulls("store_time_zone").select("store_id", "store_time_zone").collect().iter_rows():
        local = pl.col("ordered_at").dt.convert_time_zone(zone).dt.date()
        day = pl.when(pl.col("store_id") == store).then(local).otherwise(day)
    return orders.with_columns(at).with_columns(day.alias("order_date"))


def main() -> None:
    raw, out = Path(sys.argv[1]), Path(sys.argv[2])

    def read(feed: str, files: str = "") -> pl.LazyFrame:
        schema = {name: KINDS.get(TYPES.get(name, ""), pl.String) for name in COLUMNS[feed].split()}
        return pl.scan_csv(raw / (files or f"{feed}*.csv"), schema=schema)

    def write(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        frame.sink_delta(str(out / name), mode="overwrite")
        return pl.scan_delta(str(out / name))

    lines = read("order_lines").unique(["order_id", "line_number"], keep="any")
    lines = write("order_line", lines.with_columns(SOURCE, is_merchandise=pl.lit(True)))
    customers = latest(read("customers"), "customer_id", "valid_from")
    customers = customers.select(SOURCE, "customer_id", "birth_date", UNKNOWN, known(DEMOGRAPHICS))
    customers = write("dim_customer", customers)
    # Each file of products holds all of them: the newest one tells what there is.
    products = read("products", max(raw.glob("products_*.csv")).name)
    products = write("dim_product", products.with_columns(SOURCE, known(PRODUCT)))
    orders = latest(with_order_date(read("orders"), read("stores")), "order_id", "updated_at").drop("updated_at")
    fact = write("fact_sales", lines.join(orders, on="order_id", how="left"))
    is_none = pl.col("status").is_in(["cancelled", "adjustment"]).fill_null(False) | pl.col("is_test").fill_null(False)
    mart = (
        fact.filter(pl.col("order_date").is_not_null() & ~is_none)
        .join(customers.drop("source"), on="customer_id", how="left")
        .join(products.drop("source"), on="product_id", how="left")
        .with_columns(known(f"{DEMOGRAPHICS} department category channel"))
        .group_by(GRAIN.split())
        .agg(
            pl.len().cast(pl.Int64).alias("line_count"),
            pl.col("quantity").sum().cast(pl.Decimal(28, 4)).alias("unit_quantity"),
            pl.col(AMOUNTS).sum().cast(pl.Decimal(28, 4)),
        )
        .with_columns(UNKNOWN)
    )
    write("mart_sales_daily", mart)


if __name__ == "__main__":
    main()
