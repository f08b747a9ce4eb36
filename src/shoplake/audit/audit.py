"""The audit: everything that is published against everything that is true."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb

from shoplake.audit.checks import checks, versions
from shoplake.audit.compare import Check, Result, compare
from shoplake.audit.metric_checks import TRUE_MOVEMENTS, metric_checks
from shoplake.config import Project
from shoplake.errors import InputError
from shoplake.lake import Lake
from shoplake.runs.account import LOADED, QUARANTINED, READ
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.warehouse.duckdb_table import ddl

SOURCE, _CURRENCY = "generated", "EUR"
_TRUTH = {
    "lines": "SELECT * FROM read_parquet('{0}/lines/*.parquet')",
    "orders": "SELECT * FROM read_parquet('{0}/orders/*.parquet')",
    "returns": "SELECT * FROM read_parquet('{0}/returns/*.parquet')",
    "customers": versions("SELECT *, NULL AS gone_on FROM read_parquet('{0}/customers.parquet')", "customer"),
    "products": versions("SELECT * FROM read_parquet('{0}/products.parquet')", "product"),
    "stores": "SELECT * FROM read_parquet('{0}/stores.parquet')",
    "rates": "SELECT * FROM read_parquet('{0}/rates.parquet')",
    "defects": "SELECT * FROM read_parquet('{0}/defects.parquet')",
}
_FEEDS = {"customer": "customers", "product": "products", "store": "stores", "order": "orders"}
_FEEDS |= {"order_line": "order_lines", "return_line": "returns", "promotion": "promotions", "exchange_rate": "rates"}
_VERSIONED = {entity: _FEEDS[entity] for entity in ("customer", "product")}
_LAYERS = {"silver", "gold", "quarantine"}
HISTORY = ("earlier", "deleted")
_OF_LAKE = ("silver.", "planted mistakes")  # checks that the warehouse alone can't answer
# What a table names in another: (entity, table of the truth, column, table of the truth that it names).
_NAMED = (
    ("order_line", "lines", "order_id", "orders"),
    ("order_line", "lines", "product_id", "products"),
    ("order", "orders", "customer_id", "customers"),
    ("order", "orders", "store_id", "stores"),
    ("return_line", "returns", "order_id", "orders"),
    ("return_line", "returns", "customer_id", "customers"),
    ("return_line", "returns", "product_id", "products"),
    ("return_line", "returns", "store_id", "stores"),
)


def audit(project: Project, tell: Callable[[str], None], *, warehouse: bool = False) -> list[Result]:
    """Compare the published state with `truth/` beside the project; `tell` hears of each check.

    `warehouse`: read gold from the DuckDB file, and nothing of silver and quarantine: for a lake that is elsewhere.
    """
    folder = project.folder / "truth"
    manifest = Manifests(project.manifests).latest()
    if not (folder / "summary.json").is_file():
        remedy = "`shoplake generate FOLDER` makes a shop whose truth is known"
        raise InputError("there is no truth to compare with", where=str(folder), remedy=remedy)
    if manifest is None:
        raise InputError("nothing is published yet", where=str(project.data), remedy="Run `shoplake run` first")
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    results = []
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as db, ExitStack() as stack:
        db.execute(f"SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET temp_directory = '{spill}'")
        _open(db, folder)
        if warehouse:
            _open_warehouse(db, project.warehouse)
        else:
            _open_lake(db, project.files("Audit a lake in a folder, built from the same raw files"), manifest, stack)
        _note(db, summary, manifest)
        db.execute(TRUE_MOVEMENTS)
        business = project.business.reporting_in([_CURRENCY])
        metrics = metric_checks(project.folder, business)
        for check in [*checks(manifest.as_of.isoformat()), *metrics, *_of_account(db)]:
            if warehouse and check.name.startswith(_OF_LAKE):
                continue
            tell(check.name)
            results.append(compare(db, check))
    return results


def _open(db: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Views of the truth, over its Parquet files."""
    db.execute("CREATE SCHEMA truth; CREATE SCHEMA silver; CREATE SCHEMA gold; CREATE SCHEMA quarantine")
    for name, query in _TRUTH.items():
        db.execute(f"CREATE VIEW truth.{name} AS {query.format(_literal(folder)[1:-1])}")


def _open_warehouse(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Views of gold as the warehouse holds it."""
    if not path.is_file():
        raise InputError("there is no warehouse", where=str(path), remedy="`shoplake run` makes one")
    db.execute(f"ATTACH {_literal(path)} AS warehouse (READ_ONLY)")
    named = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'warehouse' AND schema_name = 'gold'"
    for (name,) in db.execute(named).fetchall():
        db.execute(f'CREATE VIEW gold."{name}" AS FROM warehouse.gold."{name}"')


def _open_lake(db: duckdb.DuckDBPyConnection, lake: Lake, manifest: Manifest, stack: ExitStack) -> None:
    """Views of each published table, over its Parquet files."""
    for name, table in manifest.tables.items():
        layer, _, base = name.partition(".")
        root = stack.enter_context(lake.at_hand(name, table.files if layer in _LAYERS else ()))
        files = [str(root / file) for file in sorted(table.files)]
        if layer == "gold" and not files:
            db.execute(ddl(lake.contract(name, table.version)))
        elif layer in _LAYERS and files:
            db.execute(f'CREATE VIEW {layer}."{base}" AS SELECT * FROM read_parquet({files})')


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _note(db: duckdb.DuckDBPyConnection, summary: dict[str, Any], manifest: Manifest) -> None:
    """Tables of what the account must say and what it says."""
    said = [(e["subject"], e["fate"], e["rows"]) for e in manifest.account["entries"]]
    said = [entry for entry in said if entry[0].startswith(("raw ", "bronze.", "staging "))]
    missing = [(m["table"], m["column"], m["rows"], m["values"]) for m in manifest.account["missing"]]
    versions_there = {entity: _count(db, f"truth.{feed}") for entity, feed in _VERSIONED.items()}
    db.execute("CREATE TABLE expected_account (subject VARCHAR, fate VARCHAR, rows BIGINT)")
    db.execute("CREATE TABLE found_account AS FROM expected_account")
    db.execute("CREATE TABLE found_missing (entity VARCHAR, named VARCHAR, rows BIGINT, ids BIGINT)")
    for table, rows in (("expected_account", _entries(summary["account"], versions_there)), ("found_account", said)):
        db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)
    if missing:
        db.executemany("INSERT INTO found_missing VALUES (?, ?, ?, ?)", missing)


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    (found,) = db.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    return int(found)


def _entries(fates: dict[str, dict[str, int]], versions_there: dict[str, int]) -> list[tuple[str, str, int]]:
    """The account from raw files to silver, as the generator's own numbers have it; of `versions_there` so many were
    opened."""
    found = []
    for feed, rows in fates.items():
        if "read" in rows:
            bronze = f"bronze.{SOURCE}__{feed}"
            found += [(f"raw -> {bronze}", fate, rows["read"]) for fate in (READ, LOADED)]
            found += [(f"{bronze} -> staging.{SOURCE}__{feed}", fate, count) for fate, count in rows.items()]
    for entity, feed in _FEEDS.items():
        told = (LOADED, *HISTORY) if entity in versions_there else (LOADED,)
        read, refused = sum(fates[feed].get(fate, 0) for fate in told), fates.get(entity, {}).get(QUARANTINED, 0)
        loaded = versions_there.get(entity, read - refused)
        counts = ((READ, read), (LOADED, loaded), (QUARANTINED, refused), ("unchanged", read - refused - loaded))
        found += [(f"staging -> silver.{entity}", fate, count) for fate, count in counts]
    return found


def _of_account(db: duckdb.DuckDBPyConnection) -> list[Check]:
    """What was refused and what became of the other rows, against what was planted and delivered."""
    named = " UNION ALL ".join(
        f"SELECT 'silver.{entity}' AS entity, '{column}' AS named, count(*) AS rows, count(DISTINCT {column}) AS ids "
        f"FROM truth.{table} ANTI JOIN truth.{wanted} USING ({column}) WHERE {column} IS NOT NULL HAVING count(*) > 0"
        for entity, table, column, wanted in _NAMED
    )
    tables = db.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'quarantine'").fetchall()
    refused = " UNION ALL ".join(
        f"SELECT '{name.partition('__')[2]}' AS feed, _file AS file, _row_number AS row_number, entity AS refused_by, "
        f"concat_ws(' ', reasons) AS reason FROM quarantine.{name}"
        for (name,) in tables
    )
    planted = "SELECT feed, file, row_number, refused_by, reason FROM truth.defects WHERE reason IS NOT NULL"
    account = "SELECT * FROM {}_account WHERE rows > 0"
    return [
        Check(
            "planted mistakes and quarantine",
            planted,
            refused or f"{planted} AND false",
            ("feed", "file", "row_number", "refused_by"),
        ),
        Check("account", account.format("expected"), account.format("found"), ("subject", "fate")),
        Check("ids that name no row", named, "FROM found_missing", ("entity", "named")),
    ]
