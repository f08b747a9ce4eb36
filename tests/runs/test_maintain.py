"""Maintenance: fewer files with the same rows, and nothing goes that a state needs which can be gone back to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from shoplake.errors import DeclarationError, QualityError
from shoplake.lake import upkeep
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Silent
from shoplake.states import maintain as maintaining
from shoplake.states.backup import backup
from shoplake.states.rollback import release, rollback
from shoplake.states.upkeep import Upkeep, first_kept
from tests.conftest import Shop
from tests.runs.conftest import LINES, state

pytestmark = pytest.mark.long

NOW = datetime(2024, 6, 1, tzinfo=UTC)
BRONZE = "bronze.corner_shop__lines"


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MANY", 2)


def maintain(shop: Shop, *, retention: int = 30, dry_run: bool = False) -> Upkeep:
    shop.project.retention = retention
    return maintaining.maintain(shop.project, Silent(), dry_run=dry_run)


def at(shop: Shop, number: int) -> Manifest:
    return Manifests(shop.project.manifests).read(number)


def files(shop: Shop) -> dict[Path, int]:
    return {path: path.stat().st_size for path in shop.project.data.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("days_ago", "kept_from"),
    [
        ([0], 0),
        ([400, 300], 0),  # the newest and the one before, however old
        ([400, 300, 200], 1),
        ([400, 300, 29, 1], 1),  # the second was current 29 days ago
        ([400, 300, 31, 30, 2], 3),
        ([400, 300, 29, 200, 100], 1),  # the clock was set back after the third
        ([400, 300, -999, 200, 100], 1),  # the third has a date to come
        ([-5, -4, -3, -2], 0),  # the clock is behind now
    ],
)
def test_states_that_were_current_within_the_retention_are_kept(days_ago: list[int], kept_from: int) -> None:
    published = [NOW - timedelta(days=days) for days in days_ago]
    assert first_kept(published, NOW, 30) == kept_from


def test_what_a_kept_state_holds_stays(old_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of loads that an older state holds are in versions that only its manifest names."""
    monkeypatch.setattr(upkeep, "MANY", 100)
    rollback(old_shop.project, 1, Silent())
    release(old_shop.project, (), Silent())
    old_shop.run()
    done = maintain(old_shop, retention=0)
    holding = min(done.kept)
    assert at(old_shop, holding).held
    assert backup(old_shop.project, tmp_path / "copy", holding, Silent()).number == holding


def test_compaction_is_a_state_with_the_same_rows(old_shop: Shop) -> None:
    before = [state(old_shop, number) for number in (1, 2, 3)]
    done = maintain(old_shop)
    assert (done.number, done.forgotten, done.kept) == (4, [], [1, 2, 3, 4])
    there, left = done.compacted[BRONZE]
    assert (there >= 3, left) == (True, len(old_shop.manifest.tables[BRONZE].files)) == (True, 1)
    assert [state(old_shop, number) for number in (1, 2, 3, 4)] == [*before, before[2]]
    assert old_shop.one("select number from shoplake.publication") == 4
    assert old_shop.run().outcome == "unchanged"
    assert maintain(old_shop).number is None  # once is enough
    for path in old_shop.project.data.glob("*/*/_delta_log/*.json"):
        assert "ada@example.org" not in path.read_text("utf-8")
    old_shop.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    old_shop.run()
    rollback(old_shop.project, 3, Silent())
    assert state(old_shop) == before[2]


def test_what_no_state_needs_is_removed(old_shop: Shop) -> None:
    third = state(old_shop, 3)
    folder = old_shop.lake.path("gold.mart_gone") / "_delta_log"
    folder.mkdir(parents=True)
    (folder / "0.json").write_text("{}", "utf-8")
    done = maintain(old_shop, retention=0)
    assert (done.number, done.forgotten, done.kept) == (4, [1, 2], [3, 4])
    for name in old_shop.manifest.tables:
        named = {file for number in done.kept for file in at(old_shop, number).tables[name].files}
        folder_of = old_shop.lake.path(name)
        there = {path.relative_to(folder_of).as_posix() for path in folder_of.rglob("*.parquet")}
        assert {file for file in there if not file.startswith("_delta_log")} == named
    assert not folder.parent.exists()
    assert done.freed > 100_000
    assert state(old_shop, 3) == state(old_shop, 4) == third
    with pytest.raises(DeclarationError, match="there is no such state. `shoplake runs` lists those that are kept: 3"):
        rollback(old_shop.project, 1, Silent())
    commits = sorted((old_shop.lake.path("silver.order_line") / "_delta_log").glob("*.json"))
    assert commits[0].stem != "0" * 20  # the log begins at what is kept, and any reader can start there
    assert DeltaTable(old_shop.lake.path("silver.order_line")).count() == len(third["silver.order_line"])
    rollback(old_shop.project, 3, Silent())
    old_shop.put("lines_4.csv", LINES + "O9,4,P2,3,9.00,0\n")
    old_shop.run()
    assert len(state(old_shop)["gold.fact_sales"]) == 14
    assert len(maintain(old_shop, retention=0).kept) == 2


def test_rows_of_a_held_load_stay_however_old_its_state_is(old_shop: Shop) -> None:
    wanted = state(old_shop)[BRONZE]
    rollback(old_shop.project, 1, Silent())
    for name in ("lines_2.csv", "lines_3.csv"):
        old_shop.raw(name).unlink()
    path = old_shop.raw("returns.csv")
    path.write_text(path.read_text("utf-8").replace("damaged", "broken"), "utf-8")
    old_shop.run()
    done = maintain(old_shop, retention=0)
    assert 3 in done.forgotten
    release(old_shop.project, (), Silent())
    old_shop.run()
    assert state(old_shop)[BRONZE] == wanted


def test_a_dry_run_changes_nothing(old_shop: Shop) -> None:
    before = {path: path.read_bytes() for path in files(old_shop) if path.name != "lock"}
    done = maintain(old_shop, retention=0, dry_run=True)
    assert (BRONZE in done.compacted, done.number, done.forgotten) == (True, None, [1])
    assert (done.removed > 5, done.freed > 10_000) == (True, True)
    assert {path: path.read_bytes() for path in files(old_shop) if path.name != "lock"} == before


def test_damaged_rows_are_not_published_with_good_digests(old_shop: Shop) -> None:
    path = next(old_shop.lake.path(BRONZE).glob("*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(QualityError, match=f"{path.name}: differs from what was published"):
        maintain(old_shop, retention=0)
    assert old_shop.manifest.number == 3


def test_a_table_that_lacks_a_file_is_left_alone(old_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MANY", 99)
    table = Manifests(old_shop.project.manifests).read(3).tables["gold.fact_sales"]
    root = old_shop.lake.path("gold.fact_sales")
    (root / next(iter(table.files))).unlink()
    before = set(root.glob("*.parquet"))
    maintain(old_shop, retention=0)
    assert set(root.glob("*.parquet")) == before


@pytest.mark.parametrize(
    ("where", "what"),
    [(maintaining, "publish"), (Manifests, "remove"), (maintaining, "begin_at"), (maintaining, "remove")],
)
def test_what_a_killed_maintenance_left_is_done_by_the_next(
    old_shop: Shop, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    third = state(old_shop)
    with monkeypatch.context() as patched:
        patched.setattr(where, what, killed)
        with pytest.raises(KeyboardInterrupt):
            maintain(old_shop, retention=0)
    assert state(old_shop) == third
    assert old_shop.run().outcome == "unchanged"
    maintain(old_shop, retention=0)
    assert state(old_shop, 3) == state(old_shop) == third
    done = maintain(old_shop, retention=0)
    assert (done.number, done.removed) == (None, 0)
