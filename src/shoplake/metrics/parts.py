"""The parts that an answer is made of: sums over the movements, by what is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from shoplake.errors import QueryError
from shoplake.metrics.declaration import CALENDAR, PERIOD, SOURCE, Basis, Comparison, Dimension
from shoplake.metrics.dialects import set_on
from shoplake.metrics.figures import aggregate
from shoplake.metrics.filter import dimensions_in
from shoplake.metrics.formula import aliases_in, joins_for, kinds_of, qualified, tree
from shoplake.metrics.question import Question, is_time

NOW, ALL = "now", "all"
_DAYS = "gold.dim_date"


@dataclass(frozen=True, slots=True)
class Part:
    """Sums over movements whose day is set on, or over all of them beside time."""

    name: str
    basis: Basis
    comparison: Comparison | None = None

    @property
    def label(self) -> str:
        return f"{self.name} {self.basis}"

    @property
    def total(self) -> str:
        """What the totals of a basis are called."""
        return f"{ALL}_{self.basis}"


def dimensions_of(question: Question, part: Part) -> tuple[Dimension, ...]:
    if part.name != ALL:
        return question.by
    return question.times if len(question.times) < len(question.by) else ()


def sums_of(question: Question, part: Part, atoms: Iterable[str]) -> exp.Select:
    """The sums of one part: from the source, with the joins that are needed, by the dimensions."""
    declared = question.set
    by = {dimension.name: qualified(dimension.expr) for dimension in dimensions_of(question, part)}
    figures = {atom: aggregate(declared, atom) for atom in atoms}
    known = {dimension.name: dimension for dimension in declared.dimensions}
    conditions = [_inlined(question.where, known)] if question.where else []
    conditions += [qualified(declared.filter)] if declared.filter else []
    kinds = [kinds_of(declared, atom) for atom in figures]
    if all(kinds) and declared.kind:
        listed = [exp.Literal.string(kind) for kind in sorted(frozenset().union(*kinds))]
        conditions.append(exp.In(this=exp.column(declared.kind, SOURCE), expressions=listed))

    own_day = exp.column(declared.dates.get(part.basis) or declared.dates["event"], SOURCE)
    comparison = part.comparison
    used = [*by.values(), *figures.values(), *conditions]
    needs_calendar = comparison is not None or CALENDAR in aliases_in(used)
    day = exp.column("date", CALENDAR) if needs_calendar else own_day
    conditions += _clipped(question, day)
    query = exp.select().from_(relation(declared.source, SOURCE))
    if needs_calendar:
        query, more = _with_calendar(query, own_day, comparison, is_by_day="date" in by)
        conditions += more
    for join in joins_for(declared, aliases_in([*used, *conditions])):
        query = query.join(relation(join.source, join.name), on=qualified(join.on), join_type="left")
    if PERIOD in aliases_in(list(figures.values())):
        query, start = _with_period(question, query, part)
        figures = {name: _replaced(formula, PERIOD, "start", start) for name, formula in figures.items()}
    if not question.is_converted:
        rates = [(join.name, c.name) for join in declared.joins if join.converts for c in _rates_in(figures, join.name)]
        for alias, name in rates:
            figures = {n: _replaced(f, alias, name, exp.Literal.number(1)) for n, f in figures.items()}
        query = _without_joins(query, {alias for alias, _ in rates})
    cells = [exp.alias_(e, n, quoted=True) for n, e in (by | figures).items()]
    query = query.select(*cells)
    if conditions:
        query = query.where(*conditions)
    return query.group_by(*[formula.copy() for formula in by.values()]) if by else query


def relation(source: str, alias: str) -> exp.Expr:
    found = tree(source) if " " in source else exp.to_table(source)
    return found.subquery(alias) if isinstance(found, exp.Query) else exp.alias_(found, alias, table=True)


def _inlined(condition: exp.Expr, known: dict[str, Dimension]) -> exp.Expr:
    """A filter over dimensions as one over the source and its joins."""

    def replaced(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and not node.table:
            formula = qualified(known[node.name].expr)
            return formula if isinstance(formula, exp.Column | exp.Func) else exp.paren(formula)
        return node

    return exp.paren(condition.copy().transform(replaced))


def _clipped(question: Question, day: exp.Expr) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    if question.first:
        found.append(exp.GTE(this=day.copy(), expression=exp.cast(exp.Literal.string(str(question.first)), "date")))
    if question.last:
        found.append(exp.LTE(this=day.copy(), expression=exp.cast(exp.Literal.string(str(question.last)), "date")))
    return found


def _with_calendar(
    query: exp.Select, own_day: exp.Expr, comparison: Comparison | None, *, is_by_day: bool
) -> tuple[exp.Select, list[exp.Expr]]:
    """Each movement with the day that it is shown on; a day after the last one loaded is compared with nothing."""
    shown = exp.column("date", CALENDAR)
    if comparison is None:
        on = exp.EQ(this=own_day, expression=shown)
        return query.join(relation(_DAYS, CALENDAR), on=on, join_type="left"), []
    conditions: list[exp.Expr] = [exp.LT(this=exp.column("relative_day", CALENDAR), expression=exp.Literal.number(0))]
    if comparison.window:
        days = exp.select("shown.*", exp.alias_(exp.column("date", "own"), "own_date"))
        start = set_on(exp.column("date", "shown"), days=1 - comparison.window)
        near = exp.Between(this=exp.column("date", "own"), low=start, high=exp.column("date", "shown"))
        days = days.from_(relation(_DAYS, "shown")).join(relation(_DAYS, "own"), on=near)
        on = exp.EQ(this=own_day, expression=exp.column("own_date", CALENDAR))
        return query.join(days.subquery(CALENDAR), on=on), conditions
    on = exp.EQ(this=set_on(own_day, months=comparison.months, days=comparison.days), expression=shown)
    if comparison.months and is_by_day:  # 29 February has no such day
        conditions.append(exp.EQ(this=exp.Day(this=own_day.copy()), expression=exp.column("day_of_month", CALENDAR)))
    return query.join(relation(_DAYS, CALENDAR), on=on), conditions


def _with_period(question: Question, query: exp.Select, part: Part) -> tuple[exp.Select, exp.Expr]:
    """The first day of the period that is shown, as far as it is; set back where movements are set on."""
    comparison = part.comparison
    if comparison and comparison.window:
        return query, set_on(exp.column("date", CALENDAR), days=1 - comparison.window)
    known = {dimension.name: dimension for dimension in question.set.dimensions}
    periods = [qualified(d.expr) for d in dimensions_of(question, part) if d.period and is_time(d)]
    conditions = _clipped(question, exp.column("date", CALENDAR))
    for condition in question.where.flatten() if isinstance(question.where, exp.And) else [question.where]:
        times = [is_time(known[name]) for name in dimensions_in(condition)] if condition else []
        if condition and all(times):
            conditions.append(_inlined(condition, known))
        elif any(times):
            raise QueryError(
                "the filter mixes time with something else, so that no period begins anywhere",
                where="--where",
                remedy="Join the condition on time by AND, or name --from and --to",
            )
    keys = [exp.alias_(formula, f"p{at}") for at, formula in enumerate(periods)]
    first = exp.select(*keys, exp.alias_(exp.Min(this=exp.column("date", CALENDAR)), "start"))
    first = first.from_(relation(_DAYS, CALENDAR)).where(*conditions)
    first = first.group_by(*[formula.copy() for formula in periods]) if periods else first
    pairs = [f.copy().eq(exp.column(f"p{at}", PERIOD)) for at, f in enumerate(periods)]
    on = exp.and_(*pairs) if pairs else None
    query = query.join(first.subquery(PERIOD), on=on, join_type="left" if pairs else "cross")
    start = exp.column("start", PERIOD)
    return query, set_on(start, months=-comparison.months, days=-comparison.days) if comparison else start


def _replaced(formula: exp.Expr, alias: str, name: str, value: exp.Expr) -> exp.Expr:
    return formula.transform(
        lambda node: value.copy() if isinstance(node, exp.Column) and (node.table, node.name) == (alias, name) else node
    )


def _rates_in(figures: dict[str, exp.Expr], alias: str) -> list[exp.Column]:
    columns = [c for formula in figures.values() for c in formula.find_all(exp.Column) if c.table == alias]
    return list({column.name: column for column in columns}.values())


def _without_joins(query: exp.Select, aliases: set[str]) -> exp.Select:
    joins = [join for join in query.args.get("joins", []) if join.alias_or_name not in aliases]
    query.set("joins", joins)
    return query
