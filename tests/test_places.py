"""A project may lie anywhere, and a lake that was damaged or interrupted is built anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shoplake.errors import InputError
from shoplake.lake import Engine
from tests.conftest import Shop, make_corner_shop

pytestmark = pytest.mark.long


def test_a_folder_of_any_name(tmp_path: Path, engine: Engine) -> None:
    folder = tmp_path / "a b" / "über" / "s[1]" / "x'y"
    folder.mkdir(parents=True)
    shop = make_corner_shop(folder, engine)
    for _ in range(2):
        shop.run(full=True)
        assert shop.one("select count(*) from fact_sales") == 11


@pytest.mark.parametrize(
    "lost", [["silver"], ["gold/fact_sales", "gold/dim_store/_delta_log", "bronze/corner_shop__lines"]]
)
def test_what_was_removed_from_the_lake_is_built_anew(own_shop: Shop, lost: list[str]) -> None:
    for folder in lost:
        shutil.rmtree(own_shop.project.data / folder)
    next((own_shop.project.data / "gold" / "dim_product").glob("*.parquet")).unlink()
    assert own_shop.run().outcome == "published"
    assert own_shop.lake.read("gold.fact_sales", own_shop.manifest.tables["gold.fact_sales"].version).count() == 11
    assert own_shop.run().outcome == "unchanged"


def test_what_a_killed_run_left_behind_is_no_obstacle(corner_shop: Shop) -> None:
    for rest in ("scratch/product", "gold/fact_sales", "silver/order"):
        (corner_shop.project.data / rest / "_delta_log").mkdir(parents=True)
    (corner_shop.project.data / "scratch/customer/_delta_log").mkdir(parents=True)
    (corner_shop.project.data / "scratch/customer/_delta_log/00000000000000000006.json").write_text("{}", "utf-8")
    corner_shop.run()
    assert corner_shop.one("select count(*) from fact_sales") == 11


def test_rows_of_a_raw_file_that_has_gone_stay(corner_shop: Shop) -> None:
    corner_shop.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO9,2,P1,1,5.00,0\n")
    corner_shop.run()
    corner_shop.raw("lines_2.csv").unlink()
    record = corner_shop.run()
    assert record.notes == ["corner_shop/lines_2.csv has gone; its rows stay"]
    assert corner_shop.one("select count(*) from fact_sales") == 12
    corner_shop.add("lines.csv", "O9,3,P1,1,6.00,0")  # the feed is landed anew
    corner_shop.run(full=True)
    assert corner_shop.one("select count(*) from fact_sales") == 13
    shutil.rmtree(corner_shop.raw("lines.csv").parent)
    corner_shop.run()
    assert corner_shop.one("select sum(net_amount) from fact_sales where order_id = 'O9'") == 15


def test_files_of_states_need_an_order(corner_shop: Shop) -> None:
    header = "sku,name,department,category,cost,price\n"
    corner_shop.raw("products.csv").unlink()
    corner_shop.put("products_2024-03-02.csv", f"{header}P1,Green tea,FOOD,Drinks,1,2\n")
    corner_shop.put("products_2024-03-01.csv", f"{header}P1,Black tea,FOOD,Drinks,1,2\n")
    with pytest.raises(InputError, match="nothing says whether it or .* is newer"):
        corner_shop.run()
    corner_shop.declare(lambda text: text.replace("keys: [sku]}", "keys: [sku], effective_at: _file}"))
    corner_shop.run()
    assert corner_shop.sql("select name from dim_product where product_id = 'P1'") == [("Green tea",)]


def test_an_open_quote_does_not_swallow_rows(corner_shop: Shop) -> None:
    header = "customer_id,first_name,email,born,gender,city\n"
    corner_shop.put("customers.csv", f'{header}C1,Ada,,,F,"Berlin\nC2,Ben,,,M,Hamburg\n')
    corner_shop.run()
    assert [row["row"] for row in corner_shop.rows("quarantine.corner_shop__customers")] == ['C1,Ada,,,F,"Berlin']
    assert corner_shop.one("select city from dim_customer where customer_id = 'C2'") == "Hamburg"
    # a quote within a value opens nothing, and a break within quotes is no new row
    corner_shop.put("customers.csv", f'{header}C1,Ada,,,F,5" Street\nC2,Ben,,,M,"Ham\nburg"\n')
    corner_shop.run()
    cities = corner_shop.sql("select city from dim_customer where customer_id in ('C1', 'C2') order by customer_id")
    assert cities == [('5" Street',), ("Ham\nburg",)]


def test_a_whole_file_that_the_landing_lost_shows(corner_shop: Shop) -> None:
    corner_shop.put("lines_2.csv", 'order,line,sku,quantity,price,discount,note\nO9,2,P1,1,5.00,0,"a\nb\r\n\\n"\n')
    corner_shop.run()  # breaks in a column that isn't declared are counted too
    assert corner_shop.one("select count(*) from fact_sales") == 12
