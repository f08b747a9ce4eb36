"""Every notebook's cells, in the job's order, as Databricks runs them; gold ends as `shoplake run` makes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, SimpleNamespace
from typing import Any

import pytest

from shoplake.errors import DeclarationError, MachineError
from shoplake.lake import Engine
from shoplake.runs.ledger import Ledger
from shoplake.states.load import load
from tests.conftest import ROOT, Shop, make_corner_shop
from tests.databricks.bundle import HEADER, TARGETS, Bundle

TASKS = Bundle(ROOT / "azure" / "databricks", "serverless", TARGETS[0]).job["tasks"]
NOTEBOOKS = {task["task_key"]: Path(task["notebook_task"]["notebook_path"]) for task in TASKS}
PARAMETERS = (
    "project",
    "data",
    "catalog",
    "as_of",
    "full",
    "run_id",
    "target",
    "engine",
    "local",
    "landing",
    "address",
    "secret_scope",
    "postgres",
)


def cells(path: Path) -> Iterator[CodeType]:
    """The code cells of a notebook in source format; what it explains must be there too."""
    first, *rest = path.read_text("utf-8").split("\n# COMMAND ----------\n")
    assert first.startswith(f"{HEADER}\n# MAGIC %md\n# MAGIC # ")
    for number, cell in enumerate(rest, 2):
        lines = [line for line in cell.splitlines() if line]
        if lines[0] == "# MAGIC %md":
            assert all(line.startswith("# MAGIC ") for line in lines)
        else:
            assert not any(line.startswith("# MAGIC") for line in lines)
            yield compile(cell, f"{path.name}, cell {number}", "exec")


@dataclass
class Widgets:
    """A task's parameters, as text; one that the notebook doesn't ask for can't be read."""

    given: dict[str, str]
    asked: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, default: str, label: str = "") -> None:
        self.asked[name] = self.given.get(name, default)

    def get(self, name: str) -> str:
        return self.asked[name]


@dataclass
class Job:
    """Runs notebooks as a job does: with the parameters of job and task, and the values of the tasks before."""

    engine: Engine
    parameters: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[Any]] = field(default_factory=dict)
    secrets: dict[tuple[str, str], str] = field(default_factory=dict)

    def secret(self, scope: str, key: str) -> str:
        return self.secrets[scope, key]

    def run(self, task: str) -> None:
        def display(what: Any) -> None:
            shown = what.toPandas() if hasattr(what, "toPandas") else what
            self.shown.setdefault(task, []).append(shown)

        def set_value(key: str, value: str) -> None:
            self.values[key] = value

        widgets = Widgets(self.parameters | self.values)
        jobs = SimpleNamespace(taskValues=SimpleNamespace(set=set_value))
        dbutils = SimpleNamespace(widgets=widgets, jobs=jobs, secrets=SimpleNamespace(get=self.secret))
        names = {"spark": self.engine, "display": display, "dbutils": dbutils, "__name__": "__main__"}
        for code in cells(NOTEBOOKS[task]):
            exec(code, names)


@pytest.fixture
def job(corner_shop: Shop, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The engine of kind «databricks» takes the session that is there: here the embedded one."""
    for name in PARAMETERS:
        monkeypatch.setenv(f"SHOPLAKE_{name.upper()}", "")  # so that what a notebook sets is gone after it
        monkeypatch.delenv(f"SHOPLAKE_{name.upper()}")
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1:1")
    return Job(engine, {"project": str(corner_shop.project.folder)})


def test_the_notebooks_do_what_a_run_does(job: Job, corner_shop: Shop, open_shop: Shop) -> None:
    for task in NOTEBOOKS:
        job.run(task)
    gold = [name for name in open_shop.manifest.tables if name.startswith("gold.")]
    assert [name for name in corner_shop.manifest.tables if name.startswith("gold.")] == gold
    for name in gold:
        assert corner_shop.rows(name) == open_shop.rows(name), name
    (record,) = Ledger(corner_shop.project.ledger).last(9)
    assert (record.run_id, record.outcome) == (job.values["run_id"], "published")
    assert all(len(table) for task in NOTEBOOKS for table in job.shown[task])
    assert set(job.shown) == set(NOTEBOOKS)
    (by_month,) = job.shown["publish"]
    sold = open_shop.sql(
        "select strftime(order_date, '%Y-%m') as month, currency, sum(net_amount) from mart_sales_daily "
        "group by all order by all"
    )
    assert [tuple(row) for row in by_month.itertuples(index=False)] == sold
    (loaded,) = job.shown["warehouse"]
    assert list(loaded["table"]) == gold
    assert set(loaded["warehouse"]) == {"duckdb"}
    for task in NOTEBOOKS:  # on nothing new
        job.run(task)
    assert [each.outcome for each in Ledger(corner_shop.project.ledger).last(9)] == ["unchanged", "published"]


def test_a_task_that_is_tried_again_goes_on(job: Job, corner_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    job.run("ingestion")
    with monkeypatch.context() as patched:
        patched.setattr("shoplake.silver.refine.lacks_quarantine", lambda *_: 1 / 0)
        with pytest.raises(Exception, match="division"):
            job.run("transformations")
    job.run("transformations")
    assert len(job.shown["transformations"][1])
    job.values["run_id"] = "20240101T000000Z-0a1b"
    with pytest.raises(DeclarationError, match="20240101T000000Z-0a1b isn't open"):
        job.run("modeling")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"as_of": "soon"}, "as_of: «soon» is no date"), ({"full": "perhaps"}, "full: «perhaps» is neither true nor")],
)
def test_a_parameter_that_is_none(job: Job, parameters: dict[str, str], said: str) -> None:
    job.parameters |= parameters
    with pytest.raises(DeclarationError, match=said):
        job.run("ingestion")


def test_parameters_are_the_job_s_or_the_environment_s(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corner_shop: Shop, engine: Engine
) -> None:
    other = make_corner_shop(tmp_path / "other", engine)
    job.parameters |= {"data": str(other.project.data), "as_of": "2024-04-01"}
    job.run("ingestion")
    assert other.project.open_run.exists()
    assert '"as_of": "2024-04-01"' in other.project.open_run.read_text("utf-8")
    assert not corner_shop.project.open_run.exists()
    monkeypatch.setenv("SHOPLAKE_PROJECT", str(corner_shop.project.folder))
    monkeypatch.delenv("SHOPLAKE_DATA")
    names: dict[str, Any] = {"display": lambda _: None, "spark": engine}  # no dbutils: not on Databricks
    for code in cells(NOTEBOOKS["ingestion"]):
        exec(code, names)
    assert corner_shop.project.open_run.exists()


@pytest.mark.parametrize("task", NOTEBOOKS)
def test_without_the_wheel_it_says_so(job: Job, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shoplake", None)
    with pytest.raises(ImportError, match="shoplake is missing here .*installs its wheel, or install the wheel"):
        job.run(task)


def test_each_notebook_is_a_task() -> None:
    found = set((ROOT / "notebooks").rglob("*.py"))
    assert found == {path.resolve() for path in NOTEBOOKS.values()}
    assert [path.stem[3:] for path in NOTEBOOKS.values()] == [
        "land_raw_files",
        "canonical_entities",
        "star_schema",
        "publish",
        "warehouse",
    ]


def test_views_need_a_catalog(job: Job) -> None:
    job.parameters["target"] = "databricks"
    with pytest.raises(DeclarationError, match="its views need tables in a catalog. Set `catalog`"):
        job.run("warehouse")


def test_several_warehouses(job: Job, own_shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in a place of its own is handed over to the lake, one has its connection string in a secret."""
    job.parameters["project"] = str(own_shop.project.folder)
    loaded = []
    monkeypatch.setattr("shoplake.notebook.load_into", lambda *given: loaded.append(given[1]) or load(*given))
    monkeypatch.setenv("SHOPLAKE_LOCAL", str(tmp_path / "local"))
    job.parameters |= {"target": "duckdb  postgres", "secret_scope": "shop"}
    with pytest.raises(DeclarationError, match="shop/shoplake-postgres: the secret can't be read. Put it there: data"):
        job.run("warehouse")
    assert loaded == []
    job.secrets["shop", "shoplake-postgres"] = "postgresql://nobody@127.0.0.1:1/shop"
    monkeypatch.setattr("shoplake.warehouse.load._PAUSES", ())
    with pytest.raises(MachineError, match="PostgreSQL: it can.t be reached"):
        job.run("warehouse")
    assert loaded == ["duckdb", "postgres"]
    local = (tmp_path / "local/warehouse.duckdb").read_bytes()
    assert (own_shop.project.data / "warehouse.duckdb").read_bytes() == local
    assert not list(own_shop.project.data.glob("*.part"))
    job.parameters["target"] = "duckdb oracle"
    with pytest.raises(DeclarationError, match="«oracle» is no warehouse. There are: duckdb,"):
        job.run("warehouse")


def test_without_a_scope_the_environment_is_asked(job: Job, open_shop: Shop) -> None:
    job.parameters |= {"project": str(open_shop.project.folder), "target": "postgres"}
    with pytest.raises(DeclarationError, match="SHOPLAKE_POSTGRES: no connection string is set.*`secret_scope`"):
        job.run("warehouse")
