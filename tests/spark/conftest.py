"""What needs Apache Spark is skipped where it isn't installed, and says how to run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path

import pytest

from shoplake.lake import CatalogLake, Engine
from shoplake.lake.upkeep import LAYERS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EMBEDDED = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"

Run = Callable[..., None]
CATALOG = "spark_catalog"
SCHEMAS = (*LAYERS, "shop")


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


@pytest.fixture
def place(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the catalog's tables, below it as those of a lake in a folder; nothing of it outlives the test."""
    engine.conf.set("spark.sql.sources.parallelPartitionDiscovery.parallelism", "1")  # VACUUM takes 200 tasks else
    for schema in SCHEMAS:
        engine.sql(f"CREATE SCHEMA {CATALOG}.{schema} LOCATION '{tmp_path / 'catalog' / schema}'")
    # Who opens an engine gets the one that is there: with its session the catalog would go.
    monkeypatch.setattr("shoplake.config.open_engine", lambda _: nullcontext(engine))
    yield tmp_path / "catalog"
    for schema in SCHEMAS:
        engine.sql(f"DROP SCHEMA IF EXISTS {CATALOG}.{schema} CASCADE")


@pytest.fixture
def lake(place: Path, engine: Engine) -> CatalogLake:
    return CatalogLake(CATALOG, engine, cores=2)
