"""The programs that a deployment calls: whether they are there, and running them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from packaging.version import Version

from shoplake.azure.failures import explain
from shoplake.errors import MachineError


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, the oldest version that will do, and where to get it."""

    name: str
    oldest: str
    version: tuple[str, ...]  # arguments that make it print JSON with its version
    key: str  # of that version in the JSON
    source: str


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("az", "2.60", ("version", "--output", "json"), "azure-cli", "https://aka.ms/azure-cli"),
        Tool(
            "terraform", "1.11", ("version", "-json"), "terraform_version", "https://developer.hashicorp.com/terraform"
        ),
        Tool(
            "databricks",
            "0.268",  # knows `lifecycle`
            ("version", "--output", "json"),
            "Version",
            "https://docs.databricks.com/dev-tools/cli",
        ),
    )
}


def find(name: str) -> str:
    """The path of a tool. Raises MachineError where it isn't installed."""
    found = shutil.which(name)
    if found is None:
        raise MachineError(f"«{name}» isn't installed, or isn't on the PATH", remedy=f"Get it: {TOOLS[name].source}")
    return found


def version(name: str) -> str:
    """The version of a tool. Raises MachineError where it is missing, broken or too old."""
    tool = TOOLS[name]
    try:
        found = str(ask(name, *tool.version).get(tool.key, "0"))
    except MachineError as failure:
        where = shutil.which(name) or ""
        if not where:
            raise
        what = f"it doesn't tell its version: {failure.what}"
        raise MachineError(what, where=where, remedy=f"Get a newer one: {tool.source}") from failure
    if Version(found) < Version(tool.oldest):
        raise MachineError(f"{name} {found} is too old; {tool.oldest} is needed", remedy=f"Get it: {tool.source}")
    return found


def ask(name: str, *arguments: str, **options: Any) -> dict[str, Any]:
    """The JSON object that a tool answers with."""
    answer = run(name, *arguments, **options)
    try:
        return dict(json.loads(answer))
    except (ValueError, TypeError) as failure:
        what = f"it answered «{answer[:80]}», which isn't a JSON object"
        raise MachineError(what, where=f"{name} {' '.join(arguments[:2])}", remedy="Look at its settings") from failure


def run(
    name: str,
    *arguments: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    shown: bool = False,
    good: tuple[int, ...] = (0,),
) -> str:
    """Run a tool, and give what it printed; `shown`: on stderr too, while it works. Raises MachineError if it fails."""
    command = [find(name), *arguments]
    environment = os.environ | (env or {}) | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    with subprocess.Popen(  # noqa: S603
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,  # a question would wait for ever
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        out: list[str] = []
        said: list[str] = []
        pumps = [
            threading.Thread(target=_pump, args=(stream, kept, shown))
            for stream, kept in ((process.stdout, out), (process.stderr, said))
        ]
        for pump in pumps:
            pump.start()
        try:
            _join(pumps)
        except KeyboardInterrupt:  # the tool got it too, and ends in order: Terraform has a state to write
            _join(pumps)
            raise
    if process.returncode not in good:
        raise explain("".join(said) or "".join(out), f"{name} {' '.join(arguments[:2])}")
    return "".join(out)


def _join(pumps: list[threading.Thread]) -> None:
    for pump in pumps:
        pump.join()


def _pump(stream: IO[str] | None, kept: list[str], shown: bool) -> None:
    for line in stream or ():
        kept.append(line)
        if shown:
            sys.stderr.write(line)
            sys.stderr.flush()
