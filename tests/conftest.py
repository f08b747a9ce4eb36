"""One engine for all tests, and projects to run in folders of their own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shoplake import gold, pipeline
from shoplake.config import Project, find_project
from shoplake.lake import Engine, Lake, open_engine
from shoplake.lake.place import copy, put
from shoplake.lake.session import load_engine
from shoplake.runs.ledger import RunRecord
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.warehouse.query import ask

ROOT = Path(__file__).parents[1]
CORNER_SHOP = Path(__file__).parent / "corner_shop"

load_engine(find_project(ROOT).engine.kind)  # before a test imports PySpark's client: see there


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--parity-lines", type=int, default=200_000, help="order lines of the shop that two engines build")
    parser.addoption("--shops", type=int, default=200, help="random sequences of deliveries that end in equal tables")
    parser.addoption("--long", action="store_true", help="also tests that run a shop many times over")
    parser.addoption("--faults", type=int, default=1, help="how often each fault is tried; more than 1 takes long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without --long the long tests aren't there."""
    if not config.getoption("--long"):
        long = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--long"):
        terminalreporter.write_line("Without the long tests, which `make test-long` and CI run.")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with open_engine(find_project(ROOT).engine) as session:  # SHOPLAKE_ENGINE=spark runs them on Apache Spark
        yield session


class Shop:
    """A project in a folder of its own."""

    def __init__(self, folder: Path, engine: Engine, source: str = "corner_shop") -> None:
        self.project: Project = find_project(folder)
        self.engine, self.source = engine, source
        self.lake = Lake(self.project.data, engine)

    def copy(self, folder: Path) -> Shop:
        """The same in another folder, for a test that changes it."""
        return Shop(Path(shutil.copytree(self.project.folder, folder)), self.engine, self.source)

    def run(self, **options: Any) -> RunRecord:
        return pipeline.run(self.project, engine=self.engine, **options)

    def raw(self, name: str) -> Any:
        return self.project.raw / self.source / name

    def put(self, name: str, text: str | bytes) -> Any:
        path = self.raw(name)
        put(path, text if isinstance(text, bytes) else text.encode())
        return path

    def add(self, name: str, line: str) -> None:
        path = self.raw(name)
        put(path, f"{path.read_text('utf-8')}{line}\n".encode())

    def declare(self, change: Callable[[str], str]) -> Path:
        path = self.project.folder / "sources" / self.source / "source.yml"
        path.write_text(change(path.read_text("utf-8")), "utf-8")
        return path

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        return ask(self.project.warehouse, query).rows

    def one(self, query: str) -> Any:
        ((value,),) = self.sql(query)
        return value

    @property
    def manifest(self) -> Manifest:
        found = Manifests(self.project.manifests).latest()
        assert found is not None
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The published rows, sorted."""
        found = self.lake.read(table, self.manifest.tables[table].version).collect()
        return sorted((row.asDict() for row in found), key=repr)


def make_corner_shop(folder: Path, engine: Engine, data: str = "data") -> Shop:
    shutil.copytree(CORNER_SHOP / "sources", folder / "sources")
    (folder / "shoplake.toml").write_text(f'data = "{data}"\n', "utf-8")
    shop = Shop(folder, engine)
    for file in (CORNER_SHOP / "raw").iterdir():
        copy(file, shop.raw(file.name))
    return shop


@pytest.fixture
def corner_shop(tmp_path: Path, engine: Engine) -> Shop:
    """The corner shop before its first run."""
    return make_corner_shop(tmp_path, engine)


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Shop:
    """The corner shop after one run, for tests that only look."""
    shop = make_corner_shop(tmp_path_factory.mktemp("corner_shop"), engine)
    shop.run()
    return shop


@pytest.fixture
def own_shop(open_shop: Shop, tmp_path: Path) -> Shop:
    """The corner shop after one run, for a test that changes it."""
    return open_shop.copy(tmp_path / "shop")


def hanging_on(*names: str) -> set[str]:
    """These tables of gold, and those that read one of them."""
    found = set(names)
    for table in gold.tables():  # each after those that it reads
        if found & {read.name for read in table.reads}:
            found.add(table.name)
    return found


def in_common(table: str) -> str:
    """What two lakes have in common of a table's columns, in SQL.

    Where nothing else dates them, typed rows hold from when their file was first seen.
    """
    return "* exclude (_effective_at)" if table.startswith("staging.") else "*"


def day(text: str) -> date:
    return date.fromisoformat(text)
