"""The audit finds a true run true, and names whatever is wrong."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from shoplake.audit.audit import audit
from shoplake.audit.compare import Result
from shoplake.errors import InputError
from shoplake.generator.defects import KINDS, wanted
from shoplake.generator.make import generate
from shoplake.generator.plan import Plan
from shoplake.lake import Engine
from tests.conftest import Shop
from tests.test_cli import shoplake

# 45 days from 1 March 2025 on: the clocks of New York change on the 9th, those of Berlin on the 30th.
PLAN = Plan(lines=3000, days=45, seed=3, defects=wanted(["2"]))
OTHERWISE = ["local_time_occurs_twice"]


def results(shop: Shop) -> dict[str, Result]:
    return {result.check: result for result in audit(shop.project, lambda check: None)}


def wrong(shop: Shop) -> dict[str, Result]:
    return {name: result for name, result in results(shop).items() if not result.ok}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    folder = tmp_path_factory.mktemp("generated")
    assert list(generate(folder, PLAN, lambda day: None)) == OTHERWISE
    made = Shop(folder, engine, "generated")
    made.run()
    return made


def test_everything_agrees(shop: Shop) -> None:
    found = results(shop)
    assert [name for name, result in found.items() if not result.ok] == []
    assert found["fact_sales, line by line"].found == 3000 + 2  # two lines have no order
    assert found["silver.store, the latest state"].found == 3
    planted = [kind for kind in KINDS.values() if kind.reason]
    assert found["planted mistakes and quarantine"].found == 2 * (len(planted) - 1)


def test_every_kind_came_to_be(shop: Shop) -> None:
    """What is true and odd: tests, unknown people and goods, lines without their order."""
    counts = """SELECT count(*) FILTER (order_date IS NULL), count(DISTINCT order_id) FILTER (is_test),
        count(DISTINCT c.customer_id) FILTER (c.is_inferred AND c.customer_id LIKE '9000%')
        FROM fact_sales JOIN dim_customer c USING (customer_version_key)"""
    assert shop.sql(counts) == [(2, 2, 2)]
    entries = {(e["subject"].rpartition("__")[2], e["fate"]): e["rows"] for e in shop.manifest.account["entries"]}
    assert entries["order_lines", "blank"] == entries["order_lines", "outside the table"] == 2
    for feed, fate in (("order_lines", "deduplicated"), ("orders", "superseded"), ("customers", "earlier")):
        assert entries[feed, fate] > 0


@pytest.fixture
def copy(shop: Shop, tmp_path: Path) -> Callable[[], Shop]:
    """The shop as it was generated, in a folder of its own, before its run."""

    def copied() -> Shop:
        folder = tmp_path / "shop"
        shutil.copytree(
            shop.project.folder,
            folder,
            ignore=shutil.ignore_patterns("bronze", "silver", "gold", "runs", "quarantine", "*.duckdb"),
        )
        return Shop(folder, shop.engine, "generated")

    return copied


@pytest.mark.long
def test_everything_agrees_after_runs_in_between(copy: Callable[[], Shop]) -> None:
    """Files of the second half come before those of the first one's end, which are late."""
    shop = copy()
    waiting = [
        file for file in sorted(shop.raw("").iterdir()) if re.search(r"2025-03-(0[5-9]|[123])|2025-04", file.name)
    ]
    aside = shop.project.folder / "aside"
    aside.mkdir()
    for file in waiting:
        file.rename(aside / file.name)
    shop.run()
    assert wrong(shop)
    for is_late in (False, True):
        for file in waiting:
            if bool(re.search(r"2025-03-(0|1[0-5])", file.name)) == is_late:
                (aside / file.name).rename(file)
        shop.run()
    assert wrong(shop) == {}


@pytest.mark.long
def test_tampering_shows(copy: Callable[[], Shop]) -> None:
    """One run over files in which four things were changed after the truth was written."""
    shop = copy()
    # 9 March is day 8, a plain file: one amount, gross and net alike, is a cent too much.
    path = shop.raw("order_lines_2025-03-09.csv")
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(
        n for n, line in enumerate(lines) if line.startswith("1000") and ",0.00," in line and line.count(",") == 8
    )
    cells = lines[at].split(",")
    before, after = cells[6], str(Decimal(cells[6]) + Decimal("0.01"))
    assert cells[4:7] == [before, "0.00", before]
    cells[4:7] = [after, "0.00", after]
    path.write_text("".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]), "utf-8")
    # A file of returns is gone, a planted line was taken out, another put in.
    gone = shop.raw("returns_2025-03-20.csv")
    returns = len(gone.read_text("utf-8").splitlines()) - 1
    gone.unlink()
    orders = next(
        p for p in sorted(shop.raw("").glob("orders_*.ndjson")) if '"customer":{"id":"1"\n' in p.read_text("utf-8")
    )
    orders.write_text(
        "".join(x for x in orders.read_text("utf-8").splitlines(keepends=True) if not x.endswith('{"id":"1"\n')),
        "utf-8",
    )
    with shop.raw("customers_2025-03-02.csv").open("a", encoding="cp1252") as file:
        file.write("7777;02.03.2025;1;Z;;;;;;;;;;;;;DE\n")
    shop.run()

    found = wrong(shop)
    line = found["fact_sales, line by line"]
    assert line.wrong == 1
    assert line.differences == (
        f"{cells[0]} {cells[1]}: "
        + ", ".join(f"{name}_amount {after}00 instead of {before}00" for name in ("gross", "net", "sales")),
    )
    assert found["fact_returns, line by line"].wrong == returns
    assert found["fact_returns, line by line"].differences[0].endswith(": missing")
    quarantine = found["planted mistakes and quarantine"]
    assert quarantine.wrong == 2
    assert sorted(text.rpartition(": ")[2] for text in quarantine.differences) == ["extra", "missing"]
    assert {"account", "sales by day and currency", "mart_sales_daily, but for age", "mart_customer"} <= set(found)
    agreeing = set(results(shop)) - set(found)
    assert {
        "silver.customer, version by version",
        "silver.order, the latest state",
        "silver.product, version by version",
    } <= agreeing


def test_personal_values_are_not_shown(shop: Shop, tmp_path: Path) -> None:
    """A truth with other names: the columns are told, the values aren't."""
    folder = tmp_path / "told"
    shutil.copytree(shop.project.folder, folder)
    customers = folder / "truth/customers.parquet"
    renamed = "* REPLACE (CASE customer_id WHEN 7 THEN 'Nobody' ELSE last_name END AS last_name)"
    duckdb.connect().execute(f"COPY (SELECT {renamed} FROM '{customers}') TO '{folder}/x.parquet'")
    (folder / "x.parquet").replace(customers)
    found = wrong(Shop(folder, shop.engine, "generated"))
    assert list(found) == ["silver.customer, version by version"]
    assert found["silver.customer, version by version"].differences == ("last_name differs",)


@pytest.mark.long
def test_the_warehouse_alone(shop: Shop, tmp_path: Path) -> None:
    """What is fetched of a run elsewhere: the manifests and the warehouse, without any table of the lake."""
    folder = tmp_path / "fetched"
    keep_out = shutil.ignore_patterns("bronze", "silver", "gold", "quarantine", "staging", "raw")
    shutil.copytree(shop.project.folder, folder, ignore=keep_out)
    good = shoplake("-p", str(folder), "audit", "--warehouse", "--json", cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    told = [each["check"] for each in json.loads(good.stdout)]
    assert {*results(shop)} - {*told} == {name for name in results(shop) if name.startswith(("silver.", "planted"))}
    with duckdb.connect(str(folder / "data/warehouse.duckdb")) as db:
        db.execute(
            "UPDATE gold.fact_sales SET net_amount = net_amount + 0.01 WHERE line_number = 1 AND order_id = "
            "(SELECT min(order_id) FROM gold.fact_sales WHERE status <> 'cancelled')"
        )
    bad = shoplake("-p", str(folder), "audit", "--warehouse", cwd=tmp_path)
    assert bad.returncode == 5
    assert "fact_sales, line by line: " in bad.stdout
    (folder / "data/warehouse.duckdb").unlink()
    assert shoplake("-p", str(folder), "audit", "--warehouse", cwd=tmp_path).returncode == 4


def test_without_truth_or_run(shop: Shop, tmp_path: Path, copy: Callable[[], Shop]) -> None:
    with pytest.raises(InputError, match="nothing is published"):
        audit(copy().project, lambda check: None)
    shutil.rmtree(tmp_path / "shop/truth")
    with pytest.raises(InputError, match="no truth to compare with"):
        audit(Shop(tmp_path / "shop", shop.engine).project, lambda check: None)


@pytest.mark.long
def test_commands(shop: Shop, tmp_path: Path) -> None:
    made = shoplake("generate", "small", "--lines", "50", "--days", "10", "--defects", "blank_line=1", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "50 order lines of 10 days in small. Next: shoplake -p small run" in made.stdout
    folder = str(shop.project.folder)
    good = shoplake("-p", folder, "audit", cwd=tmp_path)
    assert (good.returncode, "WRONG" in good.stdout) == (0, False)
    (tmp_path / "small").rename(tmp_path / "other")
    shutil.copytree(shop.project.folder, tmp_path / "small")
    shutil.rmtree(tmp_path / "small/truth")
    shutil.copytree(tmp_path / "other/truth", tmp_path / "small/truth")
    bad = shoplake("-p", "small", "audit", "--json", cwd=tmp_path)
    assert bad.returncode == 5, bad.stderr
    assert [each["ok"] for each in json.loads(bad.stdout)][:2] == [False, False]
    refused = shoplake("generate", "new", "--lines", "50", "--days", "51", cwd=tmp_path)
    assert (refused.returncode, "Ask for more lines or fewer days" in refused.stderr) == (3, True)
    assert not (tmp_path / "new").exists()


def test_results_as_json(shop: Shop) -> None:
    first = results(shop)["fact_sales, line by line"].to_json()
    assert json.loads(json.dumps(first)) == {
        "check": "fact_sales, line by line",
        "expected": 3002,
        "found": 3002,
        "wrong": 0,
        "differences": [],
        "ok": True,
    }
