"""The file that the dashboard adds up: the flat rows of each metric set, made once per published state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from shoplake.lake.failures import explained
from shoplake.metrics.declaration import MetricSet
from shoplake.metrics.dialects import render
from shoplake.metrics.flat import IS_FIRST, Flat, flatten
from shoplake.warehouse.views import literal, quoted

# What the file is called where it is attached.
FILE, SCHEMA = "figures", "rows"
WAREHOUSE = "warehouse"
# With more values than this an attribute stays text: an enumeration of them costs more than it saves.
_MOST_VALUES = 20_000
_MEMORY = "SET memory_limit = '2GB'; SET preserve_insertion_order = false"


@dataclass(frozen=True, slots=True)
class Figures:
    """Where the rows are, and the sets over them."""

    path: Path
    flats: dict[str, Flat]


def figures_of(sets: dict[str, MetricSet], path: Path) -> Figures:
    return Figures(path, {name: flatten(declared, f"{FILE}.{SCHEMA}.{name}") for name, declared in sets.items()})


def is_current(figures: Figures, warehouse: Path) -> bool:
    """Whether the file is of the state that the warehouse holds, and of the sets as they are declared."""
    with explained(str(warehouse)), duckdb.connect(config={"threads": 1}) as db:
        attach_warehouse(db, warehouse)
        return attach_figures(db, figures)


def attach_warehouse(db: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    db.execute(f"ATTACH {literal(str(warehouse))} AS {WAREHOUSE} (READ_ONLY)")


def attach_figures(db: duckdb.DuckDBPyConnection, figures: Figures) -> bool:
    """Attach the file beside the warehouse; whether it is there and current, see `is_current`."""
    try:
        db.execute(f"ATTACH {literal(str(figures.path))} AS {FILE} (READ_ONLY)")
        found = db.execute(f"SELECT made_of FROM {FILE}.made").fetchone()
    except duckdb.Error:
        return False
    return found == (_made_of(figures, db),)


def make(figures: Figures, warehouse: Path) -> None:
    """Write the file anew beside the old one, and put it in its place."""
    fresh = figures.path.with_suffix(".new")
    with explained(str(figures.path)):
        figures.path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            leftover.unlink(missing_ok=True)
        with duckdb.connect(str(fresh)) as db:
            db.execute(f"SET TimeZone = 'UTC'; {_MEMORY}; CREATE SCHEMA {SCHEMA}")
            db.execute(f"CREATE TABLE {SCHEMA}.once (name VARCHAR, column_name VARCHAR)")
            (file,) = db.execute("SELECT current_database()").fetchone() or ("",)
            attach_warehouse(db, warehouse)
            for name, flat in figures.flats.items():
                _fill(db, file, name, flat)
            db.execute(f"USE {quoted(file)}.main")
            db.execute("CREATE TABLE made AS SELECT ? AS made_of", [_made_of(figures, db)])
            db.execute(f"DETACH {WAREHOUSE}")
        fresh.replace(figures.path)


def _fill(db: duckdb.DuckDBPyConnection, file: str, name: str, flat: Flat) -> None:
    """Rows by day, so that a period is read alone; texts as enumerations, things that are counted as small numbers."""
    db.execute(f"USE {WAREHOUSE}")  # where the SELECT finds gold
    db.execute(f"CREATE TEMP TABLE raw AS {render(flat.rows, 'duckdb')}")
    db.execute(f"USE {quoted(file)}.{SCHEMA}")
    kinds = dict(db.execute("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'raw'").fetchall())
    cells, joins = dict[str, str](), list[str]()
    for column, kind in kinds.items():
        cells[column] = f"raw.{quoted(column)}"
        if column in flat.counted and (kind == "VARCHAR" or column.startswith("value_")):
            codes = quoted(f"codes of {column}")
            values = f"SELECT DISTINCT {quoted(column)} AS v FROM raw WHERE v IS NOT NULL"
            db.execute(f"CREATE TEMP TABLE {codes} AS SELECT v, row_number() OVER ()::UINTEGER AS code FROM ({values})")
            joins.append(f"LEFT JOIN {codes} ON {codes}.v = {cells[column]}")
            cells[column] = f"{codes}.code"
        elif kind.startswith("DECIMAL") and (narrow := _narrow(db, column)):
            cells[column] = f"{cells[column]}::{narrow}"
        elif kind == "VARCHAR" and _is_few(db, column):
            type_ = quoted(f"{name} {column}")
            values = f"SELECT DISTINCT {quoted(column)} AS v FROM raw WHERE v IS NOT NULL ORDER BY v"
            db.execute(f"CREATE TYPE {type_} AS ENUM ({values})")
            cells[column] = f"{cells[column]}::{type_}"
    listed = ", ".join(f"{cell} AS {quoted(column)}" for column, cell in cells.items())
    first = "true"
    if flat.counted:
        # Only rows with the same first key can agree, so that a hash of the rest is enough to tell them apart.
        key, *others = (quoted(column) for column in (*flat.counted, *flat.agreeing))
        firsts = f"SELECT min(rowid) FROM raw GROUP BY {key}, hash({', '.join(others)})"
        first = f"raw.rowid IN ({firsts})"
    order = ", ".join(f"raw.{quoted(column)}" for column in flat.by_row.dates.values())
    rows = f"SELECT {listed}, {first} AS {IS_FIRST} FROM raw {' '.join(joins)} ORDER BY {order}"
    db.execute(f"CREATE TABLE {quoted(name)} AS {rows}")
    db.execute("DROP TABLE raw")
    for column in (column for column in flat.counted if column.startswith("value_")):
        both = f"count({column}) FILTER ({IS_FIRST}), count(DISTINCT {column})"
        rows, values_ = db.execute(f"SELECT {both} FROM {quoted(name)}").fetchone() or (0, 1)
        if rows == values_:
            db.execute("INSERT INTO once VALUES (?, ?)", [name, column])


def _narrow(db: duckdb.DuckDBPyConnection, column: str) -> str:
    """A type of half the width that holds all values to the last digit, as it does where there is one currency."""
    narrow = "DECIMAL(18, 6)"
    fits = f"coalesce(bool_and({quoted(column)} = try_cast({quoted(column)} AS {narrow})), true)"
    found = db.execute(f"SELECT {fits} FROM raw WHERE {quoted(column)} IS NOT NULL").fetchone()
    return narrow if found and found[0] else ""


def _is_few(db: duckdb.DuckDBPyConnection, column: str) -> bool:
    found = db.execute(f"SELECT approx_count_distinct({quoted(column)}) FROM raw").fetchone()
    return bool(found and found[0] <= _MOST_VALUES)


def _made_of(figures: Figures, db: duckdb.DuckDBPyConnection) -> str:
    """Says of which state of which warehouse, by which formulas and by which code."""
    code = Path(__file__).read_text("utf-8")
    formulas = [render(flat.rows, "duckdb") for flat in figures.flats.values()]
    (state,) = db.execute(f"SELECT run_id || ' ' || number FROM {WAREHOUSE}.shoplake.publication").fetchone() or ("",)
    return hashlib.sha256("\n".join([state, code, *formulas]).encode()).hexdigest()
