"""The doctor: what it finds wrong with a project, and what it says to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from shoplake import doctor
from shoplake.doctor import Finding
from shoplake.gold import contracts
from shoplake.runs.ledger import Ledger, RunRecord
from shoplake.runs.lock import only_one
from shoplake.runs.progress import Silent
from tests.conftest import Shop
from tests.test_cli import shoplake


def examine(folder: Path, *, verify: bool = False) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in doctor.examine(folder, contracts(), Silent(), verify=verify):
        found.setdefault(finding.subject, []).append(finding)
        assert finding.state == "ok" or finding.remedy
        assert (finding.state == "problem") == bool(finding.exit_code)
    return found


@pytest.fixture
def folder(open_shop: Shop, tmp_path: Path) -> Path:
    """A copy of the corner shop after a run."""
    return open_shop.copy(tmp_path / "shop").project.folder


def data_files(folder: Path, table: str) -> list[Path]:
    return sorted((folder / "data" / table).rglob("*.parquet"))


def test_an_empty_project_is_no_problem(tmp_path: Path) -> None:
    found = examine(tmp_path, verify=True)
    good = {"versions", "engine", "settings", "source", "data folder", "disk", "last run"}
    assert {name for name, each in found.items() if all(finding.state == "ok" for finding in each)} - {"memory"} == good
    assert found["published"][0].state == "warning"
    assert list(tmp_path.iterdir()) == []


def test_a_published_project_is_good(folder: Path) -> None:
    found = examine(folder, verify=True)
    assert {finding.state for each in found.values() for finding in each} == {"ok"}
    (verified,) = found["files"]
    sizes = [file.stat().st_size for file in data_files(folder, ".")]
    tables = len(list(folder.glob("data/*/*/_delta_log")))
    assert f"all {len(sizes)} data files of {tables} tables ({sum(sizes):,} bytes)" in verified.what
    assert found["warehouse"][-1].what == "its tables hold what the lake's files do"


def test_damaged_and_missing_files_are_named(folder: Path) -> None:
    flipped, removed = data_files(folder, "gold/fact_sales")[0], data_files(folder, "silver/order")[0]
    flipped_name, removed_name = (f"{file.parent.name}/{file.name}" for file in (flipped, removed))
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    removed.unlink()
    (folder / "data/gold/dim_store/_delta_log/00000000000000000001.json").unlink()
    shutil.rmtree(folder / "data/quarantine/corner_shop__returns")
    found = shoplake("doctor", "--verify", "--json", cwd=folder)
    assert found.returncode == 5
    assert "gold.mart_customer" in found.stderr  # progress
    problems = {each["what"]: each["remedy"] for each in json.loads(found.stdout) if each["state"] == "problem"}
    assert f"gold.fact_sales/{flipped_name}: differs from what was published" in problems
    assert f"silver.order/{removed_name}: is missing" in problems
    assert any(what.startswith("gold.dim_store: the table can't be read at version 1") for what in problems)
    assert "quarantine.corner_shop__returns: the table's folder is gone" in problems
    assert all("`shoplake run --full`" in remedy for remedy in problems.values())
    unread = shoplake("doctor", cwd=folder)
    assert unread.returncode == 0
    shown = shoplake("doctor", "--verify", cwd=folder).stdout
    assert f"problem  files        gold.fact_sales/{flipped_name}: differs from what was published\n" in shown


@pytest.mark.parametrize(
    ("settings", "subject", "code", "message"),
    [
        ("data = [", "settings", 3, "not valid TOML"),
        ("dat = 'x'", "settings", 3, "«dat»"),
        ("data = 'shoplake.toml'", "data folder", 6, "can't write here"),
        ("data = 'a#b'", "data folder", 6, "the engine can't use a path with such characters"),
    ],
)
def test_wrong_settings(tmp_path: Path, settings: str, subject: str, code: int, message: str) -> None:
    (tmp_path / "shoplake.toml").write_text(settings, "utf-8")
    (problem,) = examine(tmp_path)[subject]
    assert problem.exit_code == code
    assert message in problem.what
    assert shoplake("doctor", cwd=tmp_path).returncode == code


def test_a_wrong_declaration(corner_shop: Shop) -> None:
    path = corner_shop.declare(lambda text: text.replace("channel: channel", "channel: chanel"))
    (problem,) = [finding for finding in examine(corner_shop.project.folder)["source"] if finding.state != "ok"]
    assert problem.exit_code == 3
    assert problem.what.startswith(f"{path}:")


def test_a_package_that_does_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs = ["duckdb<1", "no-such-package>=2", "pyarrow", "also-none; extra == 'demo'"]
    monkeypatch.setattr(doctor, "requires", lambda _: needs)
    found = examine(tmp_path)["versions"]
    assert [finding.exit_code for finding in found] == [6, 6]
    assert "duckdb 2" in found[0].what
    assert "no-such-package is missing, but shoplake needs >=2" in found[1].what


def test_runs_that_failed_or_were_cut_off(tmp_path: Path) -> None:
    ledger, lock = Ledger(tmp_path / "data/runs/ledger"), tmp_path / "data/runs/lock"
    ledger.write(RunRecord("20240101T000000Z-aaaa", "2024-01-01T00:00:00+00:00", outcome="failed", error="No."))
    assert "failed: No." in examine(tmp_path)["last run"][0].what
    ledger.write(RunRecord("20240102T000000Z-bbbb", "2024-01-02T00:00:00+00:00"))
    (cut_off,) = examine(tmp_path)["last run"]
    assert (cut_off.state, cut_off.what) == ("warning", "20240102T000000Z-bbbb was cut off")
    with only_one(lock):
        assert examine(tmp_path)["last run"][0].what == "20240102T000000Z-bbbb is at work"


def test_a_warehouse_or_manifest_that_is_not_the_published_one(folder: Path) -> None:
    (folder / "data/warehouse.duckdb").unlink()
    assert examine(folder)["warehouse"][0].state == "warning"
    (manifest,) = (folder / "data/runs/manifests").glob("*.json")
    manifest.write_text("{", "utf-8")
    (problem,) = examine(folder, verify=True)["published"]
    assert problem.exit_code == 5


def test_a_tight_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    with (folder / "data/raw/large.csv").open("wb") as file:
        file.truncate(free // 2 + (1 << 30))  # a hole: it takes no room
    assert examine(folder)["disk"][0].state == "warning"
