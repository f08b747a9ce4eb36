"""An asset bundle as the Databricks CLI puts it together, for one target; and what is wrong with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import yaml
from databricks.bundles.jobs import Job
from databricks.bundles.schemas import Schema
from databricks.bundles.volumes import Volume

HEADER = "# Databricks notebook source"
COMPUTE = ("serverless", "job_clusters")
TARGETS = ("dev", "staging", "prod")
STEPS = ["ingestion", "transformations", "modeling", "publish", "warehouse"]
_RESOURCES: dict[str, Any] = {"jobs": Job, "schemas": Schema, "volumes": Volume}
# Lists whose items are one where this key is; other lists are put one after the other.
_KEYED = {"tasks": "task_key", "job_clusters": "job_cluster_key", "environments": "environment_key"}
_KNOWN = {
    "bundle.name": "shoplake",
    "workspace.current_user.userName": "somebody@example.org",
    "workspace.file_path": "/Workspace/shoplake/files",
}
_NONE: dict[str, Any] = {"notebook_path": "nothing", "base_parameters": {}}
_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_TASK_VALUE = re.compile(r"\{\{tasks\.([^.]+)\.values\.([^}]+)\}\}")


class Bundle:
    """The bundle in a folder, with the tasks on one kind of compute, as one target has it."""

    def __init__(self, folder: Path, compute: str, target: str) -> None:
        self.folder, self.target = folder, target
        root = _read(folder / "databricks.yml")
        includes = [each for each in root["include"] if not each.startswith("compute/")]
        for pattern in (*includes, f"compute/{compute}.yml"):
            for path in sorted(folder.glob(pattern)):
                root = _merged(root, _read(path))
        self.declared: dict[str, Any] = root["variables"]
        self.values = _merged(root, root["targets"].pop(target))
        del self.values["targets"]
        self.used = set(_references(self.values | {"variables": {}})) | set(_references(root["targets"]))

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._resolved(self.values["resources"])
        return found

    @property
    def job(self) -> dict[str, Any]:
        found: dict[str, Any] = self.resources["jobs"]["shoplake_run"]
        return found

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._resolved(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._resolved(each) for each in value]
        if isinstance(value, str) and (whole := _REFERENCE.fullmatch(value)):
            return self._value_of(whole[1])
        return _REFERENCE.sub(lambda m: str(self._value_of(m[1])), value) if isinstance(value, str) else value

    def _value_of(self, name: str) -> Any:
        kind, _, rest = name.partition(".")
        if kind == "var":
            return self._resolved(self.declared.get(rest, {}).get("default", f"<{rest}>"))
        if kind == "resources":
            value: Any = self.values
            for part in name.split("."):
                value = value.get(part, {}) if isinstance(value, dict) else {}
            return value or f"<{name}>"
        return self.target if name == "bundle.target" else _KNOWN.get(name, "")


def problems(folder: Path, compute: str, target: str) -> Iterator[str]:
    """All that is wrong; nothing where the bundle is well."""
    bundle = Bundle(folder, compute, target)
    yield from _variables(bundle)
    for kind, resources in bundle.resources.items():
        for name, values in resources.items():
            try:
                _RESOURCES[kind].from_dict(values)
            except Exception as failure:
                yield f"{kind}.{name}: {failure}"
    schemas = {each["name"] for each in bundle.resources["schemas"].values()}
    for name, volume in bundle.resources["volumes"].items():
        if volume["schema_name"] not in schemas:
            yield f"volumes.{name}: there is no schema {volume['schema_name']}"
    yield from _job(bundle.job)


def _variables(bundle: Bundle) -> Iterator[str]:
    of_bundle = {name.removeprefix("var.") for name in bundle.used if name.startswith("var.")}
    yield from (f"variable {name} isn't declared" for name in sorted(of_bundle - bundle.declared.keys()))
    yield from (f"variable {name} isn't used" for name in sorted(bundle.declared.keys() - of_bundle))
    known = {"bundle.target", *_KNOWN}
    others = {name for name in bundle.used if not name.startswith(("var.", "resources."))}
    yield from (f"nothing is called {name}" for name in sorted(others - known))


def _job(job: dict[str, Any]) -> Iterator[str]:
    tasks = {task["task_key"]: task for task in job["tasks"]}
    if list(tasks) != STEPS or len(tasks) < len(job["tasks"]):
        yield f"the tasks are {', '.join(task['task_key'] for task in job['tasks'])}"
    before = {name: [each["task_key"] for each in task.get("depends_on", [])] for name, task in tasks.items()}
    yield from (
        f"{n} depends on {each}, which isn't there" for n, b in before.items() for each in b if each not in tasks
    )
    try:
        if list(TopologicalSorter(before).static_order()) != STEPS:
            yield "the order of the tasks isn't that of a run"
    except CycleError:
        yield "tasks depend on each other in a circle"
    if "schedule" in job and "trigger" in job:
        yield "a job has a schedule or a trigger"
    lists = {"environment_key": job.get("environments", []), "job_cluster_key": job.get("job_clusters", [])}
    compute = {key: {each[key] for each in there} for key, there in lists.items()}
    given = {each["name"] for each in job["parameters"]}
    asked = set[str]()
    for name, task in tasks.items():
        places = [task[key] in there for key, there in compute.items() if key in task]
        if places != [True]:
            yield f"{name} has no compute that is there, or more than one"
        for field in ("timeout_seconds", "max_retries"):
            if not task.get(field):
                yield f"{name} has no {field}"
        found = yield from _notebook(name, task.get("notebook_task", _NONE), given, tasks, before)
        asked |= found
    yield from (f"no notebook asks for the job's parameter {each}" for each in sorted(given - asked))


def _notebook(
    name: str, task: dict[str, Any], given: set[str], tasks: dict[str, Any], before: dict[str, list[str]]
) -> Any:
    """Yields problems, returns the names of the widgets."""
    path = Path(task["notebook_path"])
    if not path.is_file() or not path.read_text("utf-8").startswith(HEADER):
        yield f"{name}: {path.name} is no notebook"
        return set[str]()
    asked, base = widgets(path), task["base_parameters"]
    yield from (f"{name}: its notebook doesn't ask for {each}" for each in sorted(base.keys() - asked))
    yield from (f"{name}: nobody gives {each} to its notebook" for each in sorted(asked - base.keys() - given))
    for value in base.values():
        for task_key, key in _TASK_VALUE.findall(str(value)):
            earlier, front = set[str](), list(before[name])
            while front:
                earlier.add(each := front.pop())
                front += [more for more in before.get(each, []) if more not in earlier]
            if task_key not in earlier or key != "run_id" or "hand_on(" not in _text(tasks.get(task_key)):
                yield f"{name}: no task before it gives {task_key}'s {key}"
    return asked


def widgets(path: Path) -> set[str]:
    """The parameters that a notebook asks for."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    (asked,) = (c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "parameters")
    return {keyword.arg for keyword in asked.keywords if keyword.arg}


def _text(task: dict[str, Any] | None) -> str:
    path = Path(task.get("notebook_task", _NONE)["notebook_path"]) if task else Path()
    return path.read_text("utf-8") if path.is_file() else ""


def _read(path: Path) -> dict[str, Any]:
    """A file with its relative paths as they are from here."""

    def placed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: placed(each) for name, each in value.items()}
        if isinstance(value, list):
            return [placed(each) for each in value]
        is_path = isinstance(value, str) and value.startswith(("./", "../"))
        return str((path.parent / value).resolve()) if is_path else value

    found: dict[str, Any] = placed(yaml.safe_load(path.read_text("utf-8")))
    return found


def _merged(left: Any, right: Any, name: str = "") -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return left | {key: _merged(left[key], each, key) if key in left else each for key, each in right.items()}
    if not isinstance(left, list) or not isinstance(right, list):
        return right
    if name not in _KEYED:
        return left + right
    by_key: dict[str, Any] = {}
    for each in left + right:
        key = each[_KEYED[name]]
        by_key[key] = _merged(by_key[key], each) if key in by_key else each
    return list(by_key.values())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _references(each)
    elif isinstance(value, str):
        yield from _REFERENCE.findall(value)
