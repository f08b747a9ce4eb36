"""Which files count, and which are read at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shoplake import pipeline
from shoplake.lake import Engine
from shoplake.runs.account import Account
from tests.conftest import Shop, make_corner_shop

pytestmark = pytest.mark.long

MORE = "order,line,sku,quantity,price,discount\nO9,2,P1,1,5.00,0\n"


def rewrite(path: Path, old: str, new: str) -> None:
    """Change a file so that its size and time don't tell."""
    status, text = path.stat(), path.read_text("utf-8")
    assert (old in text, len(old)) == (True, len(new))
    path.write_text(text.replace(old, new), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def quantities(shop: Shop) -> Any:
    return shop.one("select sum(quantity) from fact_sales where order_id = 'O9'")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    shop = make_corner_shop(tmp_path_factory.mktemp("loads"), engine)
    shop.put("lines_2.csv", MORE)
    shop.run()
    return shop


@pytest.fixture
def shop(made: Shop, tmp_path: Path) -> Shop:
    return made.copy(tmp_path / "shop")


def test_a_run_on_nothing_new_opens_no_engine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> None:
        raise AssertionError("an engine was opened")

    monkeypatch.setattr("shoplake.config.open_engine", none)
    assert pipeline.run(shop.project).outcome == "unchanged"


def test_a_run_on_nothing_new_loads_nothing_heavy(shop: Shop) -> None:
    """A second is its aim, which pandas or an engine's client would take a half of."""
    code = f"""if True:
        import sys
        from pathlib import Path
        from shoplake import pipeline
        from shoplake.config import find_project
        assert pipeline.run(find_project(Path({str(shop.project.folder)!r}))).outcome == "unchanged"
        heavy = {{"pandas", "pysail", "pyspark.sql.connect.session", "openpyxl"}} & sys.modules.keys()
        assert not heavy, heavy
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_file_seen_before_is_not_read_again(shop: Shop) -> None:
    rewrite(shop.raw("lines_2.csv"), ",1,5.00", ",3,5.00")
    assert shop.run().outcome == "unchanged"
    shop.put("lines_3.csv", MORE.replace("O9,2", "O9,3"))
    assert shop.run(full=True).outcome == "published"  # from bronze, which it doesn't make anew
    assert quantities(shop) == 3
    assert shop.run(verify=True).outcome == "published"
    assert quantities(shop) == 5


def test_reland_reads_every_file_that_is_there(shop: Shop) -> None:
    shop.raw("orders.csv").unlink()
    rewrite(shop.raw("lines_2.csv"), ",1,5.00", ",3,5.00")
    record = shop.run(reland=True)
    assert {"bronze.corner_shop__lines", "bronze.corner_shop__orders", "gold.fact_sales"} <= set(record.built)
    assert quantities(shop) == 4
    assert shop.one("select count(*) from fact_sales where order_date is not null") == 11


def test_a_new_file_is_appended_and_the_others_stay(shop: Shop) -> None:
    before = set(shop.lake.files("bronze.corner_shop__lines"))
    shop.put("lines_3.csv", MORE.replace("O9,2", "O9,3"))
    record = shop.run()
    assert [name for name in record.built if name.startswith("bronze.")] == ["bronze.corner_shop__lines"]
    assert before < set(shop.lake.files("bronze.corner_shop__lines"))
    landed = Account.from_json(record.account).subjects()["raw -> bronze.corner_shop__lines"]
    assert [(entry.fate, entry.rows) for entry in landed] == [("read", 18), ("loaded", 18)]


@pytest.mark.parametrize(("declared", "wanted"), [("supersedes", 4), ("adds", 5)])
def test_a_changed_file_does_what_its_feed_declares(corner_shop: Shop, declared: str, wanted: int) -> None:
    corner_shop.declare(lambda text: text.replace("map:\n", f"  lines: {{changed_file: {declared}}}\n\nmap:\n", 1))
    corner_shop.put("lines_2.csv", MORE)
    corner_shop.run()
    corner_shop.put("lines_2.csv", MORE.replace("O9,2,P1,1", "O9,3,P1,3"))
    record = corner_shop.run()
    assert quantities(corner_shop) == wanted
    landed = {row["_load_id"] for row in corner_shop.rows("bronze.corner_shop__lines")}
    assert landed == {load["load_id"] for load in corner_shop.manifest.loads if load["feed"] == "lines"}
    told = "corner_shop/lines_2.csv has changed; its rows take the place of those that it held"
    assert record.notes == ([told] if declared == "supersedes" else [])
    assert corner_shop.run().outcome == "unchanged"


def test_a_renamed_file_is_the_same_load(shop: Shop) -> None:
    path = shop.raw("lines_2.csv")
    path.rename(path.with_name("lines_late.csv"))
    assert shop.run().outcome == "unchanged"


def test_what_was_remembered_may_be_lost(shop: Shop) -> None:
    shop.project.seen.write_text("{", "utf-8")
    assert shop.run().outcome == "unchanged"


def test_another_layout_is_inspected_anew(shop: Shop) -> None:
    shop.declare(lambda text: text.replace("  lines:\n    files: lines*.csv\n", "  lines:\n    files: lines.csv\n"))
    record = shop.run()
    assert "corner_shop/lines_2.csv has gone; its rows stay" in record.notes
    assert quantities(shop) == 2
