"""What the notebooks share: what they are given, and tables of what a step did."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

from shoplake.bronze.gather import gather
from shoplake.config import Project, find_project
from shoplake.errors import DeclarationError
from shoplake.gold import contracts
from shoplake.lake import Engine
from shoplake.lake.failures import explained
from shoplake.lake.place import Place, copy, move
from shoplake.runs.account import Account
from shoplake.runs.ledger import RunRecord
from shoplake.runs.manifest import Manifests
from shoplake.runs.progress import Silent
from shoplake.sources.catalog import load_sources
from shoplake.states.load import CONNECTED, Kind
from shoplake.states.load import load as load_into

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Parameters that are settings, which go before those of shoplake.toml.
_SETTINGS = ("data", "catalog", "address")


def parameters(dbutils: Any, **defaults: str) -> dict[str, str]:
    """A notebook's parameters by name: its widgets on Databricks, elsewhere SHOPLAKE_<NAME> in the environment."""
    if dbutils is None:
        return {name: os.environ.get(_variable(name), default) for name, default in defaults.items()}
    os.environ.setdefault(_variable("engine"), "databricks")
    os.environ.setdefault(_variable("local"), str(Path(gettempdir(), "shoplake")))  # a volume takes no random writes
    for name, default in defaults.items():
        dbutils.widgets.text(name, default)
    return {name: dbutils.widgets.get(name).strip() for name in defaults}


def project(given: dict[str, str]) -> Project:
    """The project in the folder `project`, by default the one that the notebook is in."""
    for name in _SETTINGS:
        if given.get(name):
            os.environ[_variable(name)] = given[name]
    return find_project(Path(given["project"] or "."))


def day(text: str, name: str = "as_of") -> date | None:
    """The day that a parameter names; None where it is empty."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as failure:
        raise DeclarationError(f"«{text}» is no date", where=name, remedy="Such as 2018-01-01, or nothing") from failure


def flag(text: str, name: str = "full") -> bool:
    """Whether a parameter is true."""
    if text.lower() not in {"true", "false", ""}:
        raise DeclarationError(f"«{text}» is neither true nor false", where=name, remedy="Say true or false")
    return text.lower() == "true"


def gathered(spark: Engine, project: Project, landing: str) -> list[Path]:
    """Gather small files from `<landing>/<source>/<feed>/` into the raw folder, by Auto Loader; gives the new ones."""
    found: list[Path] = []
    for source in load_sources(project.folder, contracts()).values() if landing else ():
        for name, feed in source.parse.items():
            if (folder := Path(landing) / source.source / name).is_dir():
                found += gather(spark, folder, Path(str(project.raw / source.source)), feed, name)
    return found


def hand_on(dbutils: Any, record: RunRecord) -> None:
    """Tell the tasks that come after which run they are to go on with."""
    if dbutils is not None:
        dbutils.jobs.taskValues.set(key="run_id", value=record.run_id)


def accounted(spark: Engine, record: RunRecord, layers: str) -> DataFrame:
    """What became of each row between two `layers`, such as «raw -> bronze»: one row per table and fate."""
    entries = [each for each in Account.from_json(record.account).entries if each.layers == layers]
    rows = [(each.target, each.fate, each.rows, each.amount) for each in entries]
    return spark.createDataFrame(rows, "`table` string, fate string, `rows` bigint, amount decimal(38,4)")


def refused(spark: Engine, record: RunRecord) -> DataFrame:
    """Rows in quarantine: one row per table, entity and reason."""
    rows = [(each.table, each.entity, each.reason, each.rows) for each in Account.from_json(record.account).refused]
    return spark.createDataFrame(rows, "`table` string, entity string, reason string, `rows` bigint")


def built(spark: Engine, record: RunRecord, layer: str) -> DataFrame:
    """The tables of a layer that a run has built: one row per table."""
    rows = [(name, count) for name, count in record.built.items() if name.startswith(f"{layer}.")]
    return spark.createDataFrame(rows, "`table` string, `rows` bigint")


def published(spark: Engine, project: Project, name: str) -> DataFrame:
    """A table as it is published."""
    manifest = Manifests(project.manifests).chosen(None)
    with project.lake(spark) as lake:
        return lake.read(name, manifest.tables[name].version)


def connect(dbutils: Any, scope: str, target: str) -> None:
    """Take the connection strings of warehouses from a scope of secrets: that of postgres is `shoplake-postgres`."""
    for name in target.split() if scope else ():
        if name in CONNECTED:
            key = f"shoplake-{name}"
            try:
                os.environ[_variable(name)] = dbutils.secrets.get(scope=scope, key=key)
            except Exception as failure:
                remedy = f"Put it there: databricks secrets put-secret {scope} {key}; who runs the job must read it"
                raise DeclarationError("the secret can't be read", where=f"{scope}/{key}", remedy=remedy) from failure


def load(spark: Engine, project: Project, target: str) -> DataFrame:
    """Bring warehouses up to what is published, and compare them with the lake: one row per warehouse and table.

    `target`: one or more, with spaces between them. Raises QualityError where a table differs. DuckDB's file is put
    into the lake too, for who fetches it.
    """
    targets = target.split()
    for name in targets or [""]:
        if name not in set(Kind):
            remedy = f"There are: {', '.join(Kind)}"
            raise DeclarationError(f"«{name}» is no warehouse", where="target", remedy=remedy)
    rows = []
    for name in targets:
        manifest, _ = load_into(project, Kind(name), Silent(), spark)
        rows += [(name, each, table.rows) for each, table in manifest.tables.items() if each.startswith("gold.")]
        if name == Kind.duckdb and project.local != project.data:
            _hand_over(project.duckdb_file, project.data)
    return spark.createDataFrame(rows, "warehouse string, `table` string, `rows` bigint")


def _hand_over(file: Path, folder: Place) -> None:
    """Copy a file to a folder, whose readers see the old one or the new one."""
    part = folder / f"{file.name}.part"
    with explained(str(folder)):
        copy(file, part)
        move(part, folder / file.name)


def _variable(name: str) -> str:
    return f"SHOPLAKE_{name.upper()}"
