"""What moved net sales between two states, against changes made by hand."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from shoplake.errors import QueryError
from shoplake.explain.diff import diff
from shoplake.lake import Engine
from shoplake.runs.manifest import Manifest, Manifests
from tests.conftest import Shop, make_corner_shop
from tests.test_cli import shoplake

MONTH = "2024-03"


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> tuple[Shop, list[Manifest]]:
    """1: the corner shop. 2: with other files. 3: with a discount that counts twice, and the same files."""
    shop = make_corner_shop(tmp_path_factory.mktemp("diff"), engine)
    shop.run()
    shop.add("orders.csv", "O20,C1,S1,2024-03-08 10:00:00,completed,web,EUR")
    shop.add("orders.csv", "O21,C1,S1,2024-03-02 10:00:00,completed,web,EUR")
    lines = shop.raw("lines.csv").read_text("utf-8")
    lines = lines.replace("O2,1,P1,3,4.00,0\n", "O2,1,P1,3,4.50,0\n").replace("O3,1,P2,2,10.00,1.00\n", "")
    shop.put("lines.csv", f"{lines}O20,1,P1,2,4.00,0\nO21,1,P2,1,9.00,0.50\n")
    shop.run()
    twice = {"price - discount": "price - 2 * discount", "amount: discount": "amount: 2 * discount"}
    for once, other in twice.items():
        shop.declare(lambda text, once=once, other=other: text.replace(once, other))  # type: ignore[misc]
    shop.run()
    manifests = Manifests(shop.project.manifests)
    assert manifests.numbers() == [1, 2, 3]
    return shop, [manifests.read(number) for number in manifests.numbers()]


def moves(shop: Shop, before: Manifest, after: Manifest, measure: str = "net_amount") -> dict[str, dict[str, Decimal]]:
    """What moved by currency, where anything did; each row adds up."""
    found, _ = diff(shop.lake, before, after, measure)
    assert all(m.before + sum(m.causes.values()) == m.after and m.month == MONTH for m in found)
    return {m.currency: {cause: amount for cause, amount in m.causes.items() if amount} for m in found}


def test_other_files(states: tuple[Shop, list[Manifest]]) -> None:
    """Euros: 8.00 of an order of the 8th, 8.50 of one of the 2nd, 3 x 0.50 for a dearer line. One in dollars went."""
    shop, (first, second, _) = states
    wanted = {"new": Decimal("8.00"), "late": Decimal("8.50"), "corrected": Decimal("1.50")}
    assert moves(shop, first, second) == {"EUR": wanted, "USD": {"removed": Decimal("-19.00")}}
    back = {"removed": Decimal("-16.50"), "corrected": Decimal("-1.50")}
    assert moves(shop, second, first) == {"EUR": back, "USD": {"late": Decimal("19.00")}}
    found, caution = diff(shop.lake, first, second)
    assert (found[0].before, found[0].after, caution) == (Decimal("43.40"), Decimal("61.40"), "")


def test_another_definition(states: tuple[Shop, list[Manifest]]) -> None:
    shop, (first, second, third) = states
    assert moves(shop, second, third) == {"EUR": {"redefined": Decimal("-1.00")}}
    assert moves(shop, second, third, "gross_amount") == {"EUR": {}}
    _, caution = diff(shop.lake, first, third)
    assert caution.startswith("Tables are defined otherwise")


def test_what_a_dashboard_says(states: tuple[Shop, list[Manifest]]) -> None:
    """The sums are those of the mart."""
    shop, (_, second, third) = states
    found, _ = diff(shop.lake, second, third)
    mart = shop.sql("select currency, sum(net_amount) from mart_sales_daily group by 1 order by 1")
    assert [(m.currency, m.after) for m in found if m.after] == mart


def test_refusals(states: tuple[Shop, list[Manifest]]) -> None:
    shop, (first, second, _) = states
    with pytest.raises(QueryError, match="no measure «margin»"):
        diff(shop.lake, first, second, "margin")


def test_command(states: tuple[Shop, list[Manifest]]) -> None:
    shop, _ = states
    folder = shop.project.folder
    found = shoplake("-p", str(folder), "diff", "1", "2", cwd=folder)
    assert found.returncode == 0, found.stderr
    line = next(line for line in found.stdout.splitlines() if " EUR " in line)
    assert line.split() == [MONTH, "EUR", "43.4000", "8.0000", "8.5000", "1.5000", "0.0000", "0.0000", "61.4000"]
    as_json = shoplake("-p", str(folder), "diff", "--json", cwd=folder)
    assert json.loads(as_json.stdout)[0]["redefined"] == "-1.0000"
    refused = shoplake("-p", str(folder), "diff", "1", "9", cwd=folder)
    assert (refused.returncode, "There are: 1, 2, 3" in refused.stderr) == (7, True)
