"""Answers a user's SQL from the warehouse: it reads gold, and bi over it, and can do nothing else."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from shoplake.errors import QueryError

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "allow_community_extensions": "false",
}
_SETTINGS = "SET TimeZone = 'UTC'; SET schema = 'gold'; SET lock_configuration = true"
# How a formula starts; some spreadsheets take the wide signs of East Asian keyboards for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns, and rows whose cells are Python values; instants are texts in UTC."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(warehouse: Path, sql: str) -> Answer:
    """The answer to one SELECT; `gold.` may be left out, `bi.` may not."""
    if not warehouse.is_file():
        raise QueryError("there is no warehouse yet", where=str(warehouse), remedy="Run `shoplake run` first")
    try:
        statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise QueryError("a query is one SELECT", remedy="Leave out everything else; the warehouse is read-only")
        with duckdb.connect(str(warehouse), read_only=True, config=_LOCKED) as db:
            db.execute(_SETTINGS)
            columns = list(db.sql(statements[0].query).columns)
            unique = [f"c{position}" for position in range(len(columns))]
            named = f"SELECT * FROM ({statements[0].query.rstrip().rstrip(';')}\n) AS answer({', '.join(unique)})"  # noqa: S608
            relation = db.sql(named)
            shown = [_shown(name, kind) for name, kind in zip(unique, relation.types, strict=True)]
            return Answer(columns, relation.project(", ".join(shown)).fetchall())
    except duckdb.Error as failure:
        first = str(failure).strip().splitlines()[0]
        raise QueryError(first, remedy=_remedy(str(failure))) from failure


def _shown(name: str, kind: Any) -> str:
    """Instants as text: Python would need one more library to hold them."""
    return f"{name}::VARCHAR" if str(kind) == "TIMESTAMP WITH TIME ZONE" else name


def _remedy(failure: str) -> str:
    if failure.startswith("IO Error"):
        return "If it is broken, remove it; `shoplake run` makes it anew"
    if failure.startswith("Catalog Error: Table") or failure.startswith("Binder Error"):
        return (
            '`shoplake query "select schema_name, table_name, column_name from duckdb_columns()"` lists what there is'
        )
    return "A query is one SELECT in DuckDB's SQL"


def as_json(answer: Answer) -> str:
    """A list of objects. Keys are texts, since JSON's numbers hold 53 bits; amounts keep all their digits."""
    twice = next((name for name in answer.columns if answer.columns.count(name) > 1), None)
    if twice:
        raise QueryError(f"two columns are called «{twice}»", remedy="Name them apart with AS; JSON can't hold both")
    names = [json.dumps(name) for name in answer.columns]
    lines = []
    for row in answer.rows:
        cells = (f"{name}: {_json(value, raw)}" for name, raw, value in zip(names, answer.columns, row, strict=True))
        lines.append("  {" + ", ".join(cells) + "}")
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def _json(value: Any, column: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and (column.endswith("_key") or abs(value) >= 1 << 53):
        return json.dumps(str(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and not math.isfinite(value):
        return "null"
    if value is None or isinstance(value, bool | int | float | str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str)


def as_csv(answer: Answer) -> Iterator[str]:
    """Lines of CSV. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")  # with it a return within a value is quoted, too
    for row in ([*answer.columns], *answer.rows):
        writer.writerow([_harmless(value) for value in row])
        yield buffer.getvalue().removesuffix("\r\n")
        buffer.seek(0)
        buffer.truncate()


def _harmless(value: Any) -> Any:
    is_number = value is None or isinstance(value, int | float | Decimal)
    return f"'{value}" if not is_number and str(value).startswith(_FORMULA) else value
