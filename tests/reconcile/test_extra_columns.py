"""Columns of a shop's own, from its files to the warehouse; every value stands in the rows below."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from shoplake.errors import DeclarationError, QualityError
from tests.conftest import Shop, make_corner_shop

pytestmark = pytest.mark.long

EXTEND: dict[str, dict[str, dict[str, Any]]] = {
    "customer": {
        "education": {"meaning": "highest education"},
        "loyalty_points": {"type": "integer", "meaning": "points on the card", "unit": "points"},
        "maiden_name": {"meaning": "name before marriage", "personal": True},
        # the pipeline has a _feed and a _file of its own
        "feed": {"meaning": "bird's feed bought"},
        "file": {"meaning": "never mapped"},
    },
    "product": {"supplier": {"meaning": "who makes it"}},
    "store": {"floor_area": {"type": "decimal", "meaning": "floor area", "unit": "m2"}},
    "order": {"campaign": {"meaning": "what brought the customer"}},
    "order_line": {"promised_on": {"type": "date", "meaning": "day promised for delivery"}},
    "return_line": {"is_restocked": {"type": "boolean", "meaning": "whether it went back on the shelf"}},
}
SELECT = {
    "customer": {"education": "edu", "loyalty_points": "points", "maiden_name": "maiden", "feed": "first_name"},
    "product": {"supplier": "case when sku = 'P1' then 'Leaf & Co' end"},
    "store": {"floor_area": "case when store_id = 'S1' then 80 end"},
    "order": {"campaign": "case when channel = 'web' then 'spring' end"},
    "order_line": {"promised_on": "case when sku = 'P2' then date'2024-03-09' end"},
    "return_line": {"is_restocked": "reason is null"},
}
CUSTOMERS = """customer_id,first_name,email,born,gender,city,edu,points,maiden
C1,Ada,ada@example.org,1980-05-17,F,Berlin,PhD,120,Byron
C2,Ben,ben@example.org,,M,Hamburg,,,
"""


def extended(text: str) -> str:
    declared = yaml.safe_load(text)
    declared["extend"] = EXTEND
    declared["parse"]["customers"]["columns"] |= {"edu": None, "points": {"type": "integer"}, "maiden": None}
    for entity, select in SELECT.items():
        declared["map"][entity]["select"] |= select
    return str(yaml.safe_dump(declared, sort_keys=False))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Any) -> Shop:
    """The corner shop with columns of its own, after one run."""
    made = make_corner_shop(tmp_path_factory.mktemp("extended"), engine)
    made.put("customers.csv", CUSTOMERS)
    made.declare(extended)
    made.run()
    return made


def test_dimensions(shop: Shop) -> None:
    sql = "select customer_id, education, loyalty_points, feed, file from dim_customer order by 1"
    assert shop.sql(sql) == [
        ("", "Unknown", None, "Unknown", "Unknown"),
        ("C1", "PhD", 120, "Ada", "Unknown"),
        ("C2", "Unknown", None, "Ben", "Unknown"),
        ("C3", "Unknown", None, "Unknown", "Unknown"),
    ]
    assert shop.sql("select product_id, supplier from dim_product order by 1") == [
        ("", "Unknown"),
        ("DEL", "Unknown"),
        ("P1", "Leaf & Co"),
        ("P2", "Unknown"),
        ("P9", "Unknown"),
    ]
    found = shop.sql("select store_id, floor_area from dim_store order by 1")
    assert found == [("", None), ("S1", Decimal(80)), ("S2", None)]


def test_facts(shop: Shop) -> None:
    sql = "select order_id, line_number, campaign, promised_on::varchar from fact_sales order by 1, 2"
    mug = "2024-03-09"
    assert shop.sql(sql) == [
        ("O1", 1, None, None),
        ("O1", 2, None, mug),
        ("O2", 1, "spring", None),
        ("O2", 2, "spring", None),
        ("O3", 1, None, mug),
        ("O4", 1, "spring", None),
        ("O4", 2, "spring", None),
        ("O5", 1, "spring", None),
        ("O6", 1, "spring", mug),
        ("O7", 1, None, None),  # its order was refused
        ("O9", 1, "spring", None),
    ]
    found = shop.sql("select return_id, is_restocked from fact_returns order by 1")
    assert found == [("R1", False), ("R2", True), ("R3", False)]


def test_an_increment_has_them_too(shop: Shop, tmp_path: Path) -> None:
    """A line more of an old order, and a later version of its customer."""
    mine = shop.copy(tmp_path / "shop")
    mine.put("lines_2.csv", "order,line,sku,quantity,price,discount\nO2,3,P2,1,9.00,0\n")
    assert mine.run().touched["gold.fact_sales"]["added"] == 1
    assert mine.sql(
        "select campaign, promised_on::varchar from fact_sales where order_id = 'O2' and line_number = 3"
    ) == [("spring", "2024-03-09")]
    found = {name: mine.rows(name) for name in mine.manifest.tables if name.startswith(("silver.", "gold."))}
    mine.run(full=True)
    assert {name: mine.rows(name) for name in found} == found


def test_personal_ones_stay_in_silver(shop: Shop) -> None:
    assert [row["maiden_name"] for row in shop.rows("silver.customer")] == ["Byron", None]
    assert not shop.sql("select table_name from duckdb_columns() where column_name = 'maiden_name'")
    for path in shop.project.data.glob("*/*/_delta_log/*.json"):
        assert "Byron" not in path.read_text("utf-8"), path


def test_the_warehouse_knows_their_meaning(shop: Shop) -> None:
    sql = "select comment from duckdb_columns() where table_name = 'dim_customer' and column_name = 'loyalty_points'"
    assert shop.one(sql) == "points on the card (points)"


def rows_of(shop: Shop) -> dict[str, list[dict[str, Any]]]:
    return {name: shop.rows(name) for name in shop.manifest.tables if name.startswith(("silver", "gold"))}


def test_again_and_anew_give_the_same(shop: Shop) -> None:
    before = rows_of(shop)
    assert shop.run().outcome == "unchanged"
    shop.run(full=True)
    assert rows_of(shop) == before


def test_come_and_go(corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declared after a first run, refused by a run that fails, taken back."""
    plain = corner_shop.declare(lambda text: text).read_text("utf-8")
    corner_shop.run()
    before = rows_of(corner_shop)
    columns = "select table_name, column_name from duckdb_columns() order by 1, 2"
    named = corner_shop.sql(columns)
    corner_shop.put("customers.csv", CUSTOMERS)
    corner_shop.declare(extended)
    with monkeypatch.context() as patch:
        patch.setattr("shoplake.gold.model.reconcile", _refuse)
        with pytest.raises(QualityError):
            corner_shop.run()
    assert corner_shop.sql(columns) == named
    # a selection can't keep what lacks a column
    assert set(corner_shop.run(select=frozenset({"fact_returns"})).built) >= {"silver.order", "gold.dim_product"}
    assert corner_shop.one("select supplier from dim_product where product_id = 'P1'") == "Leaf & Co"
    corner_shop.declare(lambda _: plain)
    corner_shop.run()
    assert corner_shop.sql(columns) == named
    assert rows_of(corner_shop) == before


def _refuse(*_: Any) -> None:
    raise QualityError("not today")


def test_two_sources_that_disagree(shop: Shop) -> None:
    folder, raw = shop.project.folder / "sources", shop.project.raw
    shutil.copytree(raw / "corner_shop", raw / "other_shop")
    (folder / "other_shop").mkdir()
    text = (folder / "corner_shop" / "source.yml").read_text("utf-8")
    text = text.replace("source: corner_shop", "source: other_shop").replace("highest education", "years of school")
    (folder / "other_shop" / "source.yml").write_text(text, "utf-8")
    with pytest.raises(DeclarationError) as caught:
        shop.run()
    assert str(caught.value).startswith("other_shop/source.yml: extend: customer: education: ")
    assert "corner_shop/source.yml: extend: customer: education" in str(caught.value)
    command = [sys.executable, "-m", "shoplake", "check", "--json"]
    checked = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert checked.returncode == 3
    assert json.loads(checked.stdout)["problems"] == [str(caught.value)]
