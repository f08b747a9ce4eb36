"""What stops a publication: a fact that fans out, a mart that doesn't reconcile, two ids on one key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake import gold
from shoplake.contract import Table
from shoplake.errors import QualityError
from shoplake.gold.dimensions import customer
from shoplake.gold.facts import sales
from shoplake.gold.marts import sales_daily
from tests.conftest import Shop


def run_with(shop: Shop, monkeypatch: pytest.MonkeyPatch, broken: Table, **options: bool) -> None:
    given = {table.name: table.settings for table in gold.tables()}
    tables = tuple(
        replace(broken, settings=given[table.name]) if table.name == broken.name else table for table in gold.tables()
    )
    monkeypatch.setattr(gold, "tables", lambda *_: tables)
    shop.run(**options)


def test_a_fact_that_fans_out(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(table: Table, lines: DataFrame, orders: DataFrame, *others: DataFrame, **given: Any) -> DataFrame:
        return sales.build(table, lines, orders.unionByName(orders), *others, **given)

    with pytest.raises(QualityError, match="gold.fact_sales: 10 keys .* occur more than once; nothing was published"):
        run_with(corner_shop, monkeypatch, replace(sales.TABLE, build=twice))
    assert not corner_shop.project.warehouse.exists()


def test_a_mart_that_loses_a_line(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def fewer(table: Table, lines: DataFrame, *others: DataFrame) -> DataFrame:
        return sales_daily.build(table, lines.where("order_id <> 'O9'"), *others)

    with pytest.raises(QualityError, match=r"gold.mart_sales_daily: lines is 7, but 8 in gold.fact_sales"):
        run_with(corner_shop, monkeypatch, replace(sales_daily.TABLE, build=fewer))


def test_two_ids_on_one_key(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def collide(table: Table, *inputs: DataFrame) -> DataFrame:
        key = F.when(F.col("customer_id") == "C2", F.lit(-1)).otherwise(F.col("customer_version_key"))
        return customer.build(table, *inputs).withColumn("customer_version_key", key.cast("bigint"))

    with pytest.raises(QualityError, match="gold.dim_customer: 1 keys .*two ids collided"):
        run_with(corner_shop, monkeypatch, replace(customer.TABLE, build=collide))


def test_two_customers_on_one_durable_key(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def collide(table: Table, *inputs: DataFrame) -> DataFrame:
        return customer.build(table, *inputs).withColumn("customer_key", F.lit(7).cast("bigint"))

    with pytest.raises(QualityError, match="gold.dim_customer: 1 keys"):
        run_with(corner_shop, monkeypatch, replace(customer.TABLE, build=collide))


def test_a_failed_run_leaves_what_is_published(own_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = own_shop.rows("gold.fact_sales")
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    broken = replace(sales.TABLE, build=lambda t, a, *b, **c: sales.build(t, a.limit(3), *b, **c))
    with monkeypatch.context() as patch, pytest.raises(QualityError):
        run_with(own_shop, patch, broken, full=True)
    assert own_shop.manifest.number == 1
    assert own_shop.rows("gold.fact_sales") == before
    assert own_shop.one("select count(*) from fact_sales") == 11
    head = own_shop.lake.head("gold.fact_sales")
    assert head.rows == 3
    own_shop.run()
    assert own_shop.one("select count(*) from fact_sales") == 12


def test_an_increment_that_loses_a_line(own_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    own_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P2,1,9.00,0\n")
    broken = replace(sales.TABLE, build=lambda t, a, *b, **c: sales.build(t, a.where("line_number <> 2"), *b, **c))
    with pytest.raises(QualityError, match="gold.fact_sales: lines is 0, but 1 in silver.order_line"):
        run_with(own_shop, monkeypatch, broken)
    assert own_shop.manifest.number == 1


def test_heads_ahead_of_the_manifest_are_restored(own_shop: Shop) -> None:
    rows = own_shop.lake.read("gold.fact_sales", 1).limit(2)
    own_shop.lake.overwrite(sales.TABLE, rows, "interrupted")
    assert own_shop.lake.head("gold.fact_sales").rows == 2
    assert own_shop.run().outcome == "unchanged"
    assert own_shop.lake.head("gold.fact_sales").rows == 11
