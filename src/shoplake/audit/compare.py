"""Two queries over the same columns, row by row: what is missing, extra or different."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """`expected` and `found` are queries; a row is known by its `keys`. Nothing of one that `is_personal` is shown."""

    name: str
    expected: str
    found: str
    keys: tuple[str, ...]
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """Rows on both sides, how many differ, and the first differences in words."""

    check: str
    expected: int
    found: int
    wrong: int
    differences: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.wrong == 0 and self.expected == self.found

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"ok": self.ok}


def compare(db: duckdb.DuckDBPyConnection, check: Check) -> Result:
    """Expected values are taken in the types of those found."""
    kinds = {row[0]: row[1] for row in db.execute(f"DESCRIBE {check.found}").fetchall()}
    casts = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in kinds.items())
    db.execute(f"CREATE OR REPLACE TEMP VIEW expected AS SELECT {casts}, true AS _is_there FROM ({check.expected})")
    db.execute(f"CREATE OR REPLACE TEMP VIEW found AS SELECT *, true AS _is_there FROM ({check.found})")
    (expected, left), (there, right) = (_digest(db, table, list(kinds)) for table in ("expected", "found"))
    if (expected, left) == (there, right):
        return Result(check.name, expected, there, 0, ())
    wrong, first = _differences(db, check, list(kinds))
    return Result(check.name, expected, there, wrong, first)


def _digest(db: duckdb.DuckDBPyConnection, table: str, names: list[str]) -> tuple[int, int]:
    """Rows, and a sum over them in which any other value shows: many times as fast as to join both sides."""
    columns = ", ".join(f'"{name}"' for name in names)
    found = db.execute(f"SELECT count(*), coalesce(sum(hash({columns})::HUGEINT), 0) FROM {table}").fetchone()
    assert found is not None
    return found[0], found[1]


def _differences(db: duckdb.DuckDBPyConnection, check: Check, names: list[str]) -> tuple[int, tuple[str, ...]]:
    on = " AND ".join(f'e."{key}" IS NOT DISTINCT FROM f."{key}"' for key in check.keys)
    differs = [
        f"""CASE WHEN e."{name}" IS DISTINCT FROM f."{name}" THEN '{_said(name, check)} END"""
        for name in names
        if name not in check.keys
    ]
    key = "concat_ws(' ', " + ", ".join(f'coalesce(e."{key}", f."{key}")::VARCHAR' for key in check.keys) + ")"
    db.execute(f"""
        CREATE OR REPLACE TEMP TABLE wrong AS
        SELECT {"''" if check.is_personal else key} AS key,
               CASE WHEN f._is_there IS NULL THEN 'missing' WHEN e._is_there IS NULL THEN 'extra'
                    ELSE concat_ws(', ', NULL, {", ".join(differs) or "NULL"}) END AS what
        FROM expected e FULL JOIN found f ON {on}
        WHERE what <> ''""")
    counted = db.execute("SELECT count(*) FROM wrong").fetchone()
    first = db.execute(f"SELECT key, what FROM wrong ORDER BY ALL LIMIT {_SHOWN}").fetchall()
    # Where no row differs from its like, some stand there twice.
    return (counted[0] if counted else 0) or 1, tuple(f"{key}: {what}".removeprefix(": ") for key, what in first)


def _said(name: str, check: Check) -> str:
    if check.is_personal:
        return f"{name} differs'"
    found, expected = (f"""coalesce({side}."{name}"::VARCHAR, 'null')""" for side in "fe")
    return f"{name} ' || {found} || ' instead of ' || {expected}"
