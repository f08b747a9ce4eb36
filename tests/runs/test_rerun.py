"""What a second run builds, and what it keeps."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from shoplake import gold
from shoplake.runs.account import Account
from tests.conftest import Shop, day, hanging_on

pytestmark = pytest.mark.long

NEED_THE_DATE = [table.name for table in gold.tables() if table.needs_as_of]


def built(shop: Shop, **options: object) -> set[str]:
    return set(shop.run(**options).built)


def test_nothing_new_builds_nothing(own_shop: Shop) -> None:
    again = own_shop.run()
    assert (again.outcome, again.built, again.manifest) == ("unchanged", {}, 1)


def test_full_builds_everything_and_gives_the_same(corner_shop: Shop) -> None:
    first = corner_shop.run()
    before = {table: corner_shop.rows(table) for table in first.built if table.startswith(("silver", "gold"))}
    from_bronze = {table for table in first.built if not table.startswith("bronze.")}
    assert built(corner_shop, full=True) == from_bronze
    assert built(corner_shop, reland=True) == set(first.built)
    assert corner_shop.manifest.number == 3
    assert {table: corner_shop.rows(table) for table in before} == before


def test_another_reference_date_builds_what_depends_on_it(own_shop: Shop) -> None:
    wanted = hanging_on(*NEED_THE_DATE)
    assert wanted >= {"gold.dim_date", "gold.fact_exchange_rate", "gold.mart_customer"}
    assert built(own_shop, as_of=day("2024-04-01")) == wanted
    assert own_shop.one("select min(recency_days) from mart_customer") == 28


def test_the_reference_date_is_a_boundary(corner_shop: Shop) -> None:
    corner_shop.run(as_of=day("2024-03-02"))
    # only the first of March counts: the orders of 2 and 4 March are later
    found = corner_shop.sql(
        "select customer_id, order_count, reporting_sales_amount, recency_days "
        "from mart_customer m join dim_customer using (customer_key) order by 1"
    )
    assert found == [("C1", 1, Decimal("16.50"), 1), ("C2", 1, Decimal("16.90"), 1)]


def test_another_reference_date_reaches_every_mart_that_has_one(own_shop: Shop) -> None:
    wanted = hanging_on(*NEED_THE_DATE)
    assert built(own_shop, select=frozenset({"dim_date"}), as_of=day("2024-04-01")) == wanted


def test_select_builds_a_table_and_what_hangs_on_it(own_shop: Shop) -> None:
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")  # not looked at: only gold is selected
    wanted = hanging_on("gold.fact_sales")
    assert wanted >= {"gold.fact_sales", "gold.mart_customer", "gold.mart_sales_daily"}
    assert built(own_shop, select=frozenset({"fact_sales"})) == wanted
    assert own_shop.one("select count(*) from fact_sales") == 11
    assert "bronze.corner_shop__lines" in built(own_shop, select=frozenset({"corner_shop"}))
    assert own_shop.one("select count(*) from fact_sales") == 12


def test_a_changed_declaration_builds_anew(own_shop: Shop) -> None:
    own_shop.declare(lambda text: text.replace("channel: channel", "channel: upper(channel)"))
    own_shop.declare(lambda text: text.replace("placed: {type: timestamp}", "placed: {type: timestamp, zone: UTC}"))
    record = own_shop.run()
    assert record.outcome == "published"
    assert "silver.order" in record.built
    assert not [name for name in record.built if name.startswith("bronze.")]  # the files need not be read for it
    assert own_shop.sql("select distinct channel from fact_sales order by 1") == [("STORE",), ("WEB",), (None,)]


def test_a_load_keeps_the_time_when_it_was_first_seen(own_shop: Shop) -> None:
    first = {load["load_id"]: load["recorded_at"] for load in own_shop.manifest.loads}
    own_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    own_shop.run()
    second = {load["load_id"]: load["recorded_at"] for load in own_shop.manifest.loads}
    assert all(second[load] == at for load, at in first.items() if load in second)
    assert len(second) == len(first)


def test_the_account_tells_of_what_was_kept_too(corner_shop: Shop) -> None:
    first = Account.from_json(corner_shop.run().account).subjects()
    corner_shop.add("lines.csv", "O9,2,P2,1,9.00,0")
    second = Account.from_json(corner_shop.run().account).subjects()
    assert set(second) == set(first)
    assert all(len(entries) == len(first[subject]) for subject, entries in second.items())


def test_a_lost_warehouse_is_made_again(own_shop: Shop) -> None:
    own_shop.project.warehouse.unlink()
    assert own_shop.run().outcome == "unchanged"
    assert own_shop.one("select count(*) from fact_sales") == 11


def test_the_manifest_names_digests_and_loads(own_shop: Shop) -> None:
    manifest = own_shop.manifest
    files = manifest.tables["gold.fact_sales"].files
    assert files
    assert all(len(digest) == 64 for digest in files.values())
    assert {load["file"] for load in manifest.loads} >= {"corner_shop/orders.csv", "corner_shop/lines.csv"}


def test_personal_data_stay_out_of_records_and_logs(own_shop: Shop) -> None:
    data = own_shop.project.data
    logs = [*data.glob("runs/**/*.json"), *data.glob("*/*/_delta_log/*.json")]
    assert len(logs) > 20
    for path in logs:
        text = path.read_text("utf-8")
        assert "ada@example.org" not in text, path
        assert "1980-05-17" not in text, path
    for path in data.glob("*/dim_customer/_delta_log/*.json"):
        assert '"C1"' not in path.read_text("utf-8").replace("\\", "")
    assert json.loads(logs[0].read_text("utf-8"))
