"""A question as SQL: one SELECT over gold, built as a syntax tree for every dialect.

A comparison is the same sum over movements whose day is set on, so each is a part of its own. Parts are put one below
the other and brought together by what they are told by, which loses no group and multiplies none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlglot import exp

from shoplake.metrics.figures import composed, ratio
from shoplake.metrics.formula import atoms_of
from shoplake.metrics.parts import ALL, NOW, Part, dimensions_of, sums_of
from shoplake.metrics.question import Asked, Question


def select(question: Question) -> exp.Select:
    """The answer's SELECT: the dimensions in the order asked, then the figures."""
    wanted: dict[Part, dict[str, None]] = {}
    for asked in question.asked:
        for part in _parts_of(question, asked):
            wanted.setdefault(part, {}).update(atoms_of(question.set, asked.measure.name))
    names = [dimension.name for dimension in question.by]
    if len(wanted) == 1:
        ((part, atoms),) = wanted.items()
        if list(atoms) == [asked.name for asked in question.asked]:
            return _finished(question, sums_of(question, part, atoms))
        sums = sums_of(question, part, atoms).subquery("sums")
        cells = [_figure(question, asked, lambda _, atom: exp.column(atom, "sums")) for asked in question.asked]
        outer = exp.select(*[exp.column(name, "sums") for name in names], *cells).from_(sums)
        return _finished(question, outer)
    return _finished(question, _together(question, wanted, names))


def _together(question: Question, wanted: dict[Part, dict[str, None]], names: list[str]) -> exp.Select:
    """The parts below each other; what one doesn't sum up is null in it. A total is joined by time."""
    atoms = list(dict.fromkeys(atom for each in wanted.values() for atom in each))
    below: exp.Query | None = None
    totals: list[tuple[Part, exp.Select]] = []
    for part, own in wanted.items():
        sums = sums_of(question, part, own)
        if part.name == ALL:
            totals.append((part, sums))
            continue
        inner = sums.subquery("sums")
        shown = [exp.column(name, "sums") for name in names]
        cells = [exp.column(a, "sums") if a in own else exp.alias_(exp.null(), a, quoted=True) for a in atoms]
        each = exp.select(exp.alias_(exp.Literal.string(part.label), "part"), *shown, *cells).from_(inner)
        below = each if below is None else exp.union(below, each, distinct=False)
    assert below is not None
    outer = exp.select().from_(below.subquery("parts"))
    keys = [exp.column(name, "parts") for name in names]

    def cell(part: Part, atom: str) -> exp.Expr:
        if part.name == ALL:
            return exp.Max(this=exp.column(atom, part.total))
        is_it = exp.EQ(this=exp.column("part", "parts"), expression=exp.Literal.string(part.label))
        return exp.Max(this=exp.Case(ifs=[exp.If(this=is_it, true=exp.column(atom, "parts"))]))

    for part, sums in totals:
        times = [d.name for d in dimensions_of(question, part)]
        on = exp.and_(*[exp.column(t, "parts").eq(exp.column(t, part.total)) for t in times]) if times else None
        outer = outer.join(sums.subquery(part.total), on=on, join_type="left" if times else "cross")
    outer = outer.select(*keys, *[_figure(question, asked, cell) for asked in question.asked])
    return outer.group_by(*keys) if keys else outer


def _parts_of(question: Question, asked: Asked) -> list[Part]:
    basis, comparison = question.basis_of(asked), asked.comparison
    now = Part(NOW, basis)
    if comparison is None:
        return [now]
    if comparison.share:
        return [now, Part(ALL, basis)]
    if comparison.change:
        base = question.comparisons[comparison.change]
        return [now, Part(base.name, basis, base)]
    return [Part(comparison.name, basis, comparison)]


def _figure(question: Question, asked: Asked, cell: Callable[[Part, str], exp.Expr]) -> exp.Expr:
    """The column of what is asked; `cell` gives the sum of a part."""
    parts = _parts_of(question, asked)
    first, *others = [composed(question.set, asked.measure.name, partial(cell, part)) for part in parts]
    for other in others:
        first = ratio(first, other)
        if asked.comparison and asked.comparison.change:
            first = exp.Sub(this=first, expression=exp.Literal.number(1))
    return exp.alias_(first, asked.name, quoted=True)


def _finished(question: Question, answer: exp.Select) -> exp.Select:
    """Sorted, by default by what it is told by, and cut off."""
    sort = question.sort or tuple((dimension.name, False) for dimension in question.by)
    terms = [exp.Ordered(this=exp.column(n, quoted=True), desc=down, nulls_first=False) for n, down in sort]
    answer = answer.order_by(*terms) if terms else answer
    return answer.limit(question.limit) if question.limit is not None else answer
