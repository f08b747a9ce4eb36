"""Terraform itself over azure/infra, with stand-ins for the providers: format, types, references, and plans."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.azure.infra.schema import PROVIDERS, provider
from tests.azure.infra.test_infra import ENVIRONMENTS, INFRA, needs_schemas

TERRAFORM = shutil.which("terraform")
SINCE = (1, 11)
TYPE = re.compile(r'"((?:azurerm|databricks)_\w+)"')


def version() -> tuple[int, ...]:
    if not TERRAFORM:
        return ()
    told = subprocess.run([TERRAFORM, "version"], capture_output=True, text=True, check=False).stdout
    return tuple(map(int, re.findall(r"\d+", told)[:2]))


pytestmark = pytest.mark.skipif(version() < SINCE, reason="Terraform 1.11 or newer is not installed")


@pytest.fixture(scope="module")
def reattach() -> Iterator[str]:
    from tests.azure.infra.stand_in import reattached

    types = {name for path in INFRA.glob("*.tf") for name in TYPE.findall(path.read_text("utf-8"))}
    with reattached(map(provider, PROVIDERS), types) as value:
        yield value


def terraform(folder: Path, *command: str, reattach: str = "") -> subprocess.CompletedProcess[str]:
    asked = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    if reattach:
        asked["TF_REATTACH_PROVIDERS"] = reattach
    return subprocess.run(
        [str(TERRAFORM), *command, "-no-color"],
        cwd=folder,
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path, reattach: str) -> Path:
    shutil.copytree(INFRA, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
    done = terraform(tmp_path, "init", "-backend=false", reattach=reattach)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_format() -> None:
    done = terraform(INFRA, "fmt", "-check", "-recursive", "-diff")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_schemas
def test_valid(copy: Path, reattach: str) -> None:
    done = terraform(copy, "validate", reattach=reattach)
    assert done.returncode == 0, done.stderr


@needs_schemas
@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_plan(copy: Path, reattach: str, env: str) -> None:
    done = terraform(copy, "test", f"-var-file=env/{env}.tfvars", reattach=reattach)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_schemas
@pytest.mark.parametrize(
    ("file", "old", "new", "seen"),
    [
        ("key_vault.tf", '"azurerm_key_vault" ', '"azurerm_key_vaults" ', "Invalid resource type"),
        ("storage.tf", "is_hns_enabled ", "hns_enabled ", "Unsupported argument"),
        ("storage.tf", "blob_properties {", "blob_property {", "Unsupported block type"),
        ("key_vault.tf", "sku_name ", "# sku_name ", "Missing required argument"),
        ("storage.tf", '["AzureServices"]', "{}", "Incorrect attribute value type"),
        ("main.tf", "var.location", "var.region", "Reference to undeclared input variable"),
        ("outputs.tf", ".vault_uri", ".uri", "Unsupported attribute"),
        ("monitoring.tf", "merge({", "merged({", "Call to unknown function"),
    ],
)
def test_what_is_broken_is_seen(copy: Path, reattach: str, file: str, old: str, new: str, seen: str) -> None:
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    done = terraform(copy, "validate", reattach=reattach)
    assert done.returncode == 1
    assert seen in done.stderr


@needs_schemas
def test_tearing_down_needs_the_override(copy: Path, reattach: str) -> None:
    """A made-up apply, whose end destroys what it made."""
    text = (copy / "tests" / "plan.tftest.hcl").read_text("utf-8")
    mocks = text[: text.index('run "as_declared"')]
    (copy / "tests" / "plan.tftest.hcl").write_text(mocks + 'run "made" {\n  command = apply\n}\n', "utf-8")
    held = terraform(copy, "test", "-var-file=env/dev.tfvars", reattach=reattach)
    assert "prevent_destroy" in held.stdout + held.stderr
    shutil.copy(copy / "teardown_override.tf.example", copy / "teardown_override.tf")
    gone = terraform(copy, "test", "-var-file=env/dev.tfvars", reattach=reattach)
    assert gone.returncode == 0, gone.stdout + gone.stderr
