"""Tiles of marts tried on empty tables, so that a mistake in their SQL is found before anybody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from shoplake.contract import Table
from shoplake.dashboard.declaration import Mart, Page, Tile
from shoplake.dashboard.marts import columns_of
from shoplake.sources.yaml_file import Problem
from shoplake.warehouse.duckdb_table import ddl

# How many columns of a form are no figures: they come first, at least and at most so many. A table may have any.
_TOLD_BY = {"line": (1, 2), "bar": (1, 1), "bars": (1, 1), "columns": (1, 1), "dots": (1, 1), "heat": (2, 2)}
_PUBLICATION = "CREATE TABLE shoplake.publication (number BIGINT, run_id VARCHAR, published_at VARCHAR, as_of DATE)"


def mart_problems(page: Page, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """What is wrong with the tiles of marts of a page, over gold as a project has it (by full name)."""
    with duckdb.connect() as db:
        db.execute(f"CREATE SCHEMA gold; CREATE SCHEMA shoplake; {_PUBLICATION}")
        for table in tables.values():
            db.execute(ddl(table))
        db.execute("SET schema = 'gold'")
        for at, tile in enumerate(page.tiles):
            if tile.mart:
                here = ("tiles", str(at), "mart")
                yield from (
                    ((*here, key), f"{tile.name}: {what}", how) for key, what, how in _tried(tile, tile.mart, db)
                )


def _tried(tile: Tile, mart: Mart, db: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str]]:
    """The key, what is wrong with it, and the remedy."""
    if wrong := _shape(tile, mart):
        yield "columns", wrong, "Give others, or choose another form"
    names = [column.name for column in mart.columns]
    if mart.people and mart.people not in names:
        yield "people", f"there is no column «{mart.people}»", f"There are: {', '.join(names)}"
    for key, sql, count in (("sql", mart.sql, len(names)), ("covers", mart.covers, 2)):
        if sql is None:
            continue
        try:
            statements = duckdb.extract_statements(sql)
            if [each.type for each in statements] != [duckdb.StatementType.SELECT]:
                yield key, "it isn't one SELECT", "Write one SELECT over gold"
                continue
            found = len(db.sql(statements[0].query).columns)
        except duckdb.Error as failure:
            yield key, str(failure).splitlines()[0], "Write one SELECT over gold, in DuckDB's SQL"
            continue
        if found != count:
            yield key, f"it has {found} columns, and {count} are declared", "Select what is declared, in its order"


def _shape(tile: Tile, mart: Mart) -> str:
    """What the columns lack for the form."""
    if tile.form == "table":
        return ""
    kinds = [column.is_figure for column in columns_of(mart)]
    if tile.form == "curve":
        fits = [column.unit for column in mart.columns[:2]] == ["percent"] * 2 and not any(kinds[2:]) and len(kinds) < 4
        return "" if fits else "a curve has two columns of the unit percent, and perhaps one of words"
    if tile.form not in _TOLD_BY:
        return f"a {tile.form} is of a metric"
    least, most = _TOLD_BY[tile.form]
    told = kinds.index(True) if True in kinds else len(kinds)
    if not least <= told <= most or not kinds[told:] or not all(kinds[told:]):
        count = str(least) if least == most else f"{least} to {most}"
        return f"a {tile.form} has {count} columns of texts or months, and then figures"
    return ""
