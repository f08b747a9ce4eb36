"""Terraform: one state per environment, kept where env/<environment>.tfbackend says."""

from __future__ import annotations

import json
from pathlib import Path

from shoplake.azure.checkout import Environment
from shoplake.azure.tools import ask, run
from shoplake.errors import DeclarationError

_CHANGES = 2  # of -detailed-exitcode


class Infra:
    """The infrastructure of one environment."""

    def __init__(self, folder: Path, environment: Environment, subscription: str) -> None:
        self.folder, self._subscription = folder, subscription
        self._variables = folder / "env" / f"{environment}.tfvars"
        self._backend = folder / "env" / f"{environment}.tfbackend"
        self._data = folder / ".terraform" / environment  # so that two environments never mix
        if not self._variables.is_file():
            raise DeclarationError(
                "there is no such file", where=str(self._variables), remedy="Declare the environment"
            )
        if not self._backend.is_file():
            remedy = "Say where Terraform keeps this environment's state: docs/deploy.md"
            raise DeclarationError("there is no such file", where=str(self._backend), remedy=remedy)

    def open(self) -> None:
        """Fetch providers, and connect to the state."""
        self._run("init", "-reconfigure", f"-backend-config={self._backend}")

    def plan(self, *, destroy: bool = False) -> list[str]:
        """What an apply would do, a line for each resource; Terraform's own text goes to stderr."""
        kind = ["-destroy"] if destroy else []
        arguments = [f"-var-file={self._variables}", f"-out={self._plan}", "-detailed-exitcode", *kind]
        self._run("plan", *arguments, shown=True, good=(0, _CHANGES))
        shown = json.loads(self._run("show", "-json", str(self._plan)))
        return [
            f"{'replace' if len(actions) > 1 else actions[0]} {change['address']}"
            for change in shown.get("resource_changes", ())
            if (actions := change["change"]["actions"]) not in (["no-op"], ["read"])
        ]

    def apply(self) -> None:
        """Do what was planned, and nothing else."""
        self._run("apply", str(self._plan), shown=True)
        self._plan.unlink(missing_ok=True)  # it holds the values of everything

    def outputs(self) -> dict[str, str]:
        """The outputs, as texts; empty where nothing is deployed."""
        found = ask("terraform", "output", "-json", cwd=self.folder, env=self._env)
        return {name: str(output["value"]) for name, output in found.items() if output["value"] is not None}

    @property
    def _plan(self) -> Path:
        return self._data / "shoplake.tfplan"

    @property
    def _env(self) -> dict[str, str]:
        return {"TF_DATA_DIR": str(self._data), "ARM_SUBSCRIPTION_ID": self._subscription}

    def _run(self, *arguments: str, shown: bool = False, good: tuple[int, ...] = (0,)) -> str:
        return run("terraform", *arguments, cwd=self.folder, env=self._env, shown=shown, good=good)
