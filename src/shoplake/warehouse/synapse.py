"""T-SQL of a dedicated SQL pool: tables in one of two schemas, and views in `gold` that show one of them.

Renaming tables, and any other DDL, is refused within a transaction there, so no set of tables can be renamed at once.
To point a view elsewhere waits for no reader, and can be done again after a load that was cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shoplake.contract import Table
from shoplake.warehouse import tsql_names as t
from shoplake.warehouse.access import LOADER
from shoplake.warehouse.tsql_names import bracketed

IS_ATOMIC = False
_CREDENTIAL = ", CREDENTIAL = (IDENTITY = 'Managed Identity')"
# Joined by orders or customers, of which there are many: what is of one of them lies together.
_HASHED_BY = ("order_id", "customer_key", "product_key")
_SMALL = ("gold.customer_identity", "gold.fact_exchange_rate")
# A year each, as sixty distributions of a month would hold little.
_YEARS = range(2015, 2036)

SCHEMAS: tuple[str, ...] = ("gold", "gold_a", "gold_b", "stage", "shoplake")
HOME: tuple[str, ...] = (
    *map(t.schema, SCHEMAS),
    "IF OBJECT_ID('shoplake.publication') IS NULL CREATE TABLE shoplake.publication (number bigint NOT NULL,"
    " run_id nvarchar(100) NOT NULL, published_at nvarchar(40) NOT NULL, as_of date NOT NULL,"
    " layout nvarchar(max) NOT NULL, slot nvarchar(10) NOT NULL) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)",
)
# Loads may take up to three fifths of the pool, and let readers go first.
WORKLOAD: tuple[str, ...] = (
    "IF NOT EXISTS (SELECT 1 FROM sys.workload_management_workload_groups WHERE name = 'shoplake_load')"
    " CREATE WORKLOAD GROUP shoplake_load WITH (MIN_PERCENTAGE_RESOURCE = 0, CAP_PERCENTAGE_RESOURCE = 60,"
    " REQUEST_MIN_RESOURCE_GRANT_PERCENT = 20)",
    "IF NOT EXISTS (SELECT 1 FROM sys.workload_management_workload_classifiers WHERE name = 'shoplake_loads')"
    f" CREATE WORKLOAD CLASSIFIER shoplake_loads WITH (WORKLOAD_GROUP = 'shoplake_load', MEMBERNAME = '{LOADER}',"
    " IMPORTANCE = BELOW_NORMAL)",
)


def aside(slot: str) -> str:
    """The slot that readers don't see, while they see this one."""
    return "b" if slot == "a" else "a"


def seen(slot: str) -> str:
    """The slot that readers see when one has been switched to."""
    return slot


def schema_of(slot: str) -> str:
    return f"gold_{slot}"


def base_of(name: str, slot: str) -> str:  # noqa: ARG001
    """What a table of a slot is called without it; empty where it is of another slot."""
    return name


def place(base: str, slot: str) -> str:
    return f"gold_{slot}.{bracketed(base)}"


def distribution(table: Table) -> str:
    """How rows are spread over the pool: by what they are joined on, a copy everywhere, or anyhow."""
    if table.base.startswith("dim_") or table.name in _SMALL:
        return "REPLICATE"
    by = next((name for name in _HASHED_BY if name in table.column_names), "")
    return f"HASH({bracketed(by)})" if by else "ROUND_ROBIN"


def partition(table: Table) -> str:
    """The business date by which a fact is kept apart."""
    day = table.partitioned_by.replace("_month", "_date")
    if not table.base.startswith("fact_") or day not in table.column_names:
        return ""
    years = ", ".join(f"'{year}-01-01'" for year in _YEARS)
    return f",\n  PARTITION ({bracketed(day)} RANGE RIGHT FOR VALUES ({years}))"


def stage(table: Table, url: str) -> Iterator[str]:
    """Rows as they come, in a heap."""
    name = f"stage.{bracketed(table.base)}"
    columns = t.columns_of(table, is_utf8=False)
    yield f"IF OBJECT_ID('stage.{table.base}') IS NOT NULL DROP TABLE {name}"
    yield f"CREATE TABLE {name} (\n{columns}\n) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)"
    yield t.copy_into(name, table, url, _CREDENTIAL)


def fill(table: Table, slot: str, url: str, tag: str) -> list[str]:  # noqa: ARG001
    """Copy, then make the table with its rows in the order of a columnstore."""
    to = place(table.base, slot)
    how = distribution(table)
    index = "HEAP" if how == "REPLICATE" else "CLUSTERED COLUMNSTORE INDEX"
    made = f"CREATE TABLE {to}\nWITH (\n  DISTRIBUTION = {how},\n  {index}{partition(table)}\n)\n"
    made += f"AS SELECT {t.listed(table.column_names)} FROM stage.{bracketed(table.base)}"
    return [
        *stage(table, url),
        made,
        f"DROP TABLE stage.{bracketed(table.base)}",
        *t.key(to, table, f"key_{table.base}"),
        *t.statistics(to, table),
    ]


def switch(columns: Mapping[str, list[str]], slot: str, gone: Iterable[str]) -> list[str]:
    """Let each view show the tables of a slot (`columns`: by table); those of `gone` have none any more."""
    found = [f"IF OBJECT_ID('gold.{name}', 'V') IS NOT NULL DROP VIEW gold.{bracketed(name)}" for name in gone]
    for name, shown in columns.items():
        view = f"VIEW gold.{bracketed(name)} AS SELECT {t.listed(shown)} FROM {place(name, slot)}".replace("'", "''")
        found.append(f"IF OBJECT_ID('gold.{name}', 'V') IS NULL EXEC('CREATE {view}') ELSE EXEC('ALTER {view}')")
    return found


def drop(names: Iterable[str], slot: str) -> list[str]:
    return [f"DROP TABLE {place(name, slot)}" for name in names]
