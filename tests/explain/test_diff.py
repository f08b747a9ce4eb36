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

pytestmark = pytest.mark.long

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


RATES = """\
  rates:
    files: rates*.csv
    columns: {day: {type: date}, currency: , rate: {type: decimal}}
"""


def with_rates(text: str) -> str:
    """The corner shop with daily rates, in its own currency."""
    text = text.replace("\nchange:\n", f"{RATES}\nchange:\n  rates: {{delivery: upsert, keys: [day, currency]}}\n")
    told = "{currency: currency, quote_currency: \"'EUR'\", rate_date: day, rate: rate}"
    return f"{text}  exchange_rate: {{feed: rates, select: {told}}}\n"


def test_other_rates(corner_shop: Shop) -> None:
    """19.00 dollars of 1 March are 17.10 euros at first; then the line is 21.00, and the dollar at 0.95."""
    corner_shop.declare(with_rates)
    corner_shop.put("rates.csv", "day,currency,rate\n2024-03-01,USD,0.90\n")
    corner_shop.run()
    corner_shop.put("rates.csv", "day,currency,rate\n2024-03-01,USD,0.95\n")
    lines = corner_shop.raw("lines.csv").read_text("utf-8")
    corner_shop.put("lines.csv", lines.replace("O3,1,P2,2,10.00,1.00\n", "O3,1,P2,2,11.00,1.00\n"))
    corner_shop.run()
    orders = corner_shop.raw("orders.csv").read_text("utf-8")
    corner_shop.put("orders.csv", orders.replace("completed,store,USD", "completed,store,GBP"))
    corner_shop.run()
    first, second, third = (Manifests(corner_shop.project.manifests).read(number) for number in (1, 2, 3))
    ((move,), caution) = diff(corner_shop.lake, first, second, "sales_amount", is_converted=True)
    assert (move.month, move.currency, caution) == (MONTH, "EUR", "")
    assert (move.before, move.after) == (Decimal("43.40") + Decimal("17.10"), Decimal("43.40") + Decimal("19.95"))
    moved = {cause: amount for cause, amount in move.causes.items() if amount}
    assert moved == {"corrected": Decimal("2.00") * Decimal("0.95"), "rate": Decimal("19.00") * Decimal("0.05")}
    assert moves(corner_shop, first, second) == {"EUR": {}, "USD": {"corrected": Decimal("2.00")}}
    ((move,), caution) = diff(corner_shop.lake, second, third, is_converted=True)
    assert (move.causes["corrected"], move.after) == (Decimal("-19.95"), Decimal("43.40"))
    assert caution == "Without a rate, and so without an amount, are 0 sales before, 1 after."
    folder = corner_shop.project.folder
    shown = shoplake("diff", "1", "2", "--converted", cwd=folder).stdout.splitlines()
    assert shown[0].split()[-3:] == ["rate", "2:", "net_amount"]
    zero = "0.0000"
    assert shown[1].split() == [MONTH, "EUR", "60.5000", zero, zero, "1.9000", zero, zero, "0.9500", "63.3500"]
    with pytest.raises(QueryError, match="«quantity» is no amount"):
        diff(corner_shop.lake, first, second, "quantity", is_converted=True)
    (folder / "shoplake.toml").write_text('[business]\nreporting_currency = "USD"\n', "utf-8")
    shop = Shop(folder, corner_shop.engine)
    shop.run()
    with pytest.raises(QueryError, match="no reporting currency in common"):
        diff(shop.lake, first, shop.manifest, is_converted=True)


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
