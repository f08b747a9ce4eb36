"""Terraform's files against the providers' schemas and the names that the other parts of the project know."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.azure.infra.check import problems, read
from tests.azure.infra.schema import PACKAGES, PROVIDERS, ROOT, provider

INFRA = ROOT / "azure" / "infra"
ENVIRONMENTS = ("dev", "staging", "prod")
# What the bundle, Data Factory and `shoplake azure` ask for.
OUTPUTS = {
    "resource_group_name",
    "storage_account_name",
    "lake_path",
    "lake_uri",
    "data_factory_name",
    "data_factory_client_id",
    "databricks_host",
    "databricks_workspace_id",
    "access_connector_id",
    "storage_credential_name",
    "catalog_name",
    "synapse_workspace_name",
    "synapse_pool_name",
    "synapse_serverless_endpoint",
    "synapse_dedicated_endpoint",
    "key_vault_uri",
    "event_hubs_namespace",
    "log_analytics_workspace_id",
    "run_as",
    "ci_plan_client_id",
    "ci_deploy_client_id",
}

needs_schemas = pytest.mark.skipif(
    not all((PACKAGES / f"provider-{name}").exists() for name in PROVIDERS),
    reason="the providers' schemas are not there: `make tools` installs them",
)


def files(folder: Path = INFRA) -> list[Path]:
    return sorted(folder.glob("*.tf"))


@needs_schemas
def test_all_is_as_the_providers_want_it() -> None:
    assert problems(read(*files())) == []


@needs_schemas
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_pinned_provider_is_the_one_whose_schema_is_looked_at(name: str) -> None:
    (terraform,) = hcl2.loads((INFRA / "versions.tf").read_text("utf-8"))["terraform"]
    (required,) = terraform["required_providers"]
    assert required[name]["version"].strip('"') == provider(name).version


@needs_schemas
@pytest.mark.parametrize(
    ("file", "old", "new", "seen"),
    [
        ("key_vault.tf", '"azurerm_key_vault"', '"azurerm_key_vaults"', "there is no resource azurerm_key_vaults"),
        ("main.tf", '"azurerm_client_config"', '"azurerm_client"', "there is no data azurerm_client"),
        ("storage.tf", "is_hns_enabled ", "hns_enabled ", "there is no argument hns_enabled"),
        ("key_vault.tf", "sku_name ", "vault_uri ", "there is no argument vault_uri"),
        ("key_vault.tf", "sku_name ", "# sku_name ", "sku_name is missing"),
        (
            "storage.tf",
            "tier_to_cool_after",
            "tier_to_warm_after",
            "base_blob: there is no argument tier_to_warm_after",
        ),
        ("storage.tf", "actions {", "action {", "actions is missing"),
        ("storage.tf", "blob_properties {", "blob_property {", "there is no block blob_property"),
        (
            "data_factory.tf",
            'dynamic "github_configuration"',
            'dynamic "git_configuration"',
            "there is no block git_configuration",
        ),
        ("synapse.tf", "identity {", "identity = {", "identity is a block"),
        ("versions.tf", "resource_group {", "resource_groups {", "there is no block resource_groups"),
        ("unity_catalog.tf", "storage_root ", "storage_place ", "there is no argument storage_place"),
        ("outputs.tf", ".vault_uri", ".uri", "azurerm_key_vault has no uri"),
        ("outputs.tf", "azurerm_key_vault.this", "azurerm_key_vault.that", "there is no azurerm_key_vault.that"),
        ("outputs.tf", "local.lake_uri", "local.lake", "local.lake_uri: nothing uses it"),
        ("outputs.tf", "local.lake_uri", "local.lake_url", "there is no local.lake_url"),
        ("main.tf", "var.location", "var.region", "there is no var.region"),
        ("variables.tf", 'variable "tags"', 'variable "labels"', "there is no var.tags"),
        ("variables.tf", 'variable "tags"', 'variable "labels"', "var.labels: nothing uses it"),
        ("variables.tf", "description = ", "# ", "var.subscription_id: its description is missing"),
        ("outputs.tf", "description = ", "# ", "output.resource_group_name: its description is missing"),
    ],
)
def test_what_is_broken_is_seen(tmp_path: Path, file: str, old: str, new: str, seen: str) -> None:
    shutil.copytree(INFRA, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text("utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), "utf-8")
    assert any(seen in each for each in problems(read(*files(tmp_path))))


def test_outputs_are_those_that_others_ask_for() -> None:
    assert set(read(INFRA / "outputs.tf").outputs) == OUTPUTS


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_say_what_is_asked(name: str) -> None:
    variables = read(*files()).variables
    said = hcl2.loads((INFRA / "env" / f"{name}.tfvars").read_text("utf-8"))
    said.pop("__comments__", None)
    assert said["env"] == f'"{name}"'
    assert said.keys() <= variables.keys()
    assert {each for each, body in variables.items() if "default" not in body} <= said.keys()


def test_each_environment_has_its_file() -> None:
    assert {path.stem for path in (INFRA / "env").glob("*.tfvars")} == set(ENVIRONMENTS)


def test_the_way_to_tear_down_names_all_that_is_kept_from_it() -> None:
    def kept(*paths: Path) -> dict[tuple[str, str], bool]:
        found = {
            key: body.get("lifecycle", [{}])[0].get("prevent_destroy") for key, body in read(*paths).resources.items()
        }
        return {key: value for key, value in found.items() if value is not None}

    guarded = kept(*files())
    assert all(guarded.values())
    assert {type_ for type_, _ in guarded} >= {
        "azurerm_storage_account",
        "azurerm_storage_container",
        "databricks_catalog",
    }
    assert kept(INFRA / "teardown_override.tf.example") == dict.fromkeys(guarded, False)


def test_no_secret_is_given_or_told() -> None:
    """Services are known by their identities."""

    def arguments(value: Any) -> Iterator[str]:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from each
                yield from arguments(list(each.values()))

    module = read(*files())
    secret = re.compile("(password|secret|token|connection_string|_key)$")
    assert [name for body in module.resources.values() for name in arguments(body) if secret.search(name)] == []
    assert not re.search(r"\.\w*(password|connection_string|_key)\b", str(list(module.outputs.values())))
