"""The repository's own artifacts, as each environment gets them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from shoplake.azure.adf_check import OUTSIDE
from shoplake.azure.artifacts import in_order, read
from shoplake.azure.changes import STATE, changes
from shoplake.azure.checkout import Checkout, Environment
from shoplake.errors import DeclarationError

CHECKOUT = Checkout(Path(__file__).parents[2])
OUTPUTS, JOBS = CHECKOUT.infra / "outputs.tf", CHECKOUT.bundle / "resources"


def values() -> dict[str, str]:
    """All that can be filled in."""
    names = re.findall(r'^output "(\w+)"', OUTPUTS.read_text("utf-8"), re.MULTILINE)
    jobs = [
        job
        for path in JOBS.glob("*.yml")
        for job in yaml.safe_load(path.read_text("utf-8"))["resources"].get("jobs", {})
    ]
    return {name: f"<{name}>" for name in (*names, "subscription_id", *(f"job_{job}" for job in jobs))}


@pytest.mark.parametrize("environment", Environment)
def test_values_are_filled_in_from_what_there_is(environment: Environment) -> None:
    """Each `{name}` is an output of Terraform or a job of the bundle, and each place is one of an artifact."""
    found = read(CHECKOUT.factory, values(), environment)
    assert "0000" not in str(found), "a placeholder is left"
    assert "shoplake-dev" not in str(found), "a name of one environment is left"
    elsewhere = {(kind, name): {} for kind, names in OUTSIDE.items() for name in names}
    steps = changes(found, elsewhere, {kind for kind, _ in found})
    assert [step.key for step in steps if step.action == "create"] == in_order(found)
    running = {key[1] for key, properties in found.items() if properties.get(STATE) == "Started"}
    assert running == ({"tr_daily"} if environment == Environment.PROD else set())


def test_each_environment_has_its_file_and_no_other_is_there() -> None:
    there = {file.stem for file in (CHECKOUT.factory / "env").glob("*.json")}
    assert there == {"common", *(str(each) for each in Environment)}


@pytest.mark.parametrize("environment", Environment)
@pytest.mark.parametrize(
    ("common", "right", "wrong", "what"),
    [
        (True, "linkedService/ls_lake", "linkedService/ls_lak", "there is no artifact linkedService/ls_lak"),
        (True, "globalParameters/default", "globalParameters/dev", "there is no artifact globalParameters/dev"),
        (True, "lakeFolder.value", "lakeFoldr.value", "globalParameters/default has no lakeFoldr.value"),
        (True, "lakeFolder.value", "lakeFolder", "Name one: lakeFolder.type, lakeFolder.value"),
        (True, "typeProperties.scope", "typeProperties.skope", "trigger/tr_raw_arrival has no typeProperties.skope"),
        (True, "{key_vault_uri}", "{vault_uri}", "nothing is known that would fill in «{vault_uri}»"),
        (False, "trigger/tr_daily", "trigger/tr_dayly", "there is no artifact trigger/tr_dayly"),
        (False, "runtimeState", "runtimestate", "trigger/tr_daily has no runtimestate"),
    ],
)
def test_what_names_nothing_is_noticed(
    common: bool, right: str, wrong: str, what: str, environment: Environment, tmp_path: Path
) -> None:
    folder = shutil.copytree(CHECKOUT.factory, tmp_path / "adf")
    file = folder / "env" / f"{'common' if common else environment}.json"
    text = file.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(DeclarationError) as raised:
        read(folder, values(), environment)
    assert what in f"{raised.value.what}. {raised.value.remedy}"
    assert raised.value.where == str(file)


def test_the_example_in_the_docs_is_put_in(tmp_path: Path) -> None:
    """Global parameters that are a shop's own, in one environment and no other."""
    page = (Path(__file__).parents[2] / "docs" / "data-factory.md").read_text("utf-8")
    (example,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    folder = shutil.copytree(CHECKOUT.factory, tmp_path / "adf")
    file = folder / "env" / "prod.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | example), "utf-8")
    told = {place.removesuffix(".value"): value for place, value in example["globalParameters/default"].items()}
    assert told.keys() == {"alertSecret", "powerBiRefreshUrl", "warehouseJobId"}
    for environment, wanted in ((Environment.PROD, told), (Environment.DEV, dict.fromkeys(told, ""))):
        found = read(folder, values(), environment)["globalParameters", "default"]
        assert {name: found[name]["value"] for name in told} == wanted


def test_the_bundles_variables_are_outputs() -> None:
    """Whatever has no value of its own gets one: see `shoplake.azure.bundle`."""
    declared = yaml.safe_load((CHECKOUT.bundle / "databricks.yml").read_text("utf-8"))["variables"]
    names = re.findall(r'^output "(\w+)"', OUTPUTS.read_text("utf-8"), re.MULTILINE)
    given = {name.removesuffix("_name") for name in names}
    assert {name for name, each in declared.items() if "default" not in each} <= given
    assert "catalog" in given
