"""A set whose joins and formulas are worked out row by row beforehand, so that a question only has to add up.

The flat set answers as the declared one does, from one table: each attribute and what each measure adds up are columns
of it. What is counted once, such as orders, is counted over fewer rows where nothing of single lines is asked: over the
first of those rows that agree in all but what belongs to a line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlglot import exp

from shoplake.metrics.declaration import PERIOD, SOURCE, Counted, Dimension, Measure, MetricSet
from shoplake.metrics.formula import aliases_in, joins_for, kinds_of, measure_of, measures_in, qualified, tree
from shoplake.metrics.parts import relation
from shoplake.metrics.question import Question, is_time

IS_FIRST = "is_first"
_Cells = dict[str, exp.Expr]


@dataclass(frozen=True, slots=True)
class Flat:
    """`rows` fills the table, but for `is_first`: the first of rows that agree in `agreeing` and `counted`."""

    rows: exp.Select
    by_row: MetricSet
    by_first: MetricSet
    told: tuple[str, ...]
    of_lines: tuple[str, ...]
    agreeing: tuple[str, ...]
    counted: tuple[str, ...]

    def question(self, asked: Question, where: exp.Expr | None, *, is_of_lines: bool = False) -> Question:
        """The same question over the flat rows, under a condition on them. `is_of_lines`: on what belongs to a line."""
        over = self.by_row if is_of_lines or {each.name for each in asked.by} & {*self.of_lines} else self.by_first
        known = {dimension.name: dimension for dimension in over.dimensions}
        return replace(asked, set=over, by=tuple(known[each.name] for each in asked.by), where=where)


def only(declared: MetricSet, measures: Collection[str], dimensions: Collection[str]) -> MetricSet:
    """The set with what is named, and what that is made of; time is always there."""
    there = {measure.name for measure in declared.measures}
    needed = {part for name in measures if name in there for part in _parts(declared, name)}
    kept = [d for d in declared.dimensions if d.name in dimensions or is_time(d)]
    some = {"measures": tuple(m for m in declared.measures if m.name in needed), "dimensions": tuple(kept)}
    return declared.model_copy(update=some)


def _parts(declared: MetricSet, name: str) -> set[str]:
    """A measure and all that it is made of."""
    parts = [part for _, part in measures_in(tree(measure_of(declared, name).expr))]
    return {name}.union(*(_parts(declared, part) for part in parts))


def flatten(declared: MetricSet, table: str) -> Flat:
    """`table`: where the rows will be, such as figures.sales."""
    plain = list(dict.fromkeys([*([declared.kind] if declared.kind else []), *declared.dates.values()]))
    cells: _Cells = {}
    dimensions = tuple(_dimension(each, cells) for each in declared.dimensions)
    told = tuple(cells)
    measures = tuple(_measure(declared, each, cells) for each in declared.measures)
    once = [new for new in measures if "DISTINCT" in new.expr]
    counted = {c.name for each in once for c in tree(each.expr).find_all(exp.Column) if c.table != PERIOD} - {*plain}
    of_a_line = {group.name for group in declared.groups if group.level == "line"}
    of_lines = tuple(dimension.name for dimension in declared.dimensions if dimension.group in of_a_line)
    agreeing = [name for name in told if name.removeprefix("by_") not in of_lines]

    rows = exp.select(*[exp.column(name, SOURCE) for name in plain])
    rows = rows.select(*[exp.alias_(formula, name, quoted=True) for name, formula in cells.items()])
    rows = rows.from_(relation(declared.source, SOURCE))
    for join in joins_for(declared, aliases_in([*cells.values()])):
        rows = rows.join(relation(join.source, join.name), on=qualified(join.on), join_type="left")
    if declared.filter:
        rows = rows.where(qualified(declared.filter))

    changes = {"source": table, "joins": (), "filter": None, "dimensions": dimensions}
    by_row = declared.model_copy(update=changes | {"measures": measures})
    firsts = tuple(_over_first(each) if each in once else each for each in measures)
    by_first = declared.model_copy(update=changes | {"measures": firsts})
    return Flat(rows, by_row, by_first, told, of_lines, (*plain, *agreeing), tuple(sorted(counted)))


def _dimension(dimension: Dimension, cells: _Cells) -> Dimension:
    if is_time(dimension):
        return dimension
    cells[f"by_{dimension.name}"] = qualified(dimension.expr)
    return dimension.model_copy(update={"expr": f"by_{dimension.name}"})


def _measure(declared: MetricSet, measure: Measure, cells: _Cells) -> Measure:
    """The measure over a column, which is 0 or null in rows of a kind that it doesn't count."""
    formula = qualified(measure.expr)
    if measures_in(formula):
        return measure
    kinds = sorted(kinds_of(declared, measure.name))
    is_simple = isinstance(formula, exp.Sum | exp.Count) and PERIOD not in aliases_in([formula])
    if not (is_simple and kinds):
        return measure.model_copy(update={"expr": _with_columns(formula, declared.kind, cells)})
    name, is_once = f"value_{measure.name}", isinstance(formula.this, exp.Distinct)
    cells[name] = (formula.this.expressions[0] if is_once else formula.this).copy()
    expr = f"count(DISTINCT {name})" if is_once else f"{formula.key}({name})"
    return Counted(**measure.model_dump() | {"expr": expr, "counts": tuple(kinds)})


def _with_columns(formula: exp.Expr, kind: str | None, cells: _Cells) -> str:
    """A formula that stays as it is, over columns of the table."""

    def renamed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column) or node.table == PERIOD:
            return node
        if (node.table, node.name) == (SOURCE, kind):
            return exp.column(node.name)
        cells[f"{node.table}_{node.name}"] = node.copy()
        return exp.column(f"{node.table}_{node.name}")

    return formula.transform(renamed).sql(dialect="databricks")


def _over_first(measure: Measure) -> Measure:
    """The same count over first rows alone; a value that is null counts for nothing."""
    formula = tree(measure.expr)
    once = formula.find(exp.Distinct)
    assert once is not None
    of = once.expressions[0]
    if isinstance(of, exp.Case):
        for branch in of.args["ifs"]:
            branch.set("this", exp.and_(branch.this.copy(), exp.column(IS_FIRST)))
    else:
        of.replace(exp.Case(ifs=[exp.If(this=exp.column(IS_FIRST), true=of.copy())]))
    return measure.model_copy(update={"expr": formula.sql(dialect="databricks")})


def with_unique(flat: Flat, columns: Collection[str]) -> Flat:
    """The same, where each value of these columns is in one first row alone: rows are counted faster than values."""

    def counted(measure: Measure) -> Measure:
        formula = tree(measure.expr)
        once = formula.find(exp.Distinct)
        if once is None or not {c.name for c in once.find_all(exp.Column)} & {*columns}:
            return measure
        formula.set("this", once.expressions[0])
        return measure.model_copy(update={"expr": formula.sql(dialect="databricks")})

    measures = tuple(map(counted, flat.by_first.measures))
    return replace(flat, by_first=flat.by_first.model_copy(update={"measures": measures}))
