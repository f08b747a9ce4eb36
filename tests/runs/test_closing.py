"""A closed month: its figures stay, and what comes later shows beside them.

Figures by hand, see corner_shop/README.md.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shoplake import closing
from shoplake.errors import DeclarationError, QualityError
from shoplake.lake import Engine
from shoplake.plan import plan
from shoplake.runs.closings import Closings
from shoplake.runs.progress import Silent
from shoplake.states.backup import backup, restore
from shoplake.states.rollback import rollback
from tests.conftest import Shop, make_corner_shop
from tests.runs.conftest import state
from tests.test_cli import shoplake

pytestmark = pytest.mark.long

MONTH = "2024-03"
ORDERS = "number,customer,store,placed,status,channel,currency\n"
LINES = "order,line,sku,quantity,price,discount\n"
RETURNS = "number,order,sku,returned,quantity,amount,reason\n"
# Department, channel, currency -> net sales and returns when March is closed.
CLOSED = {
    ("FOOD", "store", "EUR"): ("7.50", "3.75"),
    ("FOOD", "web", "EUR"): ("16.00", "0"),
    ("HOME", "Unknown", "EUR"): ("0", "9.00"),
    ("HOME", "store", "EUR"): ("9.00", "0"),
    ("HOME", "store", "USD"): ("19.00", "9.50"),
    ("SERVICE", "web", "EUR"): ("4.90", "0"),
    ("Unknown", "web", "EUR"): ("6.00", "0"),
}
# What came later: O1 cancelled (FOOD 7.50, HOME 9.00), O10 on the web, O11 by phone, O9 given back in March.
RESTATED = {
    ("FOOD", "store", "EUR"): ("-7.50", "0"),
    ("FOOD", "web", "EUR"): ("4.00", "4.00"),
    ("HOME", "phone", "EUR"): ("9.00", "0"),
    ("HOME", "store", "EUR"): ("-9.00", "0"),
}
Figures = dict[tuple[str, str, str], tuple[Decimal, Decimal]]


def figures(texts: dict[tuple[str, str, str], tuple[str, str]]) -> Figures:
    return {key: (Decimal(sold), Decimal(back)) for key, (sold, back) in texts.items()}


def mart(shop: Shop, side: str) -> Figures:
    """Where it isn't nothing."""
    rows = shop.sql(
        f"select department, channel, currency, {side}_sales_amount, {side}_return_amount from mart_restatement"
    )
    return {row[:3]: row[3:] for row in rows if any(row[3:])}


def late(shop: Shop) -> None:
    """What April brings: late and corrected rows of March, and a refund of its own."""
    shop.put(
        "orders_2.csv",
        ORDERS
        + "O1,C1,S1,2024-03-01 10:00:00,cancelled,store,EUR\n"
        + "O10,C2,S1,2024-03-20 09:00:00,completed,web,EUR\nO11,,S1,2024-03-21 09:00:00,completed,phone,EUR\n",
    )
    shop.put("lines_2.csv", LINES + "O10,1,P1,1,4.00,0\nO11,1,P2,1,9.00,0\n")
    shop.put("returns_2.csv", RETURNS + "R4,O9,P1,30.3.2024 10:00,1,4.00,-\nR5,O2,P1,1.4.2024 10:00,1,4.00,-\n")


def close(shop: Shop, month: str = MONTH) -> closing.Closing:
    return closing.close(shop.project, month, Silent(), shop.engine)


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    """The corner shop with March closed in its first state."""
    shop = make_corner_shop(tmp_path_factory.mktemp("closed"), engine)
    shop.run(as_of=date(2024, 4, 1))
    close(shop)
    return shop


@pytest.fixture
def shop(closed: Shop, tmp_path: Path) -> Shop:
    return closed.copy(tmp_path / "shop")


def test_the_closed_figure_stays_and_the_difference_shows(shop: Shop) -> None:
    assert list(plan(shop.project, as_of=date(2024, 4, 1)).tables) == ["gold.mart_restatement"]
    shop.run(as_of=date(2024, 4, 1))
    assert (mart(shop, "closed"), mart(shop, "current"), mart(shop, "restated")) == (*[figures(CLOSED)] * 2, {})
    late(shop)
    shop.run()
    assert (mart(shop, "closed"), mart(shop, "restated")) == (figures(CLOSED), figures(RESTATED))
    units = "select sum(closed_unit_quantity), sum(restated_unit_quantity), sum(restated_return_quantity)"
    assert shop.sql(f"{units} from mart_restatement") == [(11, -1, 1)]  # O1 had three, two came
    assert shop.sql("select distinct closed_month, closed_state, closed_as_of from mart_restatement") == [
        (MONTH, 1, date(2024, 4, 1))
    ]
    there = shop.rows("gold.mart_restatement")
    shop.run(full=True)
    assert shop.rows("gold.mart_restatement") == there


def test_what_is_closed_is_what_the_other_tables_say(closed: Shop) -> None:
    """Asked of the facts, by another engine and in other words."""
    sales = """select department, coalesce(channel, 'Unknown') as channel, currency, sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount, sum(net_amount) as net_amount,
        sum(case when is_merchandise then quantity end) as unit_quantity
        from fact_sales join dim_product using (product_version_key)
        where order_month = '2024-03' and status = 'completed' and not is_test group by all"""
    wanted = {row[:3]: row[3:] for row in closed.sql(sales)}
    (record,) = Closings(closed.project.closings).all()
    names = ("gross_amount", "discount_amount", "net_amount", "unit_quantity")
    found = {
        (row["department"], row["channel"], row["currency"]): tuple(Decimal(row[name]) for name in names)
        for row in record.figures
        if Decimal(row["gross_amount"])
    }
    assert found == {key: tuple(value or Decimal(0) for value in values) for key, values in wanted.items()}


def test_only_a_whole_month_that_is_open_and_in_which_something_was_sold(shop: Shop, corner_shop: Shop) -> None:
    for month, what in (
        (MONTH, "2024-03: it is closed already"),
        ("2024-04", "2024-04: it isn't over: what is published is as of 2024-04-01"),
        ("2024-02", "2024-02: nothing was sold in it"),
        ("2024-13", "2024-13: it is no month"),
        ("March", "March: it is no month"),
    ):
        with pytest.raises(DeclarationError, match=what):
            close(shop, month)
    with pytest.raises(DeclarationError, match="nothing is published"):
        close(corner_shop)
    corner_shop.run()  # as of the 7th
    with pytest.raises(DeclarationError, match="it isn't over"):
        close(corner_shop)
    assert Closings(corner_shop.project.closings).files() == []


def test_opened_again(shop: Shop) -> None:
    first = Closings(shop.project.closings).closed(MONTH)
    shop.run(as_of=date(2024, 4, 1))
    closing.reopen(shop.project, MONTH)
    with pytest.raises(DeclarationError, match="it isn't closed"):
        closing.reopen(shop.project, MONTH)
    late(shop)
    shop.run()
    assert shop.one("select count(*) from mart_restatement") == 0
    second = close(shop)
    shop.run()
    assert mart(shop, "restated") == {}
    assert first
    assert {key: sold for key, (sold, _) in mart(shop, "closed").items()}["HOME", "phone", "EUR"] == Decimal("9.00")
    assert (first.number, second.number) == (1, 3)
    assert [path.name for path in Closings(shop.project.closings).files()] == [
        "2024-03.json",
        "2024-03.reopened-1.json",
    ]


def test_a_rollback_keeps_what_is_closed(shop: Shop) -> None:
    shop.run(as_of=date(2024, 4, 1))
    late(shop)
    shop.run()
    rollback(shop.project, 1, Silent())  # before March was closed
    assert shop.one("select count(*) from mart_restatement") == 0
    shop.run(as_of=date(2024, 4, 1))
    assert (mart(shop, "closed"), mart(shop, "restated")) == (figures(CLOSED), {})


def test_a_backup_carries_it(shop: Shop, tmp_path: Path) -> None:
    closing.reopen(shop.project, MONTH)
    close(shop)
    shop.run(as_of=date(2024, 4, 1))
    backup(shop.project, tmp_path / "copy", None, Silent())
    folder = tmp_path / "other"
    shutil.copytree(shop.project.folder / "sources", folder / "sources")
    shutil.copy(shop.project.folder / "shoplake.toml", folder)
    other = Shop(folder, shop.engine)
    restore(other.project, tmp_path / "copy", Silent())
    ours, theirs = (Closings(each.project.closings) for each in (shop, other))
    assert ours.all() == theirs.all()
    assert [path.name for path in ours.files()] == [path.name for path in theirs.files()]
    assert state(other) == state(shop)
    shutil.rmtree(other.project.data / "runs" / "manifests")
    for layer in ("bronze", "silver", "gold", "quarantine", "staging"):
        shutil.rmtree(other.project.data / layer, ignore_errors=True)
    with pytest.raises(DeclarationError, match="the lake isn't empty"):
        restore(other.project, tmp_path / "copy", Silent())


def test_a_record_that_was_changed_is_no_record(shop: Shop, tmp_path: Path) -> None:
    (path,) = Closings(shop.project.closings).files()
    path.write_text(path.read_text("utf-8").replace("16.0000", "16.0001"), "utf-8")
    for act in (shop.run, lambda: close(shop), lambda: backup(shop.project, tmp_path / "copy", None, Silent())):
        with pytest.raises(QualityError, match=r"2024-03.json: the record of a closed month can't be read"):
            act()
    closing.reopen(shop.project, MONTH)
    shop.run()


def test_a_damaged_table_is_not_closed(shop: Shop) -> None:
    closing.reopen(shop.project, MONTH)
    (file, *_) = shop.manifest.tables["gold.fact_returns"].files
    path = shop.lake.path("gold.fact_returns") / file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(QualityError, match=r"gold.fact_returns"):
        close(shop)


def asked(shop: Shop, *arguments: str) -> list[dict[str, Any]]:
    found = shoplake(*arguments, "--json", cwd=shop.project.folder)
    assert found.returncode == 0, found.stderr
    rows: list[dict[str, Any]] = json.loads(found.stdout)
    return rows


def test_the_commands(shop: Shop) -> None:
    names = ("month", "currency", "state", "closed_sales_amount", "current_sales_amount", "restated_return_amount")
    before = asked(shop, "restatements")  # no run has met it yet
    assert [[row[name] for name in names] for row in before] == [
        [MONTH, "EUR", 1, None, None, None],
        [MONTH, "USD", 1, None, None, None],
    ]
    late(shop)
    shop.run()
    after = asked(shop, "restatements")
    assert [[row[name] for name in names] for row in after] == [
        [MONTH, "EUR", 1, "43.4000", "39.9000", "4.0000"],
        [MONTH, "USD", 1, "19.0000", "19.0000", "0.0000"],
    ]
    rows = asked(shop, "restatements", MONTH)
    found = {(row["department"], row["channel"], row["currency"]): row["restated_sales_amount"] for row in rows}
    assert {key: Decimal(value) for key, value in found.items()} == {
        key: sold for key, (sold, _) in figures(RESTATED).items()
    }
    other = shoplake("restatements", "2024-02", cwd=shop.project.folder)
    assert (other.returncode, "2024-02: it isn't closed" in other.stderr) == (7, True)
    again = shoplake("close", MONTH, cwd=shop.project.folder)
    assert (again.returncode, "it is closed already" in again.stderr) == (3, True)
    assert "open again" in shoplake("close", MONTH, "--reopen", cwd=shop.project.folder).stdout
    assert "is closed as state 2" in shoplake("close", MONTH, cwd=shop.project.folder).stdout
