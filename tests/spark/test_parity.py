"""The embedded engine and Apache Spark build the same tables: every row, key and decimal of every layer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.spark.conftest import Run
from tests.spark.parity import differences


@pytest.mark.timeout(3600)
def test_a_shop_with_every_defect_and_change(tmp_path: Path, run: Run, request: pytest.FixtureRequest) -> None:
    ours, theirs = tmp_path / "embedded", tmp_path / "spark"
    run("embedded", "generate", ours, "--lines", request.config.getoption("--parity-lines"), "--days", 120)
    shutil.copytree(ours, theirs)
    run("embedded", "-p", ours, "run")
    run("spark", "-p", theirs, "run", memory="4g")
    assert list(differences(ours, theirs)) == []
    run("embedded", "-p", theirs, "audit")


@pytest.mark.timeout(3600)
def test_the_complete_journey(tmp_path: Path, run: Run) -> None:
    ours, theirs = tmp_path / "embedded", tmp_path / "spark"
    for folder, engine, memory in ((ours, "embedded", ""), (theirs, "spark", "4g")):
        folder.mkdir()
        run(engine, "-p", folder, "demo", memory=memory)
    assert list(differences(ours, theirs)) == []
