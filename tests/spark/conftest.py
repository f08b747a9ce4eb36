"""What needs Apache Spark is skipped where it isn't installed, and says how to run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EMBEDDED = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"

Run = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = "Apache Spark" if not find_spec("py4j") else "Java" if not shutil.which("java") else ""
    for item in items:
        if missing and HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=f"{missing} is not installed here; run: make test-spark"))


@pytest.fixture(scope="session")
def run() -> Run:
    """`run(engine, *arguments)`: shoplake in the environment of that engine; it must end well."""

    def shoplake(engine: str, *arguments: object, **settings: str) -> None:
        python = sys.executable if engine == "spark" else EMBEDDED
        given = {name: value for name, value in os.environ.items() if not name.startswith("SHOPLAKE_")}
        chosen = {"SHOPLAKE_ENGINE": engine, **{f"SHOPLAKE_{name.upper()}": value for name, value in settings.items()}}
        command = [str(python), "-W", "ignore", "-m", "shoplake", "--debug", *map(str, arguments)]
        ended = subprocess.run(command, env=given | chosen, capture_output=True, text=True, encoding="utf-8")
        assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-6000:]

    return shoplake
