"""The asset bundle says what it should, and checks notice where it doesn't."""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import requires
from itertools import product
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from shoplake.contract.unity import Unity
from shoplake.lake.upkeep import LAYERS
from tests.databricks.bundle import COMPUTE, STEPS, TARGETS, Bundle, problems

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "azure" / "databricks"
UV = shutil.which("uv") or next((str(path) for path in sorted(ROOT.glob(".tools/*/uv*")) if path.stem == "uv"), None)
needs_uv = pytest.mark.skipif(UV is None, reason="uv isn't here; `make` installs it where it is missing")


@pytest.mark.parametrize(("compute", "target"), list(product(COMPUTE, TARGETS)))
def test_nothing_is_wrong(compute: str, target: str) -> None:
    assert list(problems(FOLDER, compute, target)) == []


@pytest.mark.parametrize("target", TARGETS)
def test_what_a_target_is(target: str) -> None:
    bundle = Bundle(FOLDER, "serverless", target)
    job, values = bundle.job, bundle.values
    assert (job["name"], job["max_concurrent_runs"], job["queue"]) == ("shoplake_run", 1, {"enabled": True})
    assert [each["name"] for each in job["parameters"]] == ["project", "as_of", "full", "target"]
    assert [task["task_key"] for task in job["tasks"]] == STEPS
    assert {task["notebook_task"]["base_parameters"]["catalog"] for task in job["tasks"]} == {f"shoplake_{target}"}
    assert ("schedule" in job, "trigger" in job) == (target == "prod", target == "staging")
    assert ("run_as" in values, "permissions" in values) == ((target != "dev",) * 2)
    levels = {each["group_name"]: each["level"] for each in values.get("permissions", [])}
    assert levels.get("users", "") == ("CAN_VIEW" if target == "staging" else "")  # for the plan of a pull request
    assert job["health"]["rules"]
    given = {name for name, each in bundle.declared.items() if "default" not in each}
    assert given == {"lake_uri", "run_as", "data_factory_client_id"}
    assert job["permissions"][0]["level"] == "CAN_MANAGE_RUN"
    assert set(bundle.resources["schemas"]) == {*LAYERS, "lake", Unity().published}
    kept = [*bundle.resources["schemas"].values(), *bundle.resources["volumes"].values()]
    assert all(each["lifecycle"]["prevent_destroy"] for each in kept)


# file, what is there, what somebody writes instead, and what the checks say
MISTAKES = [
    ("resources/shoplake_run.yml", "[{task_key: modeling}]", "[{task_key: modelling}]", "modelling, which isn't there"),
    ("resources/shoplake_run.yml", "[{task_key: ingestion}]", "[{task_key: warehouse}]", "in a circle"),
    ("resources/shoplake_run.yml", "[{task_key: publish}]", "[{task_key: ingestion}]", "isn't that of a run"),
    ("resources/shoplake_run.yml", "task_key: publish\n", "task_key: publishing\n", "the tasks are"),
    ("resources/shoplake_run.yml", "02_publish.py", "02_publisch.py", "02_publisch.py is no notebook"),
    ("resources/shoplake_run.yml", "02_publish.py", "../README.md", "README.md is no notebook"),
    ("resources/shoplake_run.yml", "catalog: ${var.catalog}\n", "catalogue: x\n", "nobody gives catalog"),
    ("resources/shoplake_run.yml", "catalog: ${var.catalog}\n", "catalogue: x\n", "doesn't ask for catalogue"),
    ("resources/shoplake_run.yml", "name: full", "name: whole", "nobody gives full"),
    ("resources/shoplake_run.yml", "name: full", "name: whole", "no notebook asks for the job's parameter whole"),
    ("resources/shoplake_run.yml", "tasks.ingestion.values", "tasks.ingest.values", "gives ingest's run_id"),
    ("resources/shoplake_run.yml", "values.run_id", "values.run", "gives ingestion's run"),
    ("resources/shoplake_run.yml", "max_concurrent_runs: 1", "max_concurrent_run: 1", "max_concurrent_run"),
    ("resources/shoplake_run.yml", "value: 7200", "value: {}", "jobs.shoplake_run"),
    ("resources/shoplake_run.yml", "GREATER_THAN", "MORE_THAN", "MORE_THAN"),
    ("resources/shoplake_run.yml", "max_retries: 2", "max_retry: 2", "has no max_retries"),
    ("resources/shoplake_run.yml", "${workspace.file_path}", "${workspace.files}", "called workspace.files"),
    ("resources/catalog.yml", "volume_type: EXTERNAL", "volume_type: OUTER", "OUTER"),
    ("resources/catalog.yml", "schemas.lake.name", "schemas.lakes.name", "volumes.files"),
    ("resources/catalog.yml", "${var.analysts}", "${var.analyst}", "analyst isn't declared"),
    ("resources/catalog.yml", "${var.analysts}", "readers", "analysts isn't used"),
    ("compute/serverless.yml", "environment_key: shoplake\n", "environment_key: shop\n", "no compute that is there"),
    ("compute/serverless.yml", "{task_key: modeling, ", "{task_key: model, ", "modeling has no compute"),
    ("compute/job_clusters.yml", "job_cluster_key: shoplake\n ", "job_cluster_key: shop\n ", "compute that is there"),
    ("compute/job_clusters.yml", "min_workers", "fewest_workers", "fewest_workers"),
    (
        "../../notebooks/modeling/03_warehouse.py",
        'target="',
        'aim="',
        "no notebook asks for the job's parameter target",
    ),
    ("../../notebooks/modeling/03_warehouse.py", 'secret_scope="', 'scope="', "doesn't ask for secret_scope"),
    ("../../notebooks/modeling/02_publish.py", "# Databricks notebook source", "# notebook", "is no notebook"),
    (
        "databricks.yml",
        "          trigger:\n",
        "          schedule: {}\n          trigger:\n",
        "a schedule or a trigger",
    ),
]


@pytest.mark.parametrize(("file", "there", "instead", "said"), MISTAKES, ids=lambda text: text[:24])
def test_a_mistake_is_noticed(tmp_path: Path, file: str, there: str, instead: str, said: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "azure" / "databricks"))
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    path = folder / file
    text = path.read_text("utf-8")
    assert there in text
    path.write_text(text.replace(there, instead), "utf-8")
    compute = next((each for each in COMPUTE if each in file), COMPUTE[0])
    found = list(problems(folder, compute, "staging"))
    assert any(said in each for each in found), found


def test_the_wheel_needs_no_spark() -> None:
    """Databricks brings its own: another `pyspark` would take its place."""
    needed = [Requirement(text) for text in requires("shoplake") or []]
    always = {each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})}
    assert "deltalake" in always
    assert not {name for name in always if "spark" in name or "sail" in name}


@needs_uv
def test_nor_do_the_pinned_packages(tmp_path: Path) -> None:
    command = Bundle(FOLDER, "serverless", "dev").values["artifacts"]["wheel"]["build"].split("&&")[1].split()
    assert command[:2] == ["uv", "export"]
    command[0], command[-1] = str(UV), str(tmp_path / "requirements.txt")
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    lines = (tmp_path / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {Requirement(line).name for line in lines if line[:1].isalpha()}
    assert pinned >= {"pyarrow", "pandas", "deltalake", "psycopg", "mssql-python"}
    assert not {name for name in pinned if "spark" in name or "sail" in name}
    assert "shoplake" not in pinned


@needs_uv
def test_the_wheel_holds_the_package(tmp_path: Path) -> None:
    command = [str(UV), "build", "--wheel", "--quiet", "--out-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("shoplake-*.whl")
    shutil.unpack_archive(wheel, tmp_path / "in", "zip")
    (metadata,) = (tmp_path / "in").glob("*.dist-info/METADATA")
    needed = [line.removeprefix("Requires-Dist: ") for line in metadata.read_text("utf-8").splitlines()]
    always = [line for line in needed if line[:1].islower() and "extra ==" not in line]
    assert any(line.startswith("pyarrow") for line in always)
    assert not [line for line in always if "spark" in line or "sail" in line]
    assert (tmp_path / "in" / "shoplake" / "notebook.py").is_file()
