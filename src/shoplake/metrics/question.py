"""A question: which figures by what, and the rules that refuse what has no answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.declaration import CALENDAR, Basis, Comparison, Dimension, Join, Measure, MetricSet
from shoplake.metrics.filter import dimensions_in, read_filter, unknown
from shoplake.metrics.formula import aliases_in, atoms_of, is_ratio, joins_for, kinds_of, measure_of, qualified, tree


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure, as it is or compared."""

    name: str
    measure: Measure
    comparison: Comparison | None = None

    @property
    def unit(self) -> str:
        is_share = self.comparison is not None and bool(self.comparison.share or self.comparison.change)
        return "percent" if is_share else self.measure.unit

    @property
    def places(self) -> int:
        return 1 if self.unit == "percent" and self.measure.unit != "percent" else self.measure.places

    @property
    def display_name(self) -> str:
        return (self.comparison.display_name if self.comparison else "{}").replace("{}", self.measure.display_name)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, checked. Days are business dates, both inclusive."""

    set: MetricSet
    comparisons: dict[str, Comparison]
    asked: tuple[Asked, ...]
    by: tuple[Dimension, ...] = ()
    where: exp.Expr | None = None
    first: date | None = None
    last: date | None = None
    basis: Basis | None = None
    sort: tuple[tuple[str, bool], ...] = ()  # name, whether downwards
    limit: int | None = None
    is_converted: bool = True

    @property
    def times(self) -> tuple[Dimension, ...]:
        return tuple(dimension for dimension in self.by if is_time(dimension))

    def basis_of(self, asked: Asked) -> Basis:
        return self.basis or asked.measure.date_basis


def is_time(dimension: Dimension) -> bool:
    """Whether it is an attribute of the day."""
    return aliases_in([tree(dimension.expr)]) == {CALENDAR}


def question(
    catalog: Catalog,
    metrics: Sequence[str],
    *,
    by: Sequence[str] = (),
    where: str | None = None,
    first: date | None = None,
    last: date | None = None,
    basis: Basis | None = None,
    sort: Sequence[str] = (),
    limit: int | None = None,
    is_converted: bool = True,
) -> Question:
    """Read what is asked by its names. `sort`: names, with - before one for downwards.

    Raises QueryError where a name is unknown or the figures can't be told so, with the reason.
    """
    asked = tuple(asked_of(catalog, name) for name in dict.fromkeys(metrics))
    if not asked:
        raise QueryError("no metric is named", remedy="`shoplake metrics list` shows all")
    sets = dict.fromkeys(catalog.set_of(each.measure.name) for each in asked)
    if len(sets) > 1:
        raise QueryError(f"the metrics are of several sets: {', '.join(sets)}", remedy="Ask each set's on their own")
    declared = catalog.sets[next(iter(sets))]
    dimensions = {dimension.name: dimension for dimension in declared.dimensions}
    for name in by:
        if name not in dimensions:
            raise unknown("dimension", name, dimensions)
    condition = read_filter(where, dimensions) if where else None
    if first and last and first > last:
        raise QueryError(f"{first} is after {last}", where="--from, --to", remedy="Turn them round")
    found = Question(
        declared,
        catalog.comparisons,
        asked,
        tuple(dimensions[name] for name in dict.fromkeys(by)),
        condition,
        first,
        last,
        basis,
        tuple(_sorted_by(sort, [*(each.name for each in asked), *by])),
        limit,
        is_converted,
    )
    filtered = [dimensions[name] for name in dimensions_in(condition)] if condition else []
    for each in asked:
        for dimension in dict.fromkeys((*found.by, *filtered)):
            _check_dimension(declared, each, dimension)
        if each.comparison:
            _check_comparison(catalog, each, found, [d for d in filtered if is_time(d)])
        _check_currency(found, each)
    return found


def day_of(text: str, where: str = "") -> date:
    """A day as it is written; raises QueryError where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(f"«{text}» is no date", where=where, remedy="Write it as 2017-03-31") from None


def asked_of(catalog: Catalog, name: str) -> Asked:
    """A measure by its name, with a comparison after a point."""
    measure, _, word = name.partition(".")
    if measure not in catalog.measures:
        raise unknown("metric", measure, catalog.measures)
    if word and word not in catalog.comparisons:
        raise unknown("comparison", word, catalog.comparisons)
    return Asked(name, catalog.measures[measure], catalog.comparisons[word] if word else None)


def problem_of(declared: MetricSet, measure: Measure, dimension: Dimension) -> str:
    """Why a measure can't be told by a dimension; nothing where it can."""
    group = next(group for group in declared.groups if group.name == dimension.group)
    kinds = kinds_of(declared, measure.name)
    others = sorted(kinds - set(group.movements))
    if group.movements and (others or not kinds):
        return f"it counts movements «{', '.join(others) or 'of every kind'}», which have no {dimension.name}"
    parts = [measure, *(measure_of(declared, atom) for atom in atoms_of(declared, measure.name))]
    if group.level == "line" and any(part.grain == "customer" for part in parts):
        return f"it is told of a customer's whole history, and one order can have several of {dimension.name}"
    return ""


def _check_dimension(declared: MetricSet, asked: Asked, dimension: Dimension) -> None:
    problem = problem_of(declared, asked.measure, dimension)
    if problem:
        fit = [m.name for m in declared.measures if not problem_of(declared, m, dimension)]
        raise QueryError(
            f"{asked.measure.name} can't be told by {dimension.name}: {problem}",
            remedy=f"Leave one of them out; {dimension.name} goes with {_some(fit)}",
        )


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:6])}{' and others' if len(names) > 6 else ''}" if names else "no metric"


def _check_comparison(catalog: Catalog, asked: Asked, found: Question, filtered: Iterable[Dimension]) -> None:
    comparison = asked.comparison
    assert comparison is not None
    base = catalog.comparisons[comparison.change] if comparison.change else comparison
    allowed = catalog.times_of(base)
    periods = [dimension for dimension in filtered if dimension.period]
    if not base.share:
        for dimension in (*found.times, *filtered):
            is_shown = dimension in found.times or not (base.window or dimension.period)
            if is_shown and dimension.name not in allowed:
                raise QueryError(
                    f"{asked.name} can't be asked with {dimension.name}: what lies {_distance(base)} before one of it"
                    " is none of the same length or kind",
                    remedy=f"Ask it with {', '.join(allowed)}{_instead(catalog, dimension)}",
                )
    if base.share and is_ratio(found.set, asked.measure.name):
        raise QueryError(
            f"{asked.name} is no part of anything: {asked.measure.name} is a ratio itself",
            remedy=f"Ask for {asked.measure.name}, or for the share of what it is made of",
        )
    has_dates = bool(found.first and found.last)
    has_period = bool(found.times or periods or has_dates)
    if (base.needs == "period" and not has_period) or (base.needs == "dimension" and not found.times):
        dates = ", or name --from and --to" if base.needs == "period" else ""
        raise QueryError(
            f"{asked.name} compares periods, and none is shown", remedy=f"Ask it by {', '.join(allowed)}{dates}"
        )


def _distance(base: Comparison) -> str:
    if base.months:
        return "a year" if base.months == 12 else "a month" if base.months == 1 else f"{base.months} months"
    return f"{base.days or base.window} days"


def _instead(catalog: Catalog, dimension: Dimension) -> str:
    fit = [c.name for c in catalog.comparisons.values() if dimension.name in catalog.times_of(c)]
    return f"; {dimension.name} goes with .{', .'.join(fit)}" if fit else ""


def _check_currency(found: Question, asked: Asked) -> None:
    """Amounts as they were paid add up within one currency alone."""
    if found.is_converted:
        return
    for join in joins_used(found.set, asked.measure):
        if not join.converts or join.converts in {dimension.name for dimension in found.by}:
            continue
        if join.converts not in {dimension.name for dimension in found.set.dimensions}:
            raise QueryError(
                f"{asked.name} can't be told in the currency of the order: it holds amounts in others",
                remedy="Ask it in the reporting currency",
            )
        raise QueryError(
            "amounts as they were paid don't add up across currencies", remedy=f"Add {join.converts} to --by"
        )


def joins_used(declared: MetricSet, measure: Measure) -> list[Join]:
    """The joins that the formula of a measure reads."""
    formulas = [qualified(measure_of(declared, atom).expr) for atom in atoms_of(declared, measure.name)]
    return joins_for(declared, aliases_in(formulas))


def _sorted_by(sort: Sequence[str], there: list[str]) -> Iterator[tuple[str, bool]]:
    for text in sort:
        name = text.removeprefix("-")
        if name not in there:
            raise QueryError(f"«{name}» isn't asked for", where="--sort", remedy=f"There are: {', '.join(there)}")
        yield name, text.startswith("-")
