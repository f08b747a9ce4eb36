"""`shoplake azure` as a person runs it, against a model of the management API and programs that answer as az does."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.azure.conftest import DATA, LAKE, World, trigger

DAILY, ARRIVAL, CREDENTIAL = ("trigger", "tr_daily"), ("trigger", "tr_raw"), ("credential", "cred")


def test_a_deployment_from_nothing_to_nothing_to_do(world: World) -> None:
    planned = world.shoplake("plan")
    assert planned.returncode == 0, planned.stderr
    assert "  create azurerm_resource_group.main\n" in planned.stdout
    assert "  create pipeline/pl_all\n" in planned.stdout
    assert "  start trigger/tr_raw\n  8 changes.\n" in planned.stdout
    assert "Validation OK!" in planned.stderr
    assert world.model.held.keys() == {CREDENTIAL}

    done = world.shoplake("deploy", "--yes")
    assert done.returncode == 0, done.stderr
    order = [call.partition(" ")[2] for call in world.model.calls[:4]]
    assert order == ["globalParameters/default", "linkedService/ls_lake", "dataset/ds_raw", "pipeline/pl_all"]
    assert (
        world.model.held["linkedService", "ls_lake"]["typeProperties"]["url"]
        == "https://shoplakedev.dfs.core.windows.net"
    )
    assert world.model.held["globalParameters", "default"]["job"]["value"] == "77"
    assert world.model.runs(DAILY)
    assert world.model.runs(ARRIVAL)
    said, environment = next(call for call in world.calls("databricks") if "deploy" in call[0])
    assert said == "bundle deploy --target dev --auto-approve"
    assert environment["DATABRICKS_HOST"] == "https://adb-1.azuredatabricks.net"
    assert environment["DATABRICKS_AUTH_TYPE"] == "azure-cli"
    assert environment["BUNDLE_VAR_catalog"] == "shoplake_dev"
    assert environment["BUNDLE_VAR_run_as"] == "an-application-id"  # said empty, as by a workflow without that variable
    assert "BUNDLE_VAR_synapse_dedicated_endpoint" not in environment
    assert any(said.startswith("apply ") for said, _ in world.calls("terraform"))

    world.model.calls.clear()
    assert "The factory is as declared." in world.shoplake("deploy", "--only", "adf", "--yes").stdout
    assert world.model.calls == []


def test_the_list_of_feeds_goes_into_the_lake(world: World) -> None:
    kept = world.folder.parent / "feeds.json"
    world.does(
        "az", "storage blob upload", f'import shutil; shutil.copy(said[said.index("--file") + 1], {str(kept)!r})'
    )
    done = world.shoplake("deploy", "--only", "adf", "--yes")
    assert "  runs/feeds.json is in the lake." in done.stdout
    (said,) = [said for said, _ in world.calls("az") if said.startswith("storage")]
    wanted = "storage blob upload --account-name shoplakedev --container-name lake --name shop/runs/feeds.json --file"
    assert said.startswith(wanted)
    assert kept.read_text("utf-8") == world.shoplake("feeds").stdout


def test_only_what_changed_and_what_is_gone(world: World) -> None:
    world.write("dataset", {"name": "ds_old", "properties": DATA["properties"]})
    assert world.shoplake("deploy", "--only", "adf", "--yes").returncode == 0
    (world.folder / "azure" / "adf" / "dataset" / "ds_old.json").unlink()
    changed = trigger("BlobEventsTrigger", scope="y")
    del changed["runtimeState"]  # says nothing: it runs as before
    world.write("trigger", {"name": "tr_raw", "properties": changed})
    world.model.calls.clear()
    assert world.shoplake("deploy", "--only", "adf", "--yes").returncode == 0
    wanted = ["stop trigger/tr_raw", "put trigger/tr_raw", "delete dataset/ds_old", "start trigger/tr_raw"]
    assert world.model.calls == wanted


def test_no_is_no(world: World) -> None:
    refused = world.shoplake("deploy", "--only", "adf", typed="n\n")
    assert refused.returncode == 3
    asked = "8 changes to the factory adf, and runs/feeds.json would be written anew. Go on? [y/N]"
    assert asked in refused.stderr
    assert "error: adf: it was not agreed to, and nothing of it was done." in refused.stderr
    assert world.model.held.keys() == {CREDENTIAL}
    assert not [said for said, _ in world.calls("az") if said.startswith("storage")]
    assert "replaced by this checkout's. Go on?" in world.shoplake("deploy", "--only", "databricks", typed="n\n").stderr
    assert not [said for said, _ in world.calls("databricks") if "deploy" in said]


def test_a_failure_in_the_middle(world: World) -> None:
    assert world.shoplake("deploy", "--only", "adf", "--yes").returncode == 0
    world.write("trigger", {"name": "tr_daily", "properties": trigger("ScheduleTrigger", recurrence={"interval": 2})})
    refusal = {"error": {"code": "BadRequest", "message": "The recurrence is not valid"}}
    world.faults[:] = [(200, {}), (429, {}), (503, {}), (400, refusal)]  # the stop of a trigger is only answered
    broken = world.shoplake("deploy", "--yes")
    assert broken.returncode == 6
    told = "error: factory adf: change trigger/tr_daily failed after 1 of 3 changes: BadRequest: The recurrence"
    assert told in broken.stderr
    assert (
        "the same command does the rest. Done before: infra, databricks; the same command goes on from there."
        in broken.stderr
    )
    assert world.model.runs(DAILY)
    assert world.model.held[DAILY]["typeProperties"] == {"recurrence": {"interval": 1}}
    assert world.shoplake("deploy", "--only", "adf", "--yes").returncode == 0
    assert world.model.held[DAILY]["typeProperties"] == {"recurrence": {"interval": 2}}
    assert world.model.runs(DAILY)


LOGIN, TOKEN = "account show", "account get-access-token"
EXPIRED = "ERROR: AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-01-01."
DENIED = (
    "(AuthorizationFailed) The client 'ann' with object id 'x' does not have authorization to perform action "
    "'Microsoft.Resources/subscriptions/read' over scope '/subscriptions/a' or the scope is invalid."
)
STORAGE = "Error: listing: 403 AuthorizationPermissionMismatch This request is not authorized to perform this operation"
LOCK = "\x1b[31m╷\x1b[0m\n│ Error: Error acquiring the state lock\n│ \n│ Lock Info:\n│   ID: 1-2\n╵\n"
WHEEL = "Error: ModuleNotFoundError: No module named 'shoplake'"
UNKNOWN = "Starting\n│ Error: creating Account\n│ quota exceeded\n"


@pytest.mark.parametrize(
    ("tool", "start", "said", "message", "remedy"),
    [
        (
            "az",
            LOGIN,
            "ERROR: Please run 'az login' to setup account.",
            "az account show: nobody is logged in",
            "az login",
        ),
        (
            "az",
            TOKEN,
            EXPIRED,
            "az account get-access-token: the login to Azure has expired (AADSTS700082)",
            "az login",
        ),
        ("az", TOKEN, "AADSTS700213: No matching federated identity record", "no federated credential", "its subject"),
        (
            "terraform",
            "plan",
            "SubscriptionNotFound: The subscription 'x-1' could not",
            "no subscription «x-1»",
            "account set",
        ),
        (
            "terraform",
            "plan",
            DENIED,
            "may not do Microsoft.Resources/subscriptions/read on /subscriptions/a",
            "an owner",
        ),
        (
            "terraform",
            "init",
            STORAGE,
            "terraform init -reconfigure: the storage account refuses",
            "Blob Data Contributor",
        ),
        ("terraform", "plan", LOCK, "another deployment to this environment is at work", "terraform force-unlock 1-2"),
        ("terraform", "plan", UNKNOWN, "terraform plan", "X: creating Account quota exceeded. Correct that"),
        ("databricks", "bundle", "Error: default auth: cannot configure", "Databricks CLI finds no login", "az login"),
        ("databricks", "bundle", WHEEL, "without shoplake's wheel", "shoplake azure deploy --only databricks"),
    ],
)
def test_a_tool_that_fails(world: World, tool: str, start: str, said: str, message: str, remedy: str) -> None:
    world.says(tool, start, 1, error=said)
    found = world.shoplake("deploy", "--yes")
    assert found.returncode == 6
    told = found.stderr.replace(str(world.folder / "azure" / "infra" / "env" / "dev.tfvars"), "X")
    last = told[told.index("error: ") :] if "\nerror: " not in told else told[told.rindex("\nerror: ") :]
    assert message in last
    assert remedy in last
    assert "Traceback" not in found.stderr
    assert world.model.held.keys() == {CREDENTIAL}


@pytest.mark.timeout(120)
def test_who_is_interrupted_waits_for_the_tool(world: World) -> None:
    """Ctrl-C reaches both; Terraform then writes its state, and must not be cut off."""
    begun, state = world.folder.parent / "begun", world.folder.parent / "state"
    os.mkfifo(begun)
    world.does(
        "terraform",
        "apply",
        f"""
import signal, time
def end(*_):
    print("a state that is long " * 10_000)  # more than a pipe holds
    open({str(state)!r}, "w").write("whole")
    sys.exit(1)
signal.signal(signal.SIGINT, end)
open({str(begun)!r}, "w").close()
signal.pause()
""",
    )
    process = world.start("deploy", "--yes", "--only", "infra")
    begun.read_text("utf-8")  # comes back when apply is at work
    os.killpg(process.pid, signal.SIGINT)
    process.communicate()
    assert process.returncode != 0
    assert state.read_text("utf-8") == "whole"


@pytest.mark.parametrize("tool", ["az", "terraform", "databricks"])
def test_a_tool_that_is_missing_or_old(world: World, tool: str) -> None:
    version = json.dumps({"azure-cli": "2.1.0", "terraform_version": "0.15.0", "Version": "0.18.0"})
    world.says(tool, "version", 0, version)
    old = world.shoplake("deploy", "--yes")
    assert f"error: {tool} " in old.stderr
    assert "is too old" in old.stderr
    world.says(tool, "version", 0, "v0.18")
    assert "it doesn't tell its version: it answered «v0.18" in world.shoplake("deploy", "--yes").stderr
    (world.folder.parent / "programs" / tool).unlink()
    del world.answers[tool]
    if tool != "terraform":
        missing = world.shoplake("deploy", "--yes")
        assert (missing.returncode, missing.stdout) == (6, "")
        assert f"error: «{tool}» isn't installed, or isn't on the PATH. Get it: https://" in missing.stderr


def test_another_subscription_than_the_environments(world: World) -> None:
    world.outputs["access_connector_id"] = world.outputs["access_connector_id"].replace("a-subscription", "another")
    found = world.shoplake("deploy", "--yes")
    assert found.returncode == 6
    assert "is logged in to subscription Shop (a-subscription), this environment is in another" in found.stderr
    assert "az account set --subscription another" in found.stderr


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda w: w.write("linkedService", LAKE).write_text("{", "utf-8"), "ls_lake.json: not valid JSON"),
        (lambda w: w.write("linkedService", LAKE).unlink(), "dataset/ds_raw.json: it refers to linkedService/ls_lake"),
        (lambda w: w.write("pipeline", {"name": "pl_new"}), "its name is «pl_new», or it has no properties"),
        (lambda w: w.outputs.pop("storage_account_name"), "nothing is known that would fill in «https://{storage_acc"),
        (lambda w: w.outputs.pop("data_factory_name"), "Terraform's output data_factory_name is missing"),
        (lambda w: w.settings("dev", {"dataset/ds_raw": {"a.b": 1}}), "dev.json: dataset/ds_raw has no a.b"),
        (lambda w: w.model.held.pop(CREDENTIAL), "ls_lake.json: it refers to credential/cred, which isn't there"),
    ],
)
def test_artifacts_that_are_wrong(world: World, break_it: object, message: str) -> None:
    break_it(world)  # type: ignore[operator]
    found = world.shoplake("deploy", "--only", "adf", "--yes")
    assert found.returncode == 3, found.stderr
    assert message in found.stderr
    assert world.model.held.keys() <= {CREDENTIAL}


def test_an_environment_that_is_unknown_and_a_folder_that_is_none(world: World, tmp_path: Path) -> None:
    unknown = world.shoplake("plan", "--env", "test")
    assert unknown.returncode == 2
    assert "'test' is not one of 'dev', 'staging', 'prod'" in unknown.stderr
    undeclared = world.shoplake("plan", "--env", "prod")
    assert undeclared.returncode == 3
    assert "prod.tfvars: there is no such file. Declare the environment." in undeclared.stderr
    (world.folder / "azure" / "infra" / "env" / "dev.tfbackend").unlink()
    assert "Say where Terraform keeps this environment's state" in world.shoplake("plan").stderr
    shutil.rmtree(world.folder / "azure")
    assert "no azure/infra is here or above" in world.shoplake("plan").stderr


def test_destroy_wants_the_name(world: World) -> None:
    world.says("terraform", "plan", 2)
    world.says(
        "terraform",
        "show",
        0,
        json.dumps({"resource_changes": [{"address": "a.b", "change": {"actions": ["delete"]}}]}),
    )
    refused = world.shoplake("destroy", typed="prod\n")
    assert refused.returncode == 2
    assert "1 resources would be removed, with all that they hold. Type «dev» to do it" in refused.stderr
    assert "«prod» isn't «dev»; nothing was removed" in refused.stderr
    assert not any(said.startswith("apply") for said, _ in world.calls("terraform"))
    done = world.shoplake("destroy", "--confirm", "dev")
    assert done.returncode == 0
    assert "az keyvault purge --name kv-shoplake-dev" in done.stdout
    assert world.calls("terraform")[-1][0].startswith("apply ")


def test_the_doctor(world: World) -> None:
    found = world.shoplake("doctor", "--json")
    assert found.returncode == 0, found.stderr
    findings = [(each["state"], each["subject"], each["what"]) for each in json.loads(found.stdout)]
    assert ("ok", "tool", "terraform 1.11.4") in findings
    assert ("ok", "login", "ann@example.org, subscription Shop") in findings
    assert ("warning", "providers", "Microsoft.DataFactory is missing") in findings
    assert ("warning", "rights", "Microsoft.Authorization/roleAssignments/write is missing") in findings
    assert ("ok", "environment", "dev is deployed to resource group rg") in findings
    told = "azure/adf refers to nothing that isn't there (1 globalParameters, 1 linkedService, 1 dataset,"
    assert any(told in what for _, _, what in findings)
    assert ("warning", "artifacts", "pipeline/pl_all: it has no description") in findings
    world.write("linkedService", LAKE).unlink()
    world.says("az", LOGIN, 1, error="ERROR: Please run 'az login' to setup account.")
    shown = world.shoplake("doctor")
    assert shown.returncode == 3
    assert "problem  artifacts" in shown.stdout
    assert (
        f"problem  login        az account show: nobody is logged in to Azure\n{'':<22}Log in: az login\n"
        in shown.stdout
    )


@pytest.mark.parametrize("action", ["create", "update"])
def test_a_pool_that_was_made_is_put_to_sleep(world: World, action: str) -> None:
    pool = "azurerm_synapse_sql_pool.this[0]"
    plan = {"resource_changes": [{"address": pool, "change": {"actions": [action]}}]}
    world.says("terraform", "show", 0, json.dumps(plan))
    world.says("az", "synapse sql pool pause", 0)
    world.outputs |= {"synapse_pool_name": "shop", "synapse_workspace_name": "syn-shop"}
    assert world.shoplake("deploy", "--yes", "--only", "infra").returncode == 0
    said = [call for call, _ in world.calls("az") if "pause" in call]
    wanted = "synapse sql pool pause --name shop --workspace-name syn-shop --resource-group rg"
    assert said == ([wanted] if action == "create" else [])


def test_a_plan_before_the_job_is_there(world: World) -> None:
    """As after a first `deploy --only infra`: the factory's artifacts name a job that nobody has deployed."""
    world.says("databricks", "bundle summary", 0, json.dumps({"resources": {"jobs": {"shoplake_run": {}}}}))
    planned = world.shoplake("plan")
    assert planned.returncode == 0, planned.stderr
    assert "No factory with a job is deployed yet: everything in azure/adf would be created." in planned.stdout


@pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform isn't installed")
def test_with_the_real_terraform(world: World) -> None:
    """Its built-in resource needs no provider: state, plan, outputs and protection are Terraform's own."""
    infra = world.folder / "azure" / "infra"
    output = "".join(f'output "{name}" {{ value = "{value}" }}\n' for name, value in world.outputs.items())
    text = 'terraform {\n  backend "local" {}\n}\nvariable "env" {}\n' + output
    text += 'resource "terraform_data" "one" {\n  input = var.env\n%s}\n'
    (infra / "main.tf").write_text(text % "", "utf-8")
    world.declare("staging")
    before = world.shoplake("plan", real=("terraform",))
    assert "create terraform_data.one\n  1 resources would change." in before.stdout
    assert "No factory with a job is deployed yet" in before.stdout
    assert (
        "Deploy the infrastructure first"
        in world.shoplake("deploy", "--only", "databricks", real=("terraform",)).stderr
    )
    done = world.shoplake("deploy", "--yes", real=("terraform",))
    assert done.returncode == 0, done.stderr
    assert world.model.runs(DAILY)
    assert "0 resources would change." in world.shoplake("plan", real=("terraform",)).stdout
    assert "1 resources would change." in world.shoplake("plan", "--env", "staging", real=("terraform",)).stdout
    assert list(infra.glob(".terraform/*/*.tfplan"))  # of plans that weren't applied
    (infra / "main.tf").write_text(text % "  lifecycle {\n    prevent_destroy = true\n  }\n", "utf-8")
    refused = world.shoplake("destroy", "--confirm", "dev", real=("terraform",))
    assert "terraform_data.one is protected from being removed" in refused.stderr
    (infra / "main.tf").write_text(text % "", "utf-8")
    assert "dev is removed." in world.shoplake("destroy", "--confirm", "dev", real=("terraform",)).stdout
    assert "Nothing of dev is there." in world.shoplake("destroy", "--confirm", "dev", real=("terraform",)).stdout


def test_help_has_examples(world: World) -> None:
    for command in ("plan", "deploy", "destroy", "trial", "doctor"):
        assert f"Example: shoplake azure {command}" in world.shoplake(command, "--help").stdout
