"""The Databricks bundle: its variables are Terraform's outputs of the same names, `catalog` is `catalog_name`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from shoplake.azure.checkout import Checkout, Environment
from shoplake.azure.tools import run
from shoplake.errors import DeclarationError


def validate(checkout: Checkout, environment: Environment, outputs: Mapping[str, str]) -> None:
    """Let Databricks judge the bundle for that target; changes nothing."""
    _run(checkout, outputs, "validate", "--target", environment)


def deploy(checkout: Checkout, environment: Environment, outputs: Mapping[str, str]) -> None:
    """Build the wheel, and bring it, notebooks and jobs to the workspace."""
    _run(checkout, outputs, "deploy", "--target", environment, "--auto-approve")


def run_job(
    checkout: Checkout, environment: Environment, outputs: Mapping[str, str], parameters: Mapping[str, str]
) -> None:
    """Run the deployed job `shoplake_run` to its end. Raises MachineError if it fails."""
    given = ",".join(f"{name}={value}" for name, value in parameters.items())
    _run(checkout, outputs, "run", "shoplake_run", "--target", environment, "--params", given)


def jobs(checkout: Checkout, environment: Environment, outputs: Mapping[str, str]) -> dict[str, str]:
    """Ids of the jobs that are deployed: `job_<key>`."""
    told = json.loads(_run(checkout, outputs, "summary", "--target", environment, "--output", "json", shown=False))
    found = told.get("resources", {}).get("jobs", {})
    return {f"job_{key}": str(job["id"]) for key, job in found.items() if job.get("id")}


def _run(checkout: Checkout, outputs: Mapping[str, str], *arguments: str, shown: bool = True) -> str:
    if not (host := outputs.get("databricks_host")):
        remedy = "Deploy the infrastructure first: shoplake azure deploy --only infra"
        raise DeclarationError(
            "Terraform's output databricks_host is missing", where=str(checkout.infra), remedy=remedy
        )
    login = {"DATABRICKS_AUTH_TYPE": os.environ.get("DATABRICKS_AUTH_TYPE", "azure-cli"), "DATABRICKS_HOST": host}
    wanted = {f"BUNDLE_VAR_{name.removesuffix('_name')}": value for name, value in outputs.items() if value}
    variables = {name: value for name, value in wanted.items() if not os.environ.get(name)}  # a person knows better
    return run("databricks", "bundle", *arguments, cwd=checkout.bundle, env=variables | login, shown=shown)
