"""What a catalog has, such as Unity Catalog: schemas, tables, their history and upkeep. All by SQL and by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoplake.lake import catalog_sql as sql
from shoplake.lake.base import TableStore, TableVersion
from shoplake.lake.catalog_sql import Commit, literal, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from shoplake.lake.session import Engine

# A run commits a few times to a table, and its catalog now and then.
_RECENT = 100
_NO_TABLE = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "DELTA_TABLE_NOT_FOUND")


class CatalogTables(TableStore):
    """The tables `<catalog>.<layer>.<base>`. `days`: for how long a version that was replaced can be read."""

    def __init__(
        self, catalog: str, engine: Engine | Callable[[], Engine], *, days: int = 30, cores: int | None = None
    ) -> None:
        super().__init__(engine, cores=cores)
        self.catalog, self.days = catalog, days
        self._commits: dict[tuple[str, int], Commit] = {}
        self._there: set[str] = set()
        self._rows: dict[tuple[str, int], int] = {}
        self._schemas: dict[tuple[str, int], list[dict[str, Any]]] = {}

    @property
    def has_tags(self) -> bool:
        """Whether it is Unity Catalog."""
        return self.catalog not in sql.PLAIN

    def sql(self, statement: str) -> DataFrame:
        return self.engine.sql(statement)

    def named(self, *parts: str) -> str:
        """A schema of the catalog or what is in it, in SQL."""
        return ".".join(map(quoted, (self.catalog, *parts)))

    def full_name(self, name: str) -> str:
        """A table in SQL."""
        layer, _, base = name.partition(".")
        return self.named(layer, base)

    def at(self, name: str, version: int) -> str:
        """A table at a version, in SQL."""
        return f"{self.full_name(name)} VERSION AS OF {version}"

    def tables(self, layer: str) -> list[str]:
        """The tables and views of a layer that are there, whoever made them."""
        try:
            found = self.sql(f"SHOW TABLES IN {self.named(layer)}").collect()
        except Exception as failure:
            if _is_missing(failure):
                return []
            raise
        return [f"{layer}.{row['tableName']}" for row in found if not row["isTemporary"]]

    def drop(self, name: str) -> None:
        self.sql(f"DROP TABLE IF EXISTS {self.full_name(name)}")
        for known in (self._commits, self._rows, self._schemas):
            for key in [key for key in known if key[0] == name]:
                del known[key]  # versions of this number will be others

    def make_schema(self, schema: str) -> None:
        """Make a schema where it isn't there: who may use one may not always make one."""
        if schema not in self._there:
            self._there = {row[0] for row in self.sql(f"SHOW SCHEMAS IN {self.named()}").collect()}
        if schema not in self._there:
            self.sql(f"CREATE SCHEMA IF NOT EXISTS {self.named(schema)}")

    def history(self, name: str, most: int = _RECENT) -> list[Commit]:
        """The last commits, the newest first; none where there is no such table."""
        limit = f" LIMIT {most}" if most else ""
        try:
            rows = self.sql(f"DESCRIBE HISTORY {self.full_name(name)}{limit}").collect()
        except Exception as failure:
            if _is_missing(failure):
                return []
            raise
        found = [Commit.of(row.asDict()) for row in rows]
        self._commits |= {(name, commit.version): commit for commit in found}
        return found

    def optimize(self, name: str) -> tuple[int, int]:
        """Let small files become large ones: how many went, and how many came."""
        made = self.sql(f"OPTIMIZE {self.full_name(name)}").collect()[0]["metrics"]
        return made["numFilesRemoved"], made["numFilesAdded"]

    def vacuum(self, name: str) -> None:
        """Remove the files of versions that may be forgotten, for as long as the project keeps them now."""
        table, kept = self.full_name(name), sql.retention(self.days)
        if any(self._says(table, key) != value for key, value in kept.items()):
            listed = ", ".join(f"{literal(key)} = {literal(value)}" for key, value in kept.items())
            self.sql(f"ALTER TABLE {table} SET TBLPROPERTIES ({listed})")
        self.sql(f"VACUUM {table}").collect()

    def is_own(self, name: str) -> bool:
        """Whether it was made here, and not by somebody else."""
        return bool(self._says(self.full_name(name), sql.CONTRACT))

    def _commit(self, name: str, version: int) -> Commit | None:
        if (name, version) not in self._commits and len(self.history(name)) == _RECENT:
            self.history(name, 0)
        return self._commits.get((name, version))

    def _counted(self, name: str, version: int) -> TableVersion:
        if (name, version) not in self._rows:
            self._rows[name, version] = self.read(name, version).count()
        return TableVersion(name, version, self._rows[name, version])

    def _fields(self, name: str, version: int) -> list[dict[str, Any]]:
        if (name, version) not in self._schemas:
            self._schemas[name, version] = [
                {
                    "name": field.name,
                    "type": field.dataType.simpleString(),
                    "comment": field.metadata.get("comment", ""),
                    "nullable": field.nullable,
                }
                for field in self.read(name, version).schema.fields
            ]
        return self._schemas[name, version]

    def _columns(self, name: str, version: int) -> list[tuple[str, str, str]]:
        return [(field["name"], field["type"], field["comment"]) for field in self._fields(name, version)]

    def _says(self, name: str, key: str) -> str:
        """A property of a table; empty where it hasn't such."""
        rows = self.sql(f"SHOW TBLPROPERTIES {name}").collect()
        return str({row["key"]: row["value"] for row in rows}.get(key, ""))


def _is_missing(failure: Exception) -> bool:
    return any(sign in str(failure) for sign in _NO_TABLE)
