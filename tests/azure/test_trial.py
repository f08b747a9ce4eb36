"""The trial of an environment, with folders in place of the storage account and a run here in place of the job."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.azure.conftest import World

COPY = """
import fnmatch, json, pathlib, shutil
account = pathlib.Path({account!r})
of = dict(zip(said[3::2], said[4::2]))
def put(source, name):
    target = account / name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
if said[2] == "list":
    assert (of["--num-results"], of["--include"]) == ("*", "m")
    is_file = of["--query"] == "[?metadata.hdi_isfolder!='true'].name"
    there = [f.relative_to(account).as_posix() for f in account.rglob("*") if f.is_file() or not is_file]
    print(json.dumps([name for name in there if name.startswith(of["--prefix"])]))
elif said[2] == "upload":
    put(of["--file"], of["--name"])
elif said[2] == "upload-batch":
    source = pathlib.Path(of["--source"])
    for file in source.rglob("*"):
        if file.is_file():
            put(file, f"{{of['--destination-path']}}/{{file.relative_to(source).as_posix()}}")
else:
    for file in account.rglob("*"):
        name = file.relative_to(account).as_posix()
        if file.is_file() and fnmatch.fnmatch(name, of["--pattern"]):
            target = pathlib.Path(of["--destination"]) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
"""
# The volume is the lake's root; what the notebooks do one by one, `shoplake run` does at once.
JOB = """
import os, pathlib, subprocess, sys
given = dict(pair.split("=") for pair in said[said.index("--params") + 1].split(","))
lake = {account!r} + "/shop"
assert (given["full"], given["target"]) == ("true", "databricks duckdb")
folder = given["project"].replace("/Volumes/shoplake_dev/lake/files", lake)
{tamper}
done = subprocess.run([sys.executable, "-m", "shoplake", "-p", folder, "run", "--full"],
                      env=os.environ | {{"SHOPLAKE_DATA": lake, "PATH": {path!r}}})
sys.exit(done.returncode)
"""
TAMPER = """
file = sorted(pathlib.Path(lake, "raw").rglob("returns_*.csv"))[-1]
file.unlink()
"""


@pytest.mark.parametrize(
    "tamper", ["", pytest.param(TAMPER, marks=pytest.mark.long)], ids=["true", "a file is lost on the way"]
)
def test_a_trial_agrees_with_the_truth_or_says_what_does_not(world: World, tmp_path: Path, tamper: str) -> None:
    account = str(tmp_path / "account")
    world.does("az", "storage blob", COPY.format(account=account))
    world.does("databricks", "bundle run", JOB.format(account=account, tamper=tamper, path=os.environ["PATH"]))
    found = world.shoplake("trial", "--env", "dev", "--json")
    assert found.returncode == (5 if tamper else 0), found.stderr
    results = {each["check"]: each for each in json.loads(found.stdout)}
    assert results["fact_sales, line by line"]["found"] == 5002
    assert len(results) > 30
    wrong = {name for name, each in results.items() if not each["ok"]}
    assert wrong == set() if not tamper else "fact_returns, line by line" in wrong


def test_a_job_that_leaves_nothing(world: World, tmp_path: Path) -> None:
    world.does("az", "storage blob", COPY.format(account=str(tmp_path / "account")))
    found = world.shoplake("trial", "--env", "dev")
    assert found.returncode == 6
    assert "error: shop/runs/manifests/*: the lake has no such file. Look at what the job did" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_raw_files_of_another_shop_are_left_alone(world: World, tmp_path: Path) -> None:
    theirs = tmp_path / "account/shop/raw/my_shop/orders.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("order_id", "utf-8")
    world.does("az", "storage blob", COPY.format(account=str(tmp_path / "account")))
    found = world.shoplake("trial", "--env", "dev")
    assert found.returncode == 3
    assert "it has raw files that aren't those of a trial, such as my_shop/orders.csv. Try it" in found.stderr
    assert [path for path in (tmp_path / "account").rglob("*") if path.is_file()] == [theirs]


def test_not_in_production(world: World) -> None:
    world.declare("prod")
    refused = world.shoplake("trial", "--env", "prod")
    assert refused.returncode == 3
    assert "a trial puts a generated shop into the lake. Try it in staging." in refused.stderr
