"""The SQL of tables in a catalog, and what their history says. Knows no session."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shoplake.contract import Column, Table
from shoplake.lake.schema import STATISTICS, described

# Catalogs of Spark itself, which know no tags.
PLAIN = frozenset({"spark_catalog", "hive_metastore"})
CONTRACT = "shoplake.contract"
_KEY, _PERSONAL, _TITLE, _TITLES = (f"shoplake.{name}" for name in ("key", "personal", "title", "titles"))
# Commits that leave the rows as they are: a catalog optimises tables by itself, whenever it likes.
_UPKEEP = frozenset(
    {
        "OPTIMIZE",
        "REORG",
        "VACUUM START",
        "VACUUM END",
        "COMPUTE STATS",
        "CLUSTER BY",
        "CHANGE COLUMN",
        "UPDATE COLUMN METADATA",
        "SET TBLPROPERTIES",
        "UNSET TBLPROPERTIES",
        "UPGRADE PROTOCOL",
    }
)


_REWRITES = frozenset({"OPTIMIZE", "REORG"})


@dataclass(frozen=True, slots=True)
class Commit:
    """A line of a table's history. `restored`: the version that it went back to, if it did; `at`: when, local time."""

    version: int
    operation: str
    metadata: str
    metrics: tuple[tuple[str, str], ...]
    restored: int | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Commit:
        """From a row of DESCRIBE HISTORY."""
        operation, metrics = row["operation"] or "", row["operationMetrics"] or {}
        to = (row["operationParameters"] or {}).get("version") if operation == "RESTORE" else None
        restored, told = int(to) if to else None, row["userMetadata"] or ""
        return cls(row["version"], operation, told, tuple(sorted(metrics.items())), restored, row["timestamp"])


def has_rows_of(history: Sequence[Commit], version: int) -> bool:
    """Whether the newest version has the rows of another, by the commits in between. `history`: the newest first."""
    at = history[0].version if history else -1
    for commit in history:
        if commit.version == at and at != version:
            if commit.restored is not None:
                at = commit.restored
            elif commit.operation in _UPKEEP:
                at -= 1
    return bool(history) and at == version


def is_outdated(history: Sequence[Commit], version: int, before: datetime) -> bool:
    """Whether upkeep came after a version and put its rows into other files, or it is older than a time (local).

    Files of such a version go after the retention, and a version that isn't the newest may be refused after it.
    """
    later = [commit for commit in history if commit.version > version]
    is_young = any(commit.version == version and commit.at and commit.at >= before for commit in history)
    return any(commit.operation in _REWRITES for commit in later) or bool(later and not is_young)


def log_digest(commit: Commit, columns: list[tuple[str, str, str]]) -> str:
    """The SHA-256 of what a history says of a version, and of its columns: name, type, comment."""
    said = (commit.version, commit.operation, commit.metadata, commit.metrics, columns)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def quoted(name: str) -> str:
    """A name in SQL.

    >>> quoted("my `own` shop")
    '`my ``own`` shop`'
    """
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    r"""A text in SQL.

    >>> print(literal("it's 1\\2"))
    'it\'s 1\\2'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def columns_of(table: Table) -> list[tuple[str, str, str]]:
    """Name, type and comment of each column."""
    return [(column.name, column.type, column.told) for column in table.columns]


def properties(table: Table, days: int) -> dict[str, str]:
    """What is set of a table, so that its versions of the last `days` can be read, and deleted rows leave no trace.

    No statistics of personal columns are kept, and no deletion vectors: behind them the rows would stay.
    """
    titles = {column.name: column.title for column in table.columns if column.title}
    found = {
        STATISTICS: ",".join(column.name for column in table.columns if _is_measured(column, table)),
        "delta.enableDeletionVectors": "false",
        **retention(days),
        _KEY: ",".join(table.key),
        _PERSONAL: ",".join(column.name for column in table.columns if column.personal),
        _TITLE: table.title,
        _TITLES: json.dumps(titles, ensure_ascii=False) if titles else "",
    }
    return {name: value for name, value in found.items() if value or name == STATISTICS}


def _is_measured(column: Column, table: Table) -> bool:
    """Whether it has statistics; Delta refuses to be asked for those of arrays, booleans and partitions."""
    is_of_rows = column.name != table.partitioned_by and not column.type.startswith(("array", "boolean"))
    return is_of_rows and not column.personal


def retention(days: int) -> dict[str, str]:
    """For how long versions that were replaced can be read: a day more, as a state is published after its tables."""
    return dict.fromkeys(
        ("delta.logRetentionDuration", "delta.deletedFileRetentionDuration"), f"interval {days + 1} days"
    )


def create(name: str, table: Table, days: int) -> str:
    """The statement that makes a table without rows, over one that is there."""
    columns = ", ".join(map(_column, table.columns))
    by = f" PARTITIONED BY ({quoted(table.partitioned_by)})" if table.partitioned_by else ""
    told = properties(table, days) | {CONTRACT: digest(table)}
    listed = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in told.items())
    return (
        f"CREATE OR REPLACE TABLE {name} ({columns}) USING DELTA{by} "
        f"COMMENT {literal(described(table))} TBLPROPERTIES ({listed})"
    )


def _column(column: Column) -> str:
    required = " NOT NULL" if column.required else ""
    return f"{quoted(column.name)} {column.type.upper()}{required} COMMENT {literal(column.told)}"


def digest(table: Table) -> str:
    """The SHA-256 of all that a table says of its contract."""
    said = (*map(_column, table.columns), table.partitioned_by, described(table), properties(table, 0))
    return hashlib.sha256(repr(said).encode()).hexdigest()


def tags(name: str, table: Table) -> Iterator[str]:
    """Statements that mark the personal columns, in Unity Catalog."""
    for column in table.columns:
        if column.personal:
            yield f"ALTER TABLE {name} ALTER COLUMN {quoted(column.name)} SET TAGS ('personal' = 'true')"


def contract_of(name: str, fields: list[dict[str, Any]], description: str, by: str, set_of: Mapping[str, str]) -> Table:
    """The contract that was written down. `fields`: those of Spark's schema; the unit of a column is in its meaning."""
    meaning, _, grain = description.removesuffix(".").partition(". Grain: ")
    personal = set_of.get(_PERSONAL, "").split(",")
    titles = json.loads(set_of.get(_TITLES, "{}"))
    columns = tuple(
        Column(
            field["name"],
            field["type"],
            field["comment"],
            required=not field["nullable"],
            personal=field["name"] in personal,
            title=titles.get(field["name"], ""),
        )
        for field in fields
    )
    key = tuple(filter(None, set_of.get(_KEY, "").split(",")))
    return Table(name, meaning, grain, key, columns, partitioned_by=by, title=set_of.get(_TITLE, ""))
