"""Whether a warehouse holds what the lake does: rows, keys, content and sums of amounts, counted on both sides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Context, Decimal
from pathlib import Path

import duckdb

from shoplake.contract import Table
from shoplake.errors import QualityError
from shoplake.runs.manifest import PublishedTable

# What is counted of a file or a table -> its value. All of it adds up: a table's figures are those of its files.
Figures = Mapping[str, Decimal]
# The figures of files of a table.
ByFile = Mapping[str, Figures]

_EXACT = Context(prec=99)


def hashed(columns: Sequence[str]) -> str:
    """A 64-bit number that tells the values of a row apart, in DuckDB's SQL; each other engine has its own."""
    return f"hash({_listed(columns)})"


def measures(table: Table, number: Callable[[Sequence[str]], str] = hashed) -> dict[str, str]:
    """What is compared of a table: what it is called -> an aggregate, whose values over parts of the table add up.

    `number` gives the SQL of a number that hangs on the values of columns. Sums of it don't depend on the order of
    rows, and tell a lost row, a doubled and a changed one.
    """
    found = {"number of rows": "count(*)"}
    found |= {f"hash of {', '.join(table.key)}": f"sum({number(table.key)})"} if table.key else {}
    found |= {f"sum of {c.name}": f'sum("{c.name}")' for c in table.columns if c.type.startswith("decimal")}
    return found | {"hash of all columns": f"sum({number(table.column_names)})"}


def parquet(table: Table, path: str = "", files: str = "?") -> str:
    """How DuckDB reads a table's files, with the column that only their folders tell; `path` names one for the file."""
    by = f", hive_partitioning = true, hive_types = {{'{table.partitioned_by}': VARCHAR}}"
    named = f", filename = '{path}'" if path else ""
    return f"read_parquet({files}{by if table.partitioned_by else ''}{named})"


def figures_of_files(
    db: duckdb.DuckDBPyConnection, root: Path, table: Table, published: PublishedTable, known: ByFile
) -> dict[str, Figures]:
    """The figures of each published file, which lie below `root`; those that are `known` aren't read."""
    wanted = measures(table)
    found = {file: known.get(file, _nothing(wanted)) for file in published.files}
    at = {root / file: file for file in published.files if file not in known}
    if at:
        sql = f"SELECT _path, {', '.join(wanted.values())} FROM {parquet(table, '_path')} GROUP BY _path"  # noqa: S608
        for path, *values in db.execute(sql, [sorted(map(str, at))]).fetchall():
            found[at[Path(path)]] = named(wanted, values)
    return found


def check(
    db: duckdb.DuckDBPyConnection, root: Path, table: Table, published: PublishedTable, known: ByFile
) -> dict[str, Figures]:
    """Refuse a table of the warehouse that isn't what the lake's files hold; gives the figures of each file.

    The warehouse is counted anew each time, the lake's files once: a file never changes.
    """
    wanted = measures(table)
    values = db.execute(f"SELECT {', '.join(wanted.values())} FROM {table.name}").fetchone()  # noqa: S608
    by_file = figures_of_files(db, root, table, published, known)
    counted = {"number of rows": Decimal(published.rows)}  # as the lake's log counts them
    compare(table.name, named(wanted, values or ()), dict(total(by_file.values(), wanted)) | counted)
    return by_file


def compare(
    name: str,
    here: Figures,
    there: Figures,
    where: str = "the warehouse",
    remedy: str = "The old warehouse stays. Run again; if it stays so, run `shoplake run --full`",
) -> None:
    """Refuse a table of a warehouse, or of what `where` says, whose figures aren't those of the lake."""
    for what, value in there.items():
        if here[what] != value and not (here[what].is_nan() and value.is_nan()):
            raise QualityError(f"its {what} is {here[what]} in {where}, {value} in the lake", where=name, remedy=remedy)


def total(parts: Iterable[Figures], wanted: Iterable[str]) -> Figures:
    """The figures of several parts together, to the last digit.

    >>> total([{"rows": Decimal(1)}, {"rows": Decimal(2)}], ["rows"])
    {'rows': Decimal('3')}
    """
    found = dict(_nothing(wanted))
    for part in parts:
        found = {name: _EXACT.add(value, part[name]) for name, value in found.items()}
    return found


def to_json(table: Table, by_file: ByFile) -> str:
    """Figures as text, with how they were counted."""
    files = {file: [str(value) for value in figures.values()] for file, figures in by_file.items()}
    return json.dumps({"measures": measures(table), "files": files})


def from_json(table: Table, text: str, files: Iterable[str]) -> dict[str, Figures]:
    """The figures of those files that were counted as they are now."""
    told = json.loads(text)
    if told.get("measures") != measures(table):
        return {}
    return {file: named(told["measures"], values) for file in files if (values := told["files"].get(file))}


def _nothing(wanted: Iterable[str]) -> Figures:
    return dict.fromkeys(wanted, Decimal(0))


def named(wanted: Iterable[str], values: Iterable[object]) -> Figures:
    """Figures from a row of values; a sum over nothing is 0."""
    return {name: Decimal(str(value or 0)) for name, value in zip(wanted, values, strict=True)}


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
