"""An earlier state is published anew; what came after it is held until it is released."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shoplake.errors import DeclarationError, InputError, MachineError, QualityError
from shoplake.lake import Engine
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Silent
from shoplake.states import publish as publishing
from shoplake.states import rollback as rolling
from shoplake.warehouse import duckdb_file
from tests.conftest import Shop, make_corner_shop

LINES = "order,line,sku,quantity,price,discount\n"
Rows = dict[str, list[dict[str, Any]]]


def tables(shop: Shop) -> Rows:
    return {name: shop.rows(name) for name in shop.manifest.tables}


def rollback(shop: Shop, number: int) -> None:
    manifest = rolling.rollback(shop.project, number, Silent())
    assert manifest == shop.manifest


def release(shop: Shop, *wanted: str) -> list[str]:
    return sorted(each.file for each in rolling.release(shop.project, wanted, Silent()))


def files(shop: Shop, *, held: bool) -> list[str]:
    loads = [each.load for each in shop.manifest.held] if held else shop.manifest.loads
    return sorted(load["file"].removeprefix("corner_shop/") for load in loads)


@pytest.fixture(scope="module")
def three_states(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    """The second has a new file of lines, and a customer who changed under the old name of a file."""
    shop = make_corner_shop(tmp_path_factory.mktemp("three"), engine)
    shop.run()
    shop.put("lines_2.csv", LINES + "O9,2,P1,1,5.00,0\n")
    path = shop.raw("customers.csv")
    path.write_text(path.read_text("utf-8").replace("Ada", "Augusta"), "utf-8")
    shop.run()
    shop.put("lines_3.csv", LINES + "O9,3,P2,2,9.00,0\n")
    shop.run()
    return shop


@pytest.fixture
def shop(three_states: Shop, tmp_path: Path) -> Shop:
    return Shop(Path(shutil.copytree(three_states.project.folder, tmp_path / "shop")), three_states.engine)


def test_rollback_run_and_release_give_what_never_was_rolled_back(shop: Shop) -> None:
    before = tables(shop)
    first = {name: table.rows for name, table in Manifests(shop.project.manifests).read(1).tables.items()}
    rollback(shop, 1)
    assert (shop.manifest.number, shop.manifest.kind, shop.manifest.content_of) == (4, "rollback", 1)
    assert files(shop, held=True) == ["customers.csv", "lines_2.csv", "lines_3.csv"]
    assert {name: len(rows) for name, rows in tables(shop).items()} == first
    assert shop.one("select number from shoplake.publication") == 4
    assert shop.one("select count(*) from fact_sales") == 11
    assert {name: shop.lake.head(name).rows for name in first} == first  # who follows the heads sees the same

    again = shop.run()
    assert again.outcome == "unchanged"
    told = "held since a rollback: corner_shop/customers.csv, corner_shop/lines_2.csv, corner_shop/lines_3.csv"
    assert again.notes == [f"{told}; `shoplake release` lets them in"]

    assert release(shop, "corner_shop/lines_2.csv") == ["corner_shop/lines_2.csv"]
    assert shop.run().outcome == "published"
    assert files(shop, held=True) == ["customers.csv", "lines_3.csv"]
    assert shop.one("select count(*) from fact_sales") == 12
    assert len(release(shop)) == 2
    assert shop.run().outcome == "published"
    assert tables(shop) == before
    assert shop.manifest.held == ()
    assert release(shop) == []
    assert shop.run().notes == []


@pytest.mark.parametrize("options", [{}, {"reland": True}], ids=str)
def test_rows_of_a_held_file_that_has_gone_come_from_the_state_that_had_them(shop: Shop, options: Any) -> None:
    before = tables(shop)
    rollback(shop, 1)
    shop.raw("lines_2.csv").unlink()
    shop.raw("lines_3.csv").unlink()
    assert shop.run().outcome == "unchanged"
    release(shop)
    assert "corner_shop/lines_2.csv has gone; its rows stay" in shop.run(**options).notes
    assert tables(shop) == before
    shop.run(full=True)
    assert tables(shop) == before


def test_rollback_twice_and_forward_again(shop: Shop) -> None:
    last = tables(shop)
    rollback(shop, 1)
    shop.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    shop.run()
    assert (shop.manifest.number, len(shop.manifest.held)) == (5, 3)
    assert shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == 4
    rollback(shop, 2)
    assert files(shop, held=True) == ["lines_3.csv", "lines_4.csv"]
    assert shop.run().outcome == "unchanged"
    rollback(shop, 3)
    assert tables(shop) == last
    assert files(shop, held=True) == ["lines_4.csv"]
    release(shop)
    shop.run()
    assert shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == 7
    rollback(shop, 5)  # to a state that held some itself
    assert files(shop, held=True) == ["customers.csv", "lines_2.csv", "lines_3.csv"]


def test_a_corrected_file_takes_the_place_of_the_held_one(shop: Shop) -> None:
    rollback(shop, 1)
    shop.put("lines_2.csv", LINES + "O9,2,P1,8,5.00,0\n")
    record = shop.run()
    assert "corner_shop/lines_2.csv was held; what came since under its name takes its place" in record.notes
    assert files(shop, held=True) == ["customers.csv", "lines_3.csv"]
    assert shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == 9


@pytest.mark.parametrize(("declared", "wanted"), [("supersedes", 4 + 1), ("adds", 2 + 3 + 4 + 1)])
def test_released_loads_of_one_name_replace_each_other_as_they_did(
    corner_shop: Shop, declared: str, wanted: int
) -> None:
    corner_shop.declare(lambda text: text.replace("map:\n", f"  lines: {{changed_file: {declared}}}\n\nmap:\n", 1))
    for line in (2, 3, 4):
        corner_shop.put("lines_2.csv", LINES + f"O9,{line},P1,{line},5.00,0\n")
        corner_shop.run()
    before = tables(corner_shop)
    rollback(corner_shop, 1)
    corner_shop.raw("lines_2.csv").unlink()
    assert corner_shop.run().outcome == "unchanged"
    release(corner_shop)
    corner_shop.run()
    assert tables(corner_shop) == before
    assert corner_shop.one("select sum(quantity) from fact_sales where order_id = 'O9'") == wanted


def test_rollback_to_before_a_source_and_a_column(shop: Shop) -> None:
    """The warehouse is as it was published, whatever is declared by now."""
    was = shop.sql("select * from duckdb_columns() where schema_name = 'gold' order by all")
    declaration = shop.declare(
        lambda text: text.replace("\nparse:", "\nextend:\n  order:\n    gift: {type: string, meaning: Gift}\n\nparse:")
        .replace("      channel: channel\n", "      channel: channel\n      gift: upper(channel)\n")
    )
    branch = shop.project.folder / "sources" / "branch"
    branch.mkdir()
    text = declaration.read_text("utf-8").replace("source: corner_shop", "source: branch")
    (branch / "source.yml").write_text(text, "utf-8")
    shutil.copytree(shop.project.raw / "corner_shop", shop.project.raw / "branch")
    shop.run()
    both = tables(shop)
    assert shop.sql("select distinct gift from fact_sales where gift is not null order by 1") == [("STORE",), ("WEB",)]
    rollback(shop, 3)
    now = shop.sql("select * from duckdb_columns() where schema_name = 'gold' order by all")
    assert [row[:5] for row in now] == [row[:5] for row in was]
    shop.run()
    assert shop.one("select count(*) from fact_sales where source = 'branch'") == 0
    assert shop.run().outcome == "unchanged"
    release(shop, "branch.lines")
    with pytest.raises(InputError, match=r"all files of «customers» are held.*shoplake release branch.customers"):
        shop.run()
    release(shop, "branch")
    shop.run()
    assert tables(shop) == both


def test_refusals_leave_everything_as_it_is(shop: Shop) -> None:
    with pytest.raises(DeclarationError, match="number 7: there is no such state.*1 to 3"):
        rollback(shop, 7)
    with pytest.raises(DeclarationError, match="it is what is published now"):
        rollback(shop, 3)
    with pytest.raises(DeclarationError, match="nothing that is held is called «lines_2.csv»"):
        release(shop, "lines_2.csv")
    with only_one(shop.project.lock), pytest.raises(MachineError, match="another run is at work"):
        rollback(shop, 2)
    first = Manifests(shop.project.manifests).read(1)
    (file, _), *_ = first.tables["gold.fact_sales"].files.items()
    path = shop.lake.path("gold.fact_sales") / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(QualityError, match=f"gold.fact_sales/{file}: differs from what was published"):
        rollback(shop, 1)
    path.unlink()
    with pytest.raises(QualityError, match="is missing"):
        rollback(shop, 1)
    assert shop.manifest.number == shop.one("select number from shoplake.publication") == 3
    assert shop.run().outcome == "unchanged"


@pytest.mark.parametrize(
    ("where", "what", "number"),
    [
        (rolling, "restore_heads", 3),
        (duckdb_file, "build", 3),
        (Manifests, "publish", 3),
        (duckdb_file, "swap_in", 4),
        (rolling, "record", 4),
    ],
)
def test_a_run_mends_what_a_killed_rollback_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, where: Any, what: str, number: int
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(where, what, killed)
        rollback(shop, 1)
    assert shop.manifest.number == number
    assert shop.run().outcome == "unchanged"
    assert shop.one("select number from shoplake.publication") == number
    assert shop.one("select count(*) from fact_sales") == (13 if number == 3 else 11)
    rows = {name: table.rows for name, table in shop.manifest.tables.items()}
    assert {name: shop.lake.head(name).rows for name in rows} == rows


READER = """
import json, sys
from pathlib import Path
from shoplake.warehouse.query import ask
sql = '''select (select number from shoplake.publication), (select count(*) from fact_sales),
    (select sum(quantity) from fact_sales where is_sale and product_id <> 'DEL'),
    (select sum(quantity) from mart_sales_daily where category is not null)'''
seen = set()
while not Path(sys.argv[2]).exists():
    seen.add(tuple(map(str, ask(Path(sys.argv[1]), sql).rows[0])))
print(json.dumps(sorted(seen)))
"""
