"""The rules of the house, checked on the syntax trees: see docs/architecture.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplake import gold, silver
from shoplake.contract import Table

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "shoplake"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each floor may know those before it.
FLOORS = [
    "errors",
    "contract",
    "lake",
    "runs",
    "sources",
    "bronze",
    "silver",
    "draft",
    "gold",
    "metrics",
    "warehouse",
    "documentation",
    "explain",
]
BESIDE = {
    "config": ["errors", "contract", "lake"],
    "project": ["errors", "lake", "config"],
    "demo": ["errors", "lake"],
    "generator": ["errors"],
    "audit": ["config", "errors", "contract", "lake", "runs", "metrics", "warehouse"],
    "console": ["runs"],
    "dashboard": ["config", "errors", "contract", "lake", "runs", "sources", "gold", "metrics", "warehouse"],
    "azure": ["errors", "finding", "config", "contract", "sources", "generator", "audit"],
    "states": ["errors", "config", "contract", "lake", "runs", "metrics", "warehouse"],
}
TABLES = (*silver.ENTITIES, *gold.tables())


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def floor(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_door_opens_the_engine_and_delta(path: Path) -> None:
    guarded = {"deltalake", "pysail"}
    found = {module.partition(".")[0] for module in imports(path)} & guarded
    assert not found or floor(path) == "lake"


@pytest.mark.parametrize("path", sorted((PACKAGE / "lake").glob("catalog*.py")), ids=name)
def test_a_catalogs_tables_are_no_files(path: Path) -> None:
    files = {"store", "tables", "log", "place", "objects", "durability", "upkeep", "nulls", "location"}
    found = set(imports(path))
    assert not {
        module for module in found if module.partition(".")[0] in {"deltalake", "pathlib", "obstore", "pyarrow"}
    }
    assert not found & {f"shoplake.lake.{each}" for each in files}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_lower_floors_know_nothing_of_higher_ones(path: Path) -> None:
    own = floor(path)
    if own in FLOORS:
        allowed = set(FLOORS[: FLOORS.index(own) + 1])
    elif own in BESIDE:
        allowed = {own, *BESIDE[own]}
    else:
        return  # cli and pipeline stand above all
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "shoplake" and len(parts) > 1:
            assert parts[1] in allowed, f"{own} imports {module}"


@pytest.mark.parametrize("path", [p for p in MODULES if floor(p) in {"bronze", "silver", "gold"}], ids=name)
def test_time_is_data(path: Path) -> None:
    forbidden = {"now", "today", "current_date", "current_timestamp", "localtimestamp", "utcnow", "rand", "uuid"}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in forbidden, f"line {node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 250


def test_one_name_one_type_everywhere() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for table in TABLES:
        for column in table.columns:
            if column.name.endswith("_amount") and table.name.startswith("gold.mart_"):
                continue  # sums are wider than a line's amounts
            first, kind = seen.setdefault(column.name, (table.name, column.type))
            assert kind == column.type, f"{column.name} is {kind} in {first}, {column.type} in {table.name}"


def test_one_name_one_meaning_everywhere() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for table in TABLES:
        for column in table.columns:
            first, meaning = seen.setdefault(column.name, (table.name, column.meaning))
            assert meaning == column.meaning, f"{column.name} in {first} and {table.name}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_contracts_are_complete(table: Table) -> None:
    names = table.column_names
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    assert table.grain.startswith("one row per ")
    assert all(column.meaning for column in table.columns)
    assert all(column.allowed_as or len(column.allowed) <= 50 for column in table.columns)
    assert all(ref.column in names and ref.column in ref.table.column_names for ref in table.references)
    money = [c for c in table.columns if c.name.endswith("_amount")]
    assert all(column.type.startswith("decimal(") for column in money)
    assert all(c.unit == ("reporting currency" if c.name.startswith("reporting_") else "currency") for c in money)


FACTS = [table for table in gold.tables() if table.base.startswith("fact_") and table.base != "fact_exchange_rate"]


@pytest.mark.parametrize("fact", FACTS, ids=lambda table: table.name)
def test_no_fact_fans_out(fact: Table) -> None:
    """Each run compares its rows, and each amount that it has from silver, with the entity that it is made of."""
    (wanted,) = (each for each in fact.reconciles if each.source.name.startswith("silver."))
    assert ("count(*)", "count(*)") in wanted.measures.values()
    amounts = {column.name for column in wanted.source.columns if column.name.endswith("_amount")}
    assert amounts & set(fact.column_names) <= wanted.measures.keys()


def test_contact_data_stay_in_silver() -> None:
    for table in gold.tables():
        personal = {column.name for column in table.columns if column.personal}
        assert personal <= {"birth_date", "customer_id"}, table.name


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=lambda command: " ".join(command[:2]),
)
def test_lint_and_types(command: list[str]) -> None:
    found = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
