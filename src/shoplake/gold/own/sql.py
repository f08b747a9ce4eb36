"""A mart of a project's own in SQL: a header, and one query over tables of gold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify

from shoplake.contract import Column, Table
from shoplake.gold.own.header import AS_OF, OwnColumn, Query
from shoplake.lake.refusals import is_of_storage
from shoplake.sources.expression import RESERVED
from shoplake.sources.yaml_file import Problem, mistakes


def table_of(query: Query, known: Mapping[str, Table]) -> Table:
    """The mart as a table; `known` are those of gold that it may read, by base name. Raises DeclarationError."""
    for table in query.tree.find_all(exp.Table):
        base = table.name.lower()
        if base in query.reads and base not in known:
            remedy = f"There are: {', '.join(sorted(known))}"
            raise query.problem(f"there is no table «{base}» in gold", remedy, table.this.meta["line"])
    reads = tuple(known[base] for base in query.reads)
    if problems := list(_problems(query, reads)):
        raise mistakes(query.path, query.lines, problems)
    _check_names(query, reads)
    return Table(
        name=query.name,
        meaning=query.header.meaning.rstrip("."),
        grain=query.header.grain.rstrip("."),
        key=query.header.key,
        columns=tuple(
            replace(_column(name, own, reads), required=name in query.header.key or bool(own and own.required))
            for name, own in query.header.columns.items()
        ),
        reads=reads,
        build=_build(query),
        needs_as_of=bool(AS_OF.search(query.template)),
        title=query.header.title,
        declared_in=query.text,
    )


def _build(query: Query) -> Callable[..., DataFrame]:
    def build(table: Table, *inputs: DataFrame, as_of: date | None = None) -> DataFrame:
        """Run the query, and give its columns the types that are declared."""
        sql = AS_OF.sub(f"date'{as_of}'", query.template)
        try:
            frames: dict[str, Any] = dict(zip(query.reads, inputs, strict=True))
            rows = inputs[0].sparkSession.sql(sql, **frames)
            found = rows.columns
        except Exception as failure:
            if is_of_storage(failure):
                raise
            first = next((line for line in str(failure).splitlines() if line.strip()), type(failure).__name__)
            raise query.problem(f"the query can't be run: {first[:300]}", "Correct it") from failure
        _check_columns(query, found)
        return rows.select(*[F.col(column.name).cast(column.type).alias(column.name) for column in table.columns])

    return build


def _problems(query: Query, reads: tuple[Table, ...]) -> Iterator[Problem]:
    """What is wrong with the columns of the header."""
    for name, own in query.header.columns.items():
        if own is None and not any(name in read.column_names for read in reads):
            yield ("columns", name), f"no table that it reads has a column «{name}»", "Give its type and meaning"
        elif name in RESERVED:
            yield ("columns", name), f"«{name}» is a word of SQL itself", "Choose another name"
    for name in query.header.key:
        if name not in query.header.columns:
            yield ("key",), f"the key's «{name}» is no column", f"Use one of: {', '.join(query.header.columns)}"


def _column(name: str, own: OwnColumn | None, reads: tuple[Table, ...]) -> Column:
    if own is not None:
        return Column(name, **own.model_dump())
    carried = next(read[name] for read in reads if name in read.column_names)
    return replace(carried, made_of=())


def _check_names(query: Query, reads: tuple[Table, ...]) -> None:
    """Refuse a column that no table has, and a result that isn't what the header says, where this is seen at once."""
    tree = query.tree.copy()
    for table in tree.find_all(exp.Table):
        table.set("db", None)
    schema: dict[str, object] = {read.base: {column.name: column.type for column in read.columns} for read in reads}
    try:
        found = qualify(tree, dialect="spark", schema=schema).named_selects
    except OptimizeError as failure:
        place = re.search(r"(.*could not be resolved)\. Line: (\d+)", str(failure))
        if place:  # what else the parser doesn't understand, the engine may
            raise query.problem(place[1].lower(), "Name a column of what the query reads", int(place[2])) from failure
    else:
        _check_columns(query, found)


def _check_columns(query: Query, found: Sequence[str]) -> None:
    """Refuse a result with other columns than the header declares."""
    wanted = list(query.header.columns)
    if missing := [name for name in wanted if name not in found]:
        what = f"the query gives no «{missing[0]}»"
        raise query.problem(what, f"It gives: {', '.join(found)}", query.at("columns", missing[0]))
    if more := [name for name in found if name not in wanted]:
        remedy = "Declare its type and meaning under «columns», or leave it out"
        raise query.problem(f"the query gives «{more[0]}», which the header doesn't declare", remedy)
    if len(found) != len(wanted):
        raise query.problem("the query gives two columns of one name", "Name one otherwise")
