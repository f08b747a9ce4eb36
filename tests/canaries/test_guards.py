"""The guards that canaries name are there, and the versions that they speak of."""

from __future__ import annotations

import importlib
import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.canaries import GUARDS, canary

ROOT = Path(__file__).parents[2]
for module in Path(__file__).parent.glob("test_*.py"):
    importlib.import_module(f"tests.canaries.{module.stem}")


@pytest.mark.parametrize("guard", sorted({each for guards in GUARDS.values() for each in guards.split(", ") if each}))
def test_a_guard_is_where_a_canary_says(guard: str) -> None:
    if guard.startswith("docs/"):
        assert list(ROOT.glob(f"{guard}*"))
        return
    module, _, name = guard.partition(".")
    assert re.search(rf"\b{name}\b", (ROOT / "src" / "shoplake" / f"{module}.py").read_text("utf-8"))


@pytest.mark.parametrize(
    ("package", "known"),
    [("pysail", "0.7.2"), ("pyspark-client", "4.2.0"), ("deltalake", "1.6.6"), ("duckdb", "2.0.0")],
)
def test_the_versions_are_those_that_were_looked_at(package: str, known: str) -> None:
    """Before 0.7.2, Sail lost rows in DELETE and committed one key twice under concurrent MERGEs."""
    assert version(package) == known, "see what other canaries say, measure what none states, then put the version here"


def test_a_failing_canary_names_the_guard() -> None:
    @canary("duckdb", "lake/schema.check_schema")
    def gone() -> None:
        assert 1 == 2, "one"

    with pytest.raises(AssertionError, match=r"^duckdb 2.* changed: the guard in lake/schema.check_schema may go"):
        gone()
