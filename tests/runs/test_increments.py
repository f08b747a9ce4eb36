"""Whatever the order, grouping, lateness and repetition of deliveries: the tables end as those of one run over all."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop
from tests.gold.test_identity import walked
from tests.runs import shops

# Seed -> in how many deliveries.
DELIVERIES = {1: 5, 2: 3}
REASONS = {"not_a_date:placed", "not_a_date:since", "not_a_number:pieces", "not_unique:number,line"}
Tables = dict[str, list[dict[str, Any]]]


def tables(shop: Shop) -> Tables:
    """Silver and gold, row for row; neither says by what loads a row came about."""
    return {name: shop.rows(name) for name in shop.manifest.tables if name.startswith(("silver.", "gold."))}


def quarantined(shop: Shop) -> Tables:
    return {name: shop.rows(name) for name in shop.manifest.tables if name.startswith("quarantine.")}


def accounted(shop: Shop) -> dict[str, list[str]]:
    """What became of the rows, however the loads were grouped into runs."""
    account = Account.from_json(shop.manifest.account)
    parts: dict[str, list[Any]] = {
        "entries": [entry for entry in account.entries if entry.rows],
        "refused": list(account.refused),
        "missing": list(account.missing),
    }
    return {name: sorted(map(str, each)) for name, each in parts.items()}


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> shops.Rows:
    return shops.shops(request.config.getoption("--shops"), seed=11)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Callable[[list[dict[str, str]]], Shop]:
    """Runs of one lake, one after each delivery."""

    def ran(delivered: list[dict[str, str]]) -> Shop:
        folder = tmp_path_factory.mktemp("many")
        shops.project(folder)
        shop = Shop(folder, engine, "many")
        for files in delivered:
            for name, text in files.items():
                shop.put(name, text)
            shop.run()
        return shop

    return ran


@pytest.fixture(scope="module")
def at_once(rows: shops.Rows, run: Callable[[list[dict[str, str]]], Shop]) -> Tables:
    """Each row told once, in one delivery."""
    found = tables(run([{f"{feed}.csv": shops.text(feed, told) for feed, told in rows.items()}]))
    assert all(len(found[f"silver.{name}"]) > 100 for name in ("customer", "product", "order", "order_line"))
    return found


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_any_deliveries_end_in_the_same_tables(
    rows: shops.Rows, at_once: Tables, run: Callable[[list[dict[str, str]]], Shop], seed: int
) -> None:
    delivered = shops.deliveries(rows, DELIVERIES[seed], seed)
    shop = run(delivered)
    found = tables(shop)
    assert {name for name in at_once if found[name] != at_once[name]} == set()
    told, refused = accounted(shop), quarantined(shop)
    assert {reason for rows in refused.values() for row in rows for reason in row["reasons"]} == REASONS
    full = shop.run(full=True)
    assert full.outcome == "published"
    assert {name for name in at_once if tables(shop)[name] != at_once[name]} == set()
    assert accounted(shop) == told
    assert quarantined(shop) == refused


def test_versions_have_no_gap_and_no_overlap(at_once: Tables) -> None:
    """Half-open, none of zero length, at most one current; after a deletion there may be a gap."""
    for table, noun in (("gold.dim_customer", "customer"), ("gold.dim_product", "product")):
        of_each: dict[int, list[dict[str, Any]]] = {}
        for row in at_once[table]:
            of_each.setdefault(row[f"{noun}_key"], []).append(row)
        assert max(map(len, of_each.values())) > 2
        for versions in of_each.values():
            versions.sort(key=lambda row: row["valid_from"])
            assert all(row["valid_from"] < row["valid_to"] for row in versions)
            assert all(a["valid_to"] <= b["valid_from"] for a, b in itertools.pairwise(versions))
            assert [row["is_current"] for row in versions[:-1]] == [False] * (len(versions) - 1)
            if noun == "customer":  # nothing deletes one here
                assert all(a["valid_to"] == b["valid_from"] for a, b in itertools.pairwise(versions))
                assert versions[-1]["is_current"]


def test_each_line_has_the_version_of_its_day(at_once: Tables) -> None:
    versions: dict[tuple[str, int], list[tuple[Any, int]]] = {}
    for noun in ("customer", "product"):
        for row in at_once[f"gold.dim_{noun}"]:
            of_key = versions.setdefault((noun, row[f"{noun}_key"]), [])
            of_key.append((row["valid_from"], row[f"{noun}_version_key"]))
    for line in at_once["gold.fact_sales"]:
        for noun in ("customer", "product"):
            mine = sorted(versions[noun, line[f"{noun}_key"]])
            day = line["order_date"]
            wanted = [key for since, key in mine if day is not None and since <= day] or [mine[0][1]]
            assert line[f"{noun}_version_key"] == wanted[-1]


def test_people_are_customers_who_share_a_value(at_once: Tables) -> None:
    keys = {(row["source"], row["customer_id"]): row["customer_key"] for row in at_once["gold.dim_customer"]}
    having: dict[str, set[int]] = {}
    for row in at_once["silver.customer"]:
        for value in filter(None, (row["email"], row["loyalty_id"])):
            having.setdefault(value, set()).add(keys[row["source"], row["customer_id"]])
    wanted = walked((min(shared), key) for shared in having.values() if len(shared) <= 10 for key in shared)
    found = {row["customer_key"]: row["person_key"] for row in at_once["gold.customer_identity"]}
    assert found == {key: wanted.get(key, key) for key in keys.values()}
    assert len(set(found.values())) < 0.9 * len(found)
