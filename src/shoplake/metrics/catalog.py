"""Finds and loads what is declared of metrics: the package's own sets, then the project's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shoplake import gold
from shoplake.contract import Table
from shoplake.contract.business import Business
from shoplake.gold.own.find import with_own
from shoplake.metrics.check import comparison_problems, set_problems
from shoplake.metrics.declaration import Comparison, Comparisons, Dimension, Measure, MetricSet
from shoplake.sources.catalog import load_sources
from shoplake.sources.extend import extras_of
from shoplake.sources.yaml_file import Problem, load, mistakes

BUILT_IN = Path(__file__).parent
_COMPARISONS = "comparisons"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The sets by name, and what any measure can be compared with."""

    sets: dict[str, MetricSet]
    comparisons: dict[str, Comparison]
    has_fiscal_months: bool = True

    @property
    def measures(self) -> dict[str, Measure]:
        return {measure.name: measure for declared in self.sets.values() for measure in declared.measures}

    @property
    def dimensions(self) -> dict[str, Dimension]:
        return {dimension.name: dimension for declared in self.sets.values() for dimension in declared.dimensions}

    def set_of(self, measure: str) -> str:
        return next(name for name, declared in self.sets.items() if measure in {m.name for m in declared.measures})

    def times_of(self, comparison: Comparison) -> tuple[str, ...]:
        """The dimensions of time that a comparison can be asked with."""
        return (*comparison.by, *(comparison.by_fiscal_months if self.has_fiscal_months else ()))


def project_catalog(project: Path, business: Business) -> Catalog:
    """The package's metrics and a project's own, over gold as its sources and settings make it."""
    return load_catalog(project, project_tables(project, business), business.fiscal_weeks)


def project_tables(project: Path, business: Business) -> dict[str, Table]:
    """Gold by full name, as a project's sources and own marts make it."""
    extras = extras_of(load_sources(project, gold.contracts()).values())
    every = with_own(gold.tables(extras, business), project, business)
    return {table.name: table for table in every}


def load_catalog(project: Path, tables: Mapping[str, Table], fiscal_weeks: str = "") -> Catalog:
    """All sets, checked against the tables of gold (by full name).

    Raises a DeclarationError that lists a file's mistakes with their lines.
    """
    sets: dict[str, MetricSet] = {}
    files = [path for path in sorted(BUILT_IN.glob("*.yml")) if path.stem != _COMPARISONS]
    additions = []
    for path in (*files, *own_files(project)):
        declared, lines = load(path, MetricSet)
        if declared.extends:
            additions.append((path, declared, lines))
            continue
        problems = [*_name_problems(path.stem, sets, declared), *set_problems(declared, tables)]
        if problems:
            raise mistakes(path, lines, problems)
        sets[path.stem] = declared
    for path, declared, lines in additions:
        base = sets.get(declared.extends or "")
        if base is None:
            there = f"There are: {', '.join(sets)}"
            raise mistakes(path, lines, [(("extends",), f"there is no set «{declared.extends}»", there)])
        others = [*_name_problems("", sets, declared), *set_problems(declared, tables, base)]
        if others:
            raise mistakes(path, lines, others)
        sets[str(declared.extends)] = joined(base, declared)
    path = BUILT_IN / f"{_COMPARISONS}.yml"
    comparisons, lines = load(path, Comparisons)
    if wrong := list(comparison_problems(comparisons)):
        raise mistakes(path, lines, wrong)
    return Catalog(sets, {each.name: each for each in comparisons.comparisons}, not fiscal_weeks)


def own_files(project: Path) -> list[Path]:
    """The files in which a project declares metrics."""
    return sorted((project / "metrics").glob("*.yml"))


def joined(base: MetricSet, more: MetricSet) -> MetricSet:
    """A set with what another file adds to it."""
    both = {
        name: (*getattr(base, name), *getattr(more, name)) for name in ("joins", "groups", "dimensions", "measures")
    }
    return base.model_copy(update=both)


def _name_problems(stem: str, sets: dict[str, MetricSet], declared: MetricSet) -> list[Problem]:
    """A figure has one meaning: no other set may declare its name."""
    found: list[Problem] = []
    if stem in sets:
        found.append((("version",), f"there is a set «{stem}» already", "Rename the file, or add to it by `extends`"))
    taken = {measure.name: name for name, each in sets.items() for measure in each.measures}
    for at, measure in enumerate(declared.measures):
        if measure.name in taken:
            what = f"«{measure.name}» is a measure of the set «{taken[measure.name]}» already"
            found.append((("measures", str(at), "name"), what, "Choose another name"))
    return found
