"""A small checkout, and programs in place of `az`, `terraform` and `databricks` that answer as those do."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run
from typing import Any

import pytest

from tests.azure.model import Model, served

ROOT = Path(__file__).parents[2]
SCRIPT = """\
#!{python}
import json, os, sys
said = " ".join(sys.argv[1:])
with open({log!r}, "a", encoding="utf-8") as log:
    log.write(json.dumps([{name!r}, said, dict(os.environ)]) + "\\n")
for start, (code, out, error) in json.load(open({answers!r}, encoding="utf-8")).items():
    if said.startswith(start):
        if code == "do":
            exec(out, {{"said": sys.argv[1:]}})
            sys.exit(0)
        print(out)
        print(error, end="", file=sys.stderr)
        sys.exit(code)
sys.exit(f"{name}: unexpected: {{said}}")
"""
LAKE = {
    "name": "ls_lake",
    "properties": {
        "type": "AzureBlobFS",
        "typeProperties": {"url": "", "credential": {"referenceName": "cred", "type": "CredentialReference"}},
    },
}
SETTINGS = {
    "linkedService/ls_lake": {"typeProperties.url": "https://{storage_account_name}.dfs.core.windows.net"},
    "globalParameters/default": {"job.value": "{job_shoplake_run}"},
}
DATA = {
    "name": "ds_raw",
    "properties": {
        "linkedServiceName": {"referenceName": "ls_lake", "type": "LinkedServiceReference"},
        "type": "Binary",
        "typeProperties": {},
    },
}
ALL = {
    "name": "pl_all",
    "properties": {
        "activities": [
            {
                "name": "del",
                "type": "Delete",
                "typeProperties": {"dataset": {"referenceName": "ds_raw", "type": "DatasetReference"}},
            }
        ]
    },
}


def trigger(kind: str, **more: object) -> dict[str, Any]:
    pipeline = {"pipelineReference": {"referenceName": "pl_all", "type": "PipelineReference"}}
    return {"type": kind, "pipelines": [pipeline], "runtimeState": "Started", "typeProperties": more}


OUTPUTS = {
    "resource_group_name": "rg",
    "storage_account_name": "shoplakedev",
    "lake_path": "shop",
    "lake_uri": "abfss://lake@shoplakedev.dfs.core.windows.net/shop",
    "data_factory_name": "adf",
    "databricks_host": "https://adb-1.azuredatabricks.net",
    "catalog_name": "shoplake_dev",
    "run_as": "an-application-id",
    "synapse_dedicated_endpoint": "",
    "key_vault_uri": "https://kv-shoplake-dev.vault.azure.net/",
    "access_connector_id": "/subscriptions/a-subscription/resourceGroups/rg/providers/Microsoft.Databricks/c",
}


@dataclass
class World:
    """The checkout, the factory, and what the programs answer: start of the arguments -> code, stdout, stderr."""

    folder: Path
    model: Model
    faults: list[tuple[int, Any]]
    answers: dict[str, dict[str, tuple[int | str, str, str]]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=lambda: dict(OUTPUTS))

    def does(self, tool: str, start: str, code: str) -> None:
        """Let a tool run some Python; `said` are its arguments."""
        self.says(tool, start, "do", code)

    def says(self, tool: str, start: str, code: int | str, out: str = "", error: str = "") -> None:
        before = {key: said for key, said in self.answers.get(tool, {}).items() if key != start}
        self.answers[tool] = {start: (code, out, error)} | before

    def declare(self, environment: str) -> None:
        place = self.folder / "azure" / "infra" / "env" / environment
        place.with_suffix(".tfvars").write_text(f'env = "{environment}"\n', "utf-8")
        place.with_suffix(".tfbackend").write_text(f'path = "{environment}.tfstate"\n', "utf-8")

    def settings(self, name: str, wanted: object) -> None:
        (self.folder / "azure" / "adf" / "env" / f"{name}.json").write_text(json.dumps(wanted), "utf-8")

    def write(self, kind: str, artifact: dict[str, Any]) -> Path:
        path = self.folder / "azure" / "adf" / kind / f"{artifact['name']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(artifact), "utf-8")
        return path

    def shoplake(self, *arguments: str, typed: str = "", real: tuple[str, ...] = ()) -> CompletedProcess[str]:
        """Run a command; `real`: tools that are the machine's own."""
        command, options = self._command(arguments, real)
        return run(command, capture_output=True, input=typed, check=False, **options)

    def start(self, *arguments: str) -> Popen[str]:
        """Start a command in a group of processes of its own."""
        command, options = self._command(arguments, ())
        return Popen(command, stdout=PIPE, stderr=PIPE, start_new_session=True, **options)

    def _command(self, arguments: tuple[str, ...], real: tuple[str, ...]) -> tuple[list[str], dict[str, Any]]:
        programs = self.folder.parent / "programs"
        programs.mkdir(exist_ok=True)
        told = {name: {"value": value} for name, value in self.outputs.items()}
        self.says("terraform", "output", 0, json.dumps(told))
        for tool in self.answers.keys() - real:
            said, script = programs / f"{tool}.answers.json", programs / tool
            said.write_text(json.dumps(self.answers[tool]), "utf-8")
            given = {"python": sys.executable, "log": str(self.log), "answers": str(said), "name": tool}
            script.write_text(SCRIPT.format(**given), "utf-8")
            script.chmod(0o755)
        paths = [str(programs), *(os.environ["PATH"].split(os.pathsep) if real else [])]
        environment = os.environ | {"PATH": os.pathsep.join(paths), "ARM_SUBSCRIPTION_ID": "", "BUNDLE_VAR_run_as": ""}
        command = [sys.executable, "-m", "shoplake", "azure", *arguments]
        return command, {"cwd": self.folder, "env": environment, "text": True, "encoding": "utf-8"}

    @property
    def log(self) -> Path:
        return self.folder.parent / "calls.jsonl"

    def calls(self, tool: str) -> list[tuple[str, dict[str, str]]]:
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
        return [(said, environment) for name, said, environment in lines if name == tool]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """All is well: the tools are there, somebody is logged in, the environment's infrastructure stands."""
    if os.name == "nt":
        pytest.skip("the programs that stand in for az, terraform and databricks are scripts with a first line")
    model, faults = Model(), []
    with served(model, faults) as address:
        found = World(tmp_path / "checkout", model, faults)
        for folder in ("infra/env", "databricks", "adf/env"):
            (found.folder / "azure" / folder).mkdir(parents=True)
        found.declare("dev")
        for kind, artifact in (("linkedService", LAKE), ("dataset", DATA), ("pipeline", ALL)):
            found.write(kind, artifact)
        found.write(
            "trigger", {"name": "tr_daily", "properties": trigger("ScheduleTrigger", recurrence={"interval": 1})}
        )
        found.write("trigger", {"name": "tr_raw", "properties": trigger("BlobEventsTrigger", scope="x")})
        found.write(
            "factory", {"name": "f", "properties": {"globalParameters": {"job": {"type": "String", "value": ""}}}}
        )
        model.held["credential", "cred"] = {"type": "ManagedIdentity"}  # Terraform's: it has no folder, and stays
        found.settings("common", {"linkedService/ls_lake": {"typeProperties.url": "{key_vault_uri}"}})
        found.settings("dev", SETTINGS)
        token = {"accessToken": "a-token", "expires_on": int(time.time()) + 3600}
        login = {"id": "a-subscription", "name": "Shop", "user": {"name": "ann@example.org"}}
        found.says("az", "version", 0, json.dumps({"azure-cli": "2.91.0"}))
        found.says("az", "account show", 0, json.dumps(login))
        found.says("az", "account get-access-token", 0, json.dumps(token))
        found.says("az", "cloud show", 0, address)
        found.says("az", "storage blob upload", 0)
        plan = {"resource_changes": [{"address": "azurerm_resource_group.main", "change": {"actions": ["create"]}}]}
        for start in ("init", "apply"):
            found.says("terraform", start, 0)
        found.says("terraform", "version", 0, json.dumps({"terraform_version": "1.11.4"}))
        found.says("terraform", "plan", 2, "Plan: 1 to add, 0 to change, 0 to destroy.")
        found.says("terraform", "show", 0, json.dumps(plan))
        found.says("databricks", "version", 0, json.dumps({"Version": "0.281.0"}))
        found.says("databricks", "bundle", 0, "Validation OK!")
        summary = {"resources": {"jobs": {"shoplake_run": {"id": "77"}, "new": {}}}}
        found.says("databricks", "bundle summary", 0, json.dumps(summary))
        yield found
