"""The whole pipeline on the storage emulator does what it does in a folder."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import duckdb
import pytest
from obstore.exceptions import GenericError

from shoplake import doctor, gold
from shoplake.config import find_project
from shoplake.errors import MachineError
from shoplake.explain.diff import diff
from shoplake.explain.trace import trace
from shoplake.lake import Engine, Lake
from shoplake.lake.objects import ObjectPath
from shoplake.lake.place import at_hand, listed, place_of, put
from shoplake.runs import lock
from shoplake.runs.ledger import Ledger
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Silent
from shoplake.sources.catalog import load_sources
from shoplake.states.backup import backup, restore
from shoplake.states.maintain import maintain
from shoplake.states.rollback import release, rollback
from shoplake.warehouse import snapshot
from shoplake.warehouse.published import open_published
from shoplake.warehouse.quarantine import refused_rows
from tests.conftest import Shop, make_corner_shop
from tests.runs.conftest import LINES

Shops = tuple[Shop, Shop]


def object_at(text: str) -> ObjectPath:
    found = place_of(text)
    assert isinstance(found, ObjectPath)
    return found


@pytest.fixture(scope="module")
def shops(lake: str, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shops:
    """The corner shop in a folder and in the store: a first run, one with new lines, one with nothing new."""
    made = []
    for data in ("data", f"{lake}/shop"):
        shop = make_corner_shop(tmp_path_factory.mktemp("shop"), engine, data)
        records = [shop.run()]
        shop.put("lines_2.csv", LINES + "O9,2,P1,1,5.00,0\n")
        records += [shop.run(), shop.run()]
        assert [record.outcome for record in records] == ["published", "published", "unchanged"]
        shop.records = records  # type: ignore[attr-defined]
        made.append(shop)
    here, there = made
    assert isinstance(there.project.data, ObjectPath)
    return here, there


def rows(shop: Shop, number: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """All rows of a state, but for when its files were first seen."""
    found = {}
    for name, table in Manifests(shop.project.manifests).chosen(number).tables.items():
        read = shop.lake.read(name, table.version)
        kept = read.drop("_effective_at") if name.startswith("staging.") else read
        found[name] = sorted((row.asDict() for row in kept.collect()), key=repr)
    return found


def test_each_table_holds_what_it_holds_in_a_folder(shops: Shops) -> None:
    here, there = map(rows, shops)
    assert here.keys() == there.keys()
    for name, wanted in here.items():
        assert there[name] == wanted, name


def test_the_warehouses_are_the_same(shops: Shops) -> None:
    here, there = shops
    for name in here.manifest.tables:
        if name.startswith("gold."):
            asked = f"select * from {name} order by all"
            assert there.sql(asked) == here.sql(asked), name


def test_the_runs_did_the_same(shops: Shops) -> None:
    for here, there in zip(*(shop.records for shop in shops), strict=True):  # type: ignore[attr-defined]
        assert (there.built, there.touched, there.account) == (here.built, here.touched, here.account)


def test_the_ledger_tells_of_all_runs(shops: Shops) -> None:
    _, there = shops
    told = [each.to_json() for each in reversed(Ledger(there.project.ledger).last(9))]
    assert told == json.loads(json.dumps([each.to_json() for each in there.records]))  # type: ignore[attr-defined]


def test_questions_have_the_same_answers(shops: Shops) -> None:
    refused, moved, traced = [], [], []
    for shop in shops:
        refused.append(refused_rows(shop.lake))
        manifests = Manifests(shop.project.manifests)
        moved.append(diff(shop.lake, manifests.read(1), manifests.read(2)))
        sources = load_sources(shop.project.folder, gold.contracts())
        found = trace(shop.lake, shop.manifest, sources, shop.project.warehouse, "fact_sales", "order_id = 'O9'", 5)
        traced.append([(row.file, row.number, row.row) for row in found.raw])
    assert refused[0] == refused[1] != []
    assert moved[0] == moved[1]
    assert traced[0] == traced[1] != []


def test_exports_go_to_the_store(shops: Shops) -> None:
    """From there Synapse and Fabric copy them."""
    _, there = shops
    exports = there.project.data / "exports"
    put(exports / "0" / "gold" / "old.parquet", b"")
    with open_published(there.lake, there.manifest) as published:
        folder = snapshot.export(published, exports)
        told = json.loads((folder / "_SUCCESS").read_text("utf-8"))
        assert told["rows"] == {table.name: published.of(table).rows for table in published.tables}
    snapshot.forget(exports, there.manifest.number)
    assert {name.partition("/")[0] for name in listed(exports)} == {str(there.manifest.number)}
    with at_hand(folder / "gold", ["fact_sales/part-00000.parquet"]) as here:
        ((count,),) = duckdb.sql(f"select count(*) from '{here}/fact_sales/*.parquet'").fetchall()
    assert count == there.one("select count(*) from fact_sales")


@pytest.mark.long
def test_states_come_back(shops: Shops) -> None:
    _, there = shops
    second = rows(there)
    rollback(there.project, 1, Silent())
    assert rows(there) == rows(there, 1) != second
    assert there.one("select count(*) from fact_sales") == len(rows(there)["gold.fact_sales"])
    assert [each.file for each in release(there.project, (), Silent())] == ["corner_shop/lines_2.csv"]
    assert there.run().outcome == "published"
    assert rows(there) == second


@pytest.mark.long
def test_backups_go_everywhere(shops: Shops, lake: str, tmp_path: Path) -> None:
    _, there = shops
    wanted = rows(there)
    backup(there.project, tmp_path / "backup", None, Silent())
    for data in ("data", f"{lake}/restored"):
        folder = tmp_path / data.rpartition("/")[2]
        folder.mkdir()
        (folder / "shoplake.toml").write_text(f'data = "{data}"\n', "utf-8")
        (folder / "sources").symlink_to(there.project.folder / "sources", target_is_directory=True)
        restore(find_project(folder), tmp_path / "backup", Silent())
        restored = Shop(folder, there.engine)
        assert rows(restored) == wanted
        assert all(each.state == "ok" for each in examined(restored, "files", "warehouse"))


@pytest.mark.long
def test_maintenance_leaves_what_is_published(shops: Shops) -> None:
    _, there = shops
    wanted, before = rows(there), listed(there.project.data)
    there.project.retention = 0
    done = maintain(there.project, Silent())
    assert done.removed
    assert rows(there) == wanted
    assert len(listed(there.project.data)) < len(before)
    assert all(each.state == "ok" for each in examined(there, "files", "warehouse", "data folder"))
    assert there.run().outcome == "unchanged"


def examined(shop: Shop, *subjects: str) -> list[doctor.Finding]:
    found = doctor.examine(shop.project.folder, gold.contracts(), Silent(), verify=True)
    return [each for each in found if each.subject in subjects]


def test_a_file_that_somebody_replaced_is_noticed(shops: Shops, engine: Engine) -> None:
    _, there = shops
    file = Lake(there.project.data, engine).files("gold.dim_store", there.manifest.tables["gold.dim_store"].version)[0]
    content = file.read_bytes()
    assert isinstance(file, ObjectPath)
    file.put(content)  # the same bytes, but who knows that without reading them
    (found,) = (each for each in examined(there, "files") if each.state == "problem")
    assert "gold.dim_store" in found.what
    assert "differs from what was published" in found.what


def test_one_run_at_a_time(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several processes, and of several threads of one."""
    at = object_at(f"{lake}/locked/runs/lock")
    with lock.only_one(at):
        lock.check_held(at)
        first = dict(lock._HELD)
        with pytest.raises(MachineError, match="another run is at work"), lock.only_one(at):
            pass
        monkeypatch.setattr(lock, "LEASE", timedelta(0))  # as if the first had been silent for long
        with lock.only_one(at):
            lock.check_held(at)
            monkeypatch.setattr(lock, "_HELD", first)
            with pytest.raises(MachineError, match="another run took this lake over"):
                lock.check_held(at)
    assert not at.exists()


def renewed(at: ObjectPath) -> bool:
    first = at.stat().tag
    return any(at.stat().tag != first for _ in range(500))


def test_who_holds_the_lock_keeps_it(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = object_at(f"{lake}/kept/runs/lock")
    monkeypatch.setattr(lock, "RENEWAL", timedelta(milliseconds=20))
    with lock.only_one(at):
        assert renewed(at)
        lock.check_held(at)
    assert not at.exists()


def test_a_store_that_is_away_for_a_while_frees_no_lock(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = object_at(f"{lake}/away/runs/lock")
    monkeypatch.setattr(lock, "RENEWAL", timedelta(milliseconds=20))
    failed, real = Event(), ObjectPath.put

    def away(self: ObjectPath, *what: Any) -> str:
        if not failed.is_set() and isinstance(what[-1], dict):
            failed.set()
            raise GenericError("Generic MicrosoftAzure error: error sending request")
        return real(self, *what)

    monkeypatch.setattr(ObjectPath, "put", away)
    with lock.only_one(at):
        assert failed.wait(60)
        assert renewed(at)


def test_a_lock_that_is_taken_over_with_a_lost_answer_is_held(lake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at = object_at(f"{lake}/lost/runs/lock")
    at.put(b'{"owner": "killed"}')
    monkeypatch.setattr(lock, "LEASE", timedelta(0))
    real = ObjectPath.put

    def asked_twice(self: ObjectPath, *what: Any) -> str:
        real(self, *what)
        return real(self, *what)

    monkeypatch.setattr(ObjectPath, "put", asked_twice)
    with lock.only_one(at):
        lock.check_held(at)
    assert not at.exists()
