"""A plan says what a run then does, and changes nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from shoplake import gold
from shoplake.errors import DeclarationError
from shoplake.plan import Plan, plan
from tests.conftest import Shop, hanging_on
from tests.test_cli import shoplake

pytestmark = pytest.mark.long


def agrees(shop: Shop, **options: object) -> Plan:
    """The plan, after a run that built just what it had said."""
    before = {path: path.stat().st_mtime_ns for path in shop.project.data.rglob("*")}
    found = plan(shop.project, **options)  # type: ignore[arg-type]
    assert {path: path.stat().st_mtime_ns for path in shop.project.data.rglob("*")} == before
    layers = ("bronze.", "staging.", "silver.", "gold.")
    built = {name for name in shop.run(**options).built if name.startswith(layers)}
    assert found.tables.keys() == built
    return found


def test_a_plan_is_what_a_run_does(corner_shop: Shop) -> None:
    first = agrees(corner_shop)
    assert set(first.tables.values()) == {"it isn't there yet"}
    assert first.files["corner_shop.orders"] == ["corner_shop/orders.csv"]
    assert agrees(corner_shop) == Plan()
    corner_shop.add("returns.csv", "R9,O9,P1,5.3.2024 10:00,1,4.00,late")
    new = agrees(corner_shop)
    assert new.files == {"corner_shop.returns": ["corner_shop/returns.csv"]}
    assert any("has changed" in note for note in new.notes)
    assert set(new.tables.values()) == {"what it is made of changes"}
    assert "bronze.corner_shop__orders" not in new.tables
    assert {"silver.return_line", "gold.fact_returns"} <= new.tables.keys()
    assert not {"silver.customer", "silver.order"} & new.tables.keys()
    corner_shop.declare(lambda text: text.replace("country: \"'DE'\"", "country: \"'AT'\""))
    redefined = agrees(corner_shop)
    assert redefined.files == {}
    assert redefined.tables["silver.order"] == "code, contract or declaration are others"
    assert agrees(corner_shop, select=frozenset({"mart_cohort"})).tables == {"gold.mart_cohort": "it was asked for"}
    full = agrees(corner_shop, full=True)
    assert "bronze.corner_shop__orders" not in full.tables
    assert full.tables["gold.dim_date"] == "it was asked for"


def test_what_is_touched(own_shop: Shop, tmp_path: Path) -> None:
    """A line of an order of March, which has another, and an order of a new month."""
    before = own_shop.manifest, {name: own_shop.lake.head(name).rows for name in own_shop.manifest.tables}
    runs = sorted(own_shop.project.ledger.iterdir())
    lines, orders = (own_shop.raw(name).read_text("utf-8").splitlines()[0] for name in ("lines.csv", "orders.csv"))
    own_shop.put("lines_2.csv", f"{lines}\nO1,3,P2,1,9.00,0\nN1,1,P1,1,4.00,0\n")
    own_shop.put("orders_2.csv", f"{orders}\nN1,C1,S1,2024-07-01 10:00:00,completed,web,EUR\n")
    shown = shoplake("-p", str(own_shop.project.folder), "plan", "--touched", "--json", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    touched = json.loads(shown.stdout)["touched"]
    assert touched["silver.order"] == {"keys": 1, "removed": 0, "added": 1}
    assert touched["silver.order_line"] == {"keys": 2, "removed": 0, "added": 2}
    assert touched["gold.mart_sales_daily"]["keys"] == 2
    after = own_shop.manifest, {name: own_shop.lake.head(name).rows for name in own_shop.manifest.tables}
    assert after == before
    assert sorted(own_shop.project.ledger.iterdir()) == runs
    assert own_shop.run().touched == touched
    assert shoplake("-p", str(own_shop.project.folder), "plan", "--touched", cwd=tmp_path).returncode == 0


def test_the_reference_date_is_that_of_a_run(corner_shop: Shop) -> None:
    corner_shop.run(as_of=date(2030, 1, 1))
    wanted = hanging_on(*[table.name for table in gold.tables() if table.needs_as_of])
    assert agrees(corner_shop).tables.keys() == wanted >= {"gold.dim_date", "gold.mart_customer"}
    with pytest.raises(DeclarationError, match="nothing is called «nonsense»"):
        plan(corner_shop.project, select=frozenset({"nonsense"}))


def test_command(corner_shop: Shop, tmp_path: Path) -> None:
    folder = str(corner_shop.project.folder)
    found = shoplake("-p", folder, "plan", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "corner_shop.orders: 1 files to land: corner_shop/orders.csv" in found.stdout
    corner_shop.run()
    assert shoplake("-p", folder, "plan", cwd=tmp_path).stdout == "Nothing is to be built.\n"
    refused = shoplake("-p", folder, "plan", "--full", "--select", "gold", cwd=tmp_path)
    assert refused.returncode == 2
    corner_shop.raw("orders.csv").unlink()
    assert "orders.csv has gone; its rows stay" in shoplake("-p", folder, "plan", cwd=tmp_path).stdout


@pytest.mark.parametrize("option", [["--as-of", "soon"], ["--no-such-option"]])
def test_usage(tmp_path: Path, option: list[str]) -> None:
    assert shoplake("plan", *option, cwd=tmp_path).returncode == 2
