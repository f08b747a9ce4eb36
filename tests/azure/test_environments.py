"""The repository's own artifacts, as each environment gets them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from shoplake.azure.adf_check import OUTSIDE
from shoplake.azure.artifacts import in_order, read
from shoplake.azure.changes import STATE, changes
from shoplake.azure.checkout import Checkout, Environment

CHECKOUT = Checkout(Path(__file__).parents[2])
OUTPUTS, JOBS = CHECKOUT.infra / "outputs.tf", CHECKOUT.bundle / "resources"


@pytest.mark.parametrize("environment", Environment)
def test_values_are_filled_in_from_what_there_is(environment: Environment) -> None:
    """Each `{name}` is an output of Terraform or a job of the bundle, and each place is one of an artifact."""
    names = re.findall(r'^output "(\w+)"', OUTPUTS.read_text("utf-8"), re.MULTILINE)
    jobs = [
        job
        for path in JOBS.glob("*.yml")
        for job in yaml.safe_load(path.read_text("utf-8"))["resources"].get("jobs", {})
    ]
    values = {name: f"<{name}>" for name in (*names, "subscription_id", *(f"job_{job}" for job in jobs))}
    found = read(CHECKOUT.factory, values, environment)
    assert "0000" not in str(found), "a placeholder is left"
    assert "shoplake-dev" not in str(found), "a name of one environment is left"
    elsewhere = {(kind, name): {} for kind, names in OUTSIDE.items() for name in names}
    steps = changes(found, elsewhere, {kind for kind, _ in found})
    assert [step.key for step in steps if step.action == "create"] == in_order(found)
    running = {key[1] for key, properties in found.items() if properties.get(STATE) == "Started"}
    assert running == ({"tr_daily"} if environment == Environment.PROD else set())


def test_the_bundles_variables_are_outputs() -> None:
    """Whatever has no value of its own gets one: see `shoplake.azure.bundle`."""
    declared = yaml.safe_load((CHECKOUT.bundle / "databricks.yml").read_text("utf-8"))["variables"]
    names = re.findall(r'^output "(\w+)"', OUTPUTS.read_text("utf-8"), re.MULTILINE)
    given = {name.removesuffix("_name") for name in names}
    assert {name for name, each in declared.items() if "default" not in each} <= given
    assert "catalog" in given
