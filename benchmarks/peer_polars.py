"""The slice as a competent user of Polars (streaming) and delta-rs would write it: from files in RAW to tables in OUT.

python benchmarks/peer_polars.py RAW OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from peer_duckdb import COLUMNS, DEMOGRAPHICS, GRAIN, PRODUCT, TRACKED, TYPES

KINDS = {"INTEGER": pl.Int32, "DECIMAL(18,4)": pl.Decimal(18, 4), "DATE": pl.Date, "BOOLEAN": pl.Boolean}
AMOUNTS = ("gross_amount", "discount_amount", "net_amount")
FIRST_DAY = pl.date(1900, 1, 1)
SOURCE, UNKNOWN = pl.lit("generated").alias("source"), pl.lit("Unknown").alias("age_band")


def known(names: str) -> pl.Expr:
    return pl.col(names.split()).fill_null("Unknown")


def latest(rows: pl.LazyFrame, key: str, by: str) -> pl.LazyFrame:
    return rows.sort(by, descending=True).unique([key], keep="first", maintain_order=True)


def versions(told: pl.LazyFrame, key: str, tracked: str, last: str) -> pl.LazyFrame:
    """A version for each change of what is tracked; the rest is as it was told last. `until`: when it was gone."""
    state = pl.struct(tracked.split())
    told = told.sort(key, "since").with_columns(pl.col(last).last().over(key), state.alias("state"))
    is_first = pl.col("since") == pl.col("since").first().over(key)
    changed = told.filter(is_first | pl.col("state").ne_missing(pl.col("state").shift().over(key)))
    until = pl.coalesce(pl.col("since").shift(-1).over(key), "until", pl.date(9999, 12, 31))
    since = pl.when(is_first).then(FIRST_DAY).otherwise("since")
    return changed.with_columns(SOURCE, valid_to=until, valid_from=since).drop("state", "since", "until")


def as_of(rows: pl.LazyFrame, dimension: pl.LazyFrame, key: str, since: str) -> pl.LazyFrame:
    """Add the first day of the version that holds on the order's date."""
    starts = dimension.select(key, pl.col("valid_from"), pl.col("valid_from").alias(since)).sort("valid_from")
    found = rows.sort("order_date").join_asof(starts, left_on="order_date", right_on="valid_from", by=key)
    return found.with_columns(pl.col(since).fill_null(FIRST_DAY)).drop("valid_from", strict=False)


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
    customers = read("customers").rename({"valid_from": "since"}).with_columns(until=pl.lit(None, pl.Date))
    customers = versions(customers, "customer_id", DEMOGRAPHICS, "birth_date")
    kept = [SOURCE, "customer_id", "birth_date", UNKNOWN, known(DEMOGRAPHICS), "valid_from", "valid_to"]
    customers = write("dim_customer", customers.select(kept))
    # Each file of products holds all of them.
    days = sorted(file.stem.partition("_")[2] for file in raw.glob("products_*.csv"))
    files = [read("products", f"products_{day}.csv").with_columns(since=pl.lit(day).str.to_date()) for day in days]
    ends = pl.LazyFrame({"seen": days[:-1], "until": days[1:]}).select(pl.all().str.to_date())
    products = pl.concat(files).with_columns(seen=pl.col("since").max().over("product_id"))
    products = versions(products.join(ends, on="seen", how="left").drop("seen"), "product_id", TRACKED, "name")
    products = write("dim_product", products.with_columns(known(PRODUCT)))
    orders = latest(with_order_date(read("orders"), read("stores")), "order_id", "updated_at").drop("updated_at")
    orders = as_of(orders, customers, "customer_id", "customer_since")
    joined = lines.join(orders, on="order_id", how="left").with_columns(pl.col("customer_since").fill_null(FIRST_DAY))
    fact = write("fact_sales", as_of(joined, products, "product_id", "product_since"))
    people = customers.rename({"valid_from": "customer_since"}).drop("source", "valid_to")
    goods = products.rename({"valid_from": "product_since"}).drop("source", "valid_to")
    is_none = pl.col("status").is_in(["cancelled", "adjustment"]).fill_null(False) | pl.col("is_test").fill_null(False)
    mart = (
        fact.filter(pl.col("order_date").is_not_null() & ~is_none)
        .join(people, on=["customer_id", "customer_since"], how="left")
        .join(goods, on=["product_id", "product_since"], how="left")
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
