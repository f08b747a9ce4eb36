"""A copy of one published state, and a lake made from it."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from deltalake import DeltaTable

from shoplake.config import find_project
from shoplake.errors import DeclarationError, QualityError
from shoplake.lake import upkeep
from shoplake.runs.progress import Silent
from shoplake.states.backup import backup, restore
from shoplake.states.maintain import maintain
from shoplake.states.rollback import release, rollback
from tests.conftest import Shop
from tests.runs.conftest import LINES, state

pytestmark = pytest.mark.long

QUESTION = "select * from mart_sales_daily order by all"


@pytest.fixture
def other(three_states: Shop, tmp_path: Path) -> Shop:
    """The same project without a lake."""
    folder = tmp_path / "other"
    shutil.copytree(three_states.project.folder / "sources", folder / "sources")
    shutil.copy(three_states.project.folder / "shoplake.toml", folder)
    return Shop(folder, three_states.engine)


def copy_raw(shop: Shop, other: Shop) -> None:
    shutil.copytree(shop.project.raw, other.project.raw)


def test_a_restored_lake_is_the_one_that_was_copied(three_states: Shop, other: Shop, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "today"
    assert backup(three_states.project, copy, None, Silent()).number == 3
    wanted = state(three_states)
    heads = {name: DeltaTable(copy / name.replace(".", "/")).count() for name in wanted}
    assert heads == {name: len(rows) for name, rows in wanted.items()}  # any reader of Delta can open them
    restore(other.project, copy, Silent())
    assert other.manifest == three_states.manifest
    assert (state(other), other.sql(QUESTION)) == (wanted, three_states.sql(QUESTION))
    again = other.run()  # the raw files are no part of it
    assert (again.outcome, again.built) == ("unchanged", {})
    assert "corner_shop/orders.csv has gone; its rows stay" in again.notes
    copy_raw(three_states, other)
    assert other.run().notes == []
    other.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    other.run()
    assert other.one("select count(*) from fact_sales") == 14
    records = [json.loads(path.read_text("utf-8")) for path in sorted(other.project.ledger.glob("*.json"))]
    assert {"run", "restore"} == {each["kind"] for each in records}


def test_an_older_state_with_a_compacted_table_and_a_short_log(
    old_shop: Shop, other: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = state(old_shop, 3)
    monkeypatch.setattr(upkeep, "MANY", 2)
    old_shop.project.retention = 0
    maintain(old_shop.project, Silent())
    backup(old_shop.project, tmp_path / "copy", 3, Silent())
    restore(other.project, tmp_path / "copy", Silent())
    assert (other.manifest.number, state(other)) == (3, wanted)
    backup(old_shop.project, tmp_path / "newer", None, Silent())
    assert {name: DeltaTable(tmp_path / "newer" / name.replace(".", "/")).count() for name in wanted} == {
        name: len(rows) for name, rows in wanted.items()
    }


def test_rows_of_held_loads_go_along(old_shop: Shop, other: Shop, tmp_path: Path) -> None:
    wanted = state(old_shop)
    rollback(old_shop.project, 1, Silent())
    backup(old_shop.project, tmp_path / "copy", None, Silent())
    lines = DeltaTable(tmp_path / "copy" / "bronze" / "corner_shop__lines")
    assert lines.count() == len(state(old_shop)["bronze.corner_shop__lines"])
    restore(other.project, tmp_path / "copy", Silent())
    copy_raw(old_shop, other)
    for name in ("lines_2.csv", "lines_3.csv"):
        other.raw(name).unlink()
    release(other.project, (), Silent())
    other.run()
    assert state(other) == wanted


def test_a_backup_while_a_run_goes_on(old_shop: Shop, other: Shop, tmp_path: Path) -> None:
    """Files never change, so that nobody has to wait."""
    wanted = state(old_shop)
    old_shop.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    working = threading.Thread(target=old_shop.run)
    working.start()
    copies = []
    while working.is_alive() or not copies:
        copies.append(tmp_path / f"copy{len(copies)}")
        backup(old_shop.project, copies[-1], 3, Silent())
    working.join()
    for copy in (copies[0], copies[-1]):
        data = find_project(tmp_path)
        data.data = other.project.folder / copy.name
        restore(other.project, copy, Silent())
        assert state(other) == wanted
        shutil.rmtree(other.project.data)


def test_damage_is_found_on_both_ways(old_shop: Shop, other: Shop, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    backup(old_shop.project, copy, None, Silent())
    for data, act in (
        (old_shop.project.data, lambda: backup(old_shop.project, tmp_path / "second", None, Silent())),
        (copy, lambda: restore(other.project, copy, Silent())),
    ):
        file = next(iter(old_shop.manifest.tables["silver.order"].files))
        path = data / "silver" / "order" / file
        content = path.read_bytes()
        for bad in (bytes([content[0], content[1] ^ 1]) + content[2:], None):
            path.write_bytes(bad) if bad else path.unlink()
            with pytest.raises(QualityError, match=f"silver.order/{file}: (differs|is missing)"):
                act()
        path.write_bytes(content)
    assert not list(other.project.data.rglob("*.parquet"))
    assert not (tmp_path / "second" / "runs").exists()
    log = sorted((copy / "gold" / "dim_store" / "_delta_log").glob("*.json"))[-1]
    log.write_text(log.read_text("utf-8").replace('"add"', '"odd"'), "utf-8")
    with pytest.raises(QualityError, match=r"gold.dim_store"):
        restore(other.project, copy, Silent())


def test_refusals(three_states: Shop, other: Shop, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="number 9: there is no such state.*1 to 3"):
        backup(three_states.project, tmp_path / "copy", 9, Silent())
    with pytest.raises(DeclarationError, match="nothing is published"):
        backup(other.project, tmp_path / "copy", None, Silent())
    with pytest.raises(DeclarationError, match="it isn't empty"):
        backup(three_states.project, three_states.project.folder, None, Silent())
    with pytest.raises(DeclarationError, match="it is no backup"):
        restore(other.project, tmp_path / "copy", Silent())
    backup(three_states.project, tmp_path / "copy", None, Silent())
    with pytest.raises(DeclarationError, match="the lake isn't empty"):
        restore(three_states.project, tmp_path / "copy", Silent())
