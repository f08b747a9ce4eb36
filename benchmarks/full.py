"""The full run against the same code on Spark, two peers on a slice, and the floor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable
from measure import HERE, SHOPLAKE, Measured, Options, Shops, median, run, run_shoplake, say, stages

SLICE = ("order_lines", "orders", "customers", "products", "stores")
# Our tables of the slice without what only we compute: keys, and members of dimensions that no feed names.
_KEYS = "customer_version_key, customer_key, product_version_key, product_key, store_key"
_OURS = "is_current, is_inferred"
_MONTH = "order_month"  # by which our files are kept apart
OURS = {
    "order_line": f"SELECT * EXCLUDE (order_date, {_MONTH}) FROM silver_order_line",
    "dim_customer": f"""SELECT * EXCLUDE (customer_version_key, customer_key, {_OURS}) FROM gold_dim_customer
        WHERE customer_id <> '' AND NOT is_inferred""",
    "dim_product": f"""SELECT * EXCLUDE (product_version_key, product_key, {_OURS}) FROM gold_dim_product
        WHERE product_id <> '' AND NOT is_inferred""",
    "fact_sales": f"""SELECT f.* EXCLUDE ({_KEYS}, {_MONTH}), nullif(customer_id, '') AS customer_id,
        nullif(product_id, '') AS product_id, nullif(store_id, '') AS store_id, c.valid_from AS customer_since,
        p.valid_from AS product_since FROM gold_fact_sales f JOIN gold_dim_customer c USING (customer_version_key)
        JOIN gold_dim_product p USING (product_version_key) JOIN gold_dim_store USING (store_key)""",
    "mart_sales_daily": f"SELECT * EXCLUDE ({_MONTH}) FROM gold_mart_sales_daily",
}


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    shop = shops.shop(options.lines)
    slice_ = shops.copy(options.lines, "slice", SLICE)
    peers = {name: shops.folder / f"{name}_{options.lines}" for name in ("duckdb", "polars")}
    spark = shops.copy(options.lines, "spark") if options.spark else None
    found: dict[str, list[Measured]] = {}
    for number in range(1, options.rounds + 1):

        def add(name: str, measured: Measured, number: int = number) -> None:
            say(f"round {number}: {name} {measured.seconds:.1f} s, {measured.memory:,.0f} MB")
            found.setdefault(name, []).append(measured)

        add("shoplake", run_shoplake(shop))
        add("unchanged", run([*SHOPLAKE, "-p", str(shop), "run"]))
        add("floor", run([sys.executable, str(HERE / "floor.py"), str(shop / "data"), str(shops.folder / "floor")]))
        add("slice", run_shoplake(slice_))
        for name, out in peers.items():
            raw = slice_ / "data" / "raw" / "generated"
            add(name, run([sys.executable, str(HERE / f"peer_{name}.py"), str(raw), str(out)]))
            if number == 1:
                compared = check_equal(slice_ / "data", out)
        if spark and number == 1:  # minutes for each
            add("spark", run_on_spark(options.spark, spark))
    floors = [json.loads(measured.output) for measured in found["floor"]]
    parts = {part: median(floor[part]["seconds"] for floor in floors) for part in ("read", "write")}
    seconds = {name: median(m.seconds for m in each) for name, each in found.items()} | {"floor": sum(parts.values())}
    raw_files = [file.stat().st_size for file in (shop / "data" / "raw").rglob("*.csv")]
    return {
        "lines": options.lines,
        "files": len(raw_files),
        "raw_mb": round(sum(raw_files) / 1e6, 1),
        "seconds": seconds,
        "memory_mb": {name: round(max(m.memory for m in each)) for name, each in found.items() if name != "floor"},
        "stages": {name: stages(found[name]) for name in ("shoplake", "slice", "spark") if name in found},
        "breakdown": json.loads(run([sys.executable, "-W", "ignore", str(HERE / "breakdown.py"), str(slice_)]).output),
        "floor": parts | {f"{part}_by": floors[-1][part]["by"] for part in parts} | {"codec": floors[-1]["codec"]},
        "compared": compared,
        "spark": spark_version(options.spark) if spark else None,
        "ratios": {
            name: round(seconds[name] / seconds[ours], 2)
            for name, ours in (("spark", "shoplake"), ("duckdb", "slice"), ("polars", "slice"))
            if name in seconds
        }
        | {"floor": round(seconds["shoplake"] / seconds["floor"], 2)},
    }


def run_on_spark(python: str, project: Path) -> Measured:
    env = {"SHOPLAKE_ENGINE": "spark", "SHOPLAKE_MEMORY": "6g"}
    return run([python, "-W", "ignore", "-m", "shoplake", "-p", str(project), "run", "--reland", "--json"], env)


def spark_version(python: str) -> str:
    """Apache Spark's own package: the client that the embedded engine brings is another one."""
    return run([python, "-c", "from importlib.metadata import version as v; print(v('pyspark'))"]).output.strip()


def check_equal(data: Path, peer: Path) -> dict[str, int]:
    """Stop unless a peer's tables hold our rows, column by column; gives the number of rows that were compared."""
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    for layer in ("silver", "gold"):
        for folder in (data / layer).iterdir():
            _view(db, f"{layer}_{folder.name}", folder)
    compared = {}
    for table, sql in OURS.items():
        _view(db, f"peer_{table}", peer / table)
        ours = db.sql(sql)
        names = ", ".join(sorted(ours.columns))
        if names != ", ".join(sorted(db.table(f"peer_{table}").columns)):
            raise SystemExit(f"{peer.name}: {table} has other columns than {names}")
        both = (f"(SELECT {names} FROM ({sql}))", f"(SELECT {names} FROM peer_{table})")
        differing = [_count(db, f"SELECT count(*) FROM ({a} EXCEPT ALL {b})") for a, b in (both, both[::-1])]
        if any(differing):
            raise SystemExit(f"{peer.name}: {table} lacks {differing[0]} of our rows, and has {differing[1]} others")
        compared[table] = _count(db, f"SELECT count(*) FROM peer_{table}")
    return compared


def _view(db: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
    files = DeltaTable(folder).file_uris()
    if files:
        db.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")


def _count(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    (found,) = db.execute(sql).fetchone() or (0,)
    return int(found)
