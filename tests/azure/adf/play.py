"""Plays pipelines without Azure: Microsoft's testing framework evaluates every expression, activities get told results.

The framework's own loop lets no container fail, skips nothing, and evaluates what is in a branch before it is entered,
so the order is ours, by Data Factory's rules: an activity starts when each one that it depends on has ended as one of
the conditions says, else it is skipped; a container fails with what is in it; a pipeline fails if a leaf fails, and a
skipped leaf stands for what it waited for.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
BROUGHT = ROOT / ".tools" / "dotnet"  # what `make dotnet` fetches
RUN_ID = "0a1b2c3d-0000-4000-8000-000000000000"
STARTED = "2024-03-10T04:00:00.1234567Z"
GLOBALS = {
    "lakeAccount": "lakeaccount",
    "lakeFolder": "shop",
    "keyVaultUri": "https://vault.example/",
    "databricksJobId": "42",
    "warehouseJobId": "43",
    "powerBiRefreshUrl": "https://powerbi.example/refreshes",
    "alertSecret": "alert-webhook",
}


@dataclass(frozen=True)
class Failed:
    """The result of an activity that fails."""

    message: str = "it broke"


@dataclass(frozen=True)
class Step:
    """An activity that ran, with its properties as evaluated."""

    name: str
    type: str
    given: dict[str, Any]
    status: str


@dataclass
class Played:
    """What ran in its order, of called pipelines too, and how the whole ended."""

    steps: list[Step] = field(default_factory=list)
    status: str = "Succeeded"

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.steps]

    def given(self, name: str) -> dict[str, Any]:
        return next(step.given for step in self.steps if step.name == name)


class Player:
    """A process of its own with a .NET runtime in it."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def __call__(
        self,
        folder: Path,
        pipeline: str,
        parameters: dict[str, Any] | None = None,
        results: dict[str, Any] | None = None,
        settings: dict[str, str] | None = None,
    ) -> Played:
        """`results`: activity name -> its output, Failed, or a list of those, one for each time that it runs."""
        told = (folder, pipeline, parameters or {}, results or {}, GLOBALS | (settings or {}))
        return self._pool.submit(_play, *told).result()


def dotnet_root() -> Path | None:
    """The folder of a .NET runtime, if there is one: that of this project first."""
    if (BROUGHT / "dotnetcore2").is_dir():
        return BROUGHT / "dotnetcore2" / "bin"
    command = shutil.which("dotnet")
    return Path(command).resolve().parent if command else None


@contextmanager
def player(root: Path) -> Iterator[Player]:
    """Environment variables must be there before the process starts: the loader reads them once."""
    added = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    if root.is_relative_to(BROUGHT):  # it wants an OpenSSL that is on few machines now
        added["LD_LIBRARY_PATH"] = str(BROUGHT / "psycopg2_binary.libs")
    before = dict(os.environ)
    os.environ.update(added)
    try:
        with ProcessPoolExecutor(1, get_context("spawn"), _start, (root,)) as pool:
            yield Player(pool)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _start(root: Path) -> None:
    import pythonnet

    runtimes = root / "shared" / "Microsoft.NETCore.App"
    newest = max(runtimes.iterdir(), key=lambda path: [int(part) for part in path.name.split("-")[0].split(".")])
    config = {"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": newest.name}}}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "runtimeconfig.json"
        file.write_text(json.dumps(config), "utf-8")
        pythonnet.load("coreclr", runtime_config=str(file), dotnet_root=str(root))

    import clr  # noqa: F401
    from System import AppDomain, ResolveEventHandler
    from System.Reflection import Assembly, AssemblyName

    def resolve(_: Any, args: Any) -> Any:
        """The framework was built for another version of .NET: what has the name will do."""
        wanted = AssemblyName(args.Name).Name
        loaded = [each for each in AppDomain.CurrentDomain.GetAssemblies() if each.GetName().Name == wanted]
        there = newest / f"{wanted}.dll"
        return loaded[0] if loaded else Assembly.LoadFrom(str(there)) if there.exists() else None

    AppDomain.CurrentDomain.AssemblyResolve += ResolveEventHandler(resolve)
    from data_factory_testing_framework._expression_runtime import expression_runtime

    name = "DataFactoryTestingFrameworkExpressionsTransformer"  # it makes its parser anew for each expression
    setattr(expression_runtime, name, cache(getattr(expression_runtime, name)))


def _parameters(pipeline: str, parameters: dict[str, Any], settings: dict[str, str]) -> list[Any]:
    from data_factory_testing_framework.state import RunParameter, RunParameterType

    system = {"Pipeline": pipeline, "RunId": RUN_ID, "TriggerTime": STARTED, "DataFactory": "adf-shoplake-test"}
    found = [RunParameter(RunParameterType.System, name, value) for name, value in system.items()]
    found += [RunParameter(RunParameterType.Global, name, value) for name, value in settings.items()]
    return found + [RunParameter(RunParameterType.Pipeline, name, value) for name, value in parameters.items()]


class _Run:
    """One run, of a pipeline and those that it calls."""

    def __init__(self, folder: Path, results: dict[str, Any], settings: dict[str, str]) -> None:
        from data_factory_testing_framework import TestFramework, TestFrameworkType

        self.framework = TestFramework(TestFrameworkType.DataFactory, str(folder))
        self.results = {name: list(told) if isinstance(told, list) else told for name, told in results.items()}
        self.settings = settings
        self.played = Played()

    def pipeline(self, name: str, parameters: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        """The message of its failure, and what it returns."""
        from data_factory_testing_framework.state import PipelineRunState

        pipeline = self.framework.get_pipeline_by_name(name)
        given = pipeline.validate_and_append_default_parameters(_parameters(name, parameters, self.settings))
        state = PipelineRunState(given, pipeline.get_run_variables())
        return self.activities(pipeline.activities, state), state.return_values

    def activities(self, activities: list[Any], state: Any) -> str | None:
        """The message of the failure, if a leaf has failed."""
        ended: dict[str, str] = {}
        errors: dict[str, str] = {}
        while len(ended) < len(activities):
            ready = [a for a in activities if a.name not in ended and all(d.activity in ended for d in a.depends_on)]
            assert ready, f"what these wait for never ends: {[a.name for a in activities if a.name not in ended]}"
            for activity in ready:
                if all(_is_met(ended[on.activity], on.dependency_conditions) for on in activity.depends_on):
                    error = self.activity(activity, state)
                    ended[activity.name] = "Failed" if error is not None else "Succeeded"
                    errors |= {} if error is None else {activity.name: error}
                else:
                    ended[activity.name] = "Skipped"
        waited_for = {on.activity for activity in activities for on in activity.depends_on}
        leaves = [activity for activity in activities if activity.name not in waited_for]
        by_name = {activity.name: activity for activity in activities}
        while leaves:
            leaf = leaves.pop()
            if ended[leaf.name] == "Failed":
                return errors[leaf.name]
            if ended[leaf.name] == "Skipped":
                leaves += [by_name[on.activity] for on in leaf.depends_on]
        return None

    def activity(self, activity: Any, state: Any) -> str | None:
        found = self.evaluated(activity, state)
        error, output = None, activity.output
        told = self.results.get(activity.name)
        if isinstance(told, list):
            told = told.pop(0)
        at = len(self.played.steps)
        if isinstance(told, Failed):
            error = told.message
        elif told is not None:
            output = told
        elif activity.type == "Fail":
            error = activity.type_properties["message"].result
        else:
            error, output = self.container(activity, found, state, output)
        status = "Failed" if error is not None else "Succeeded"
        given = json.loads(json.dumps(_plain(activity.all_properties), default=str))  # no types of the framework
        self.played.steps.insert(at, Step(activity.name, activity.type, given, status))
        state.add_activity_result(activity.name, status, output)
        state.get_activity_result_by_name(activity.name).error = None if error is None else {"message": error}
        return error

    def evaluated(self, activity: Any, state: Any) -> Any:
        """What a container decides by; everything of another activity is evaluated in it."""
        kinds = {"IfCondition": ("expression", bool), "Switch": ("on", str), "ForEach": ("items", list)}
        if activity.type not in kinds:
            return activity.evaluate(state)
        name, kind = kinds[activity.type]
        found = getattr(activity, name).evaluate(state)
        assert isinstance(found, kind), f"«{activity.name}» needs a {kind.__name__}, not {found!r}"
        return found

    def container(self, activity: Any, found: Any, state: Any, output: Any) -> tuple[str | None, Any]:
        scope = state.create_iteration_scope
        if activity.type == "ExecutePipeline":
            of = activity.type_properties
            error, values = self.pipeline(of["pipeline"]["referenceName"], _plain(of.get("parameters", {})))
            return error, {"pipelineReturnValue": values}
        if activity.type == "IfCondition":
            return self.activities(
                activity.if_true_activities if found else activity.if_false_activities, scope()
            ), output
        if activity.type == "Switch":
            chosen = activity.cases_activities.get(found, activity.default_activities)
            return self.activities(chosen, scope()), output
        if activity.type == "ForEach":
            errors = [self.activities(activity.activities, scope(item)) for item in found]
            return next((error for error in errors if error is not None), None), output
        return None, output


def _is_met(ended: str, conditions: list[str]) -> bool:
    wanted = {str(getattr(each, "value", each)) for each in conditions}
    return ended in wanted or ("Completed" in wanted and ended != "Skipped")


def _plain(value: Any) -> Any:
    """Expressions replaced by what they gave; what is in a container is left out."""
    if hasattr(value, "expression") and hasattr(value, "result"):
        return value.result
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if not key.endswith("ctivities") and key != "cases"}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _play(
    folder: Path, pipeline: str, parameters: dict[str, Any], results: dict[str, Any], settings: dict[str, str]
) -> Played:
    run = _Run(folder, results, settings)
    try:
        error, _ = run.pipeline(pipeline, parameters)
    except Exception as failure:  # of a type that only this process knows
        raise ValueError(f"{failure} {failure.__cause__ or ''}") from None
    run.played.status = "Succeeded" if error is None else "Failed"
    return run.played


def _told(failure: BaseException | None) -> Iterator[str]:
    while failure is not None:
        yield f"{type(failure).__name__}: {failure}"
        failure = failure.__cause__
