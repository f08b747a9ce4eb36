"""The floor: read the same raw files and write the same Delta tables once, by the fastest means we found.

    python benchmarks/floor.py DATA OUT

Nothing is parsed, checked or modelled: the published bronze, silver and gold tables are loaded beforehand, then the raw
CSV is read with all threads, every value as text, and each table is written once. Prints seconds and means as JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.transaction import AddAction
from measure import timed
from pyarrow import csv

Feeds = dict[str, list[Path]]
Tables = dict[str, pa.Table]
CORES = os.cpu_count() or 1


def pyarrow_by_file(feeds: Feeds) -> None:
    def read(file: Path) -> pa.Table:
        names = file.open(encoding="utf-8").readline().strip().replace('"', "").split(",")
        options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        return csv.read_csv(file, csv.ReadOptions(use_threads=False), convert_options=options)

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(read, [file for files in feeds.values() for file in files]))


def polars_by_feed(feeds: Feeds) -> None:
    for files in feeds.values():
        pl.scan_csv(files, infer_schema=False).collect(engine="streaming")


def duckdb_by_feed(feeds: Feeds) -> None:
    for files in feeds.values():
        names = [str(file) for file in files]
        duckdb.sql(f"FROM read_csv({names}, header = true, all_varchar = true)").to_arrow_table()


def delta_rs(tables: Tables, out: Path, codec: str) -> None:
    for name, table in tables.items():
        write_deltalake(out / name, table, writer_properties=WriterProperties(compression=codec))


def pyarrow_parquet(tables: Tables, out: Path, codec: str) -> None:
    """Parquet by pyarrow on all cores, the big tables first; then one commit that adds the file."""

    def write(item: tuple[str, pa.Table]) -> None:
        name, table = item
        path = out / name / "part-0.parquet"
        delta = DeltaTable.create(str(out / name), schema=table.schema)
        pq.write_table(table, path, compression=codec)
        action = AddAction(path.name, path.stat().st_size, {}, 0, True, json.dumps({"numRecords": table.num_rows}))
        delta.create_write_transaction([action], mode="append", schema=delta.schema(), partition_by=[])

    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(write, sorted(tables.items(), key=lambda item: -item[1].nbytes)))


def load_published(data: Path) -> tuple[Tables, str]:
    """The published tables, and the codec of their files."""
    manifest = json.loads(max((data / "runs" / "manifests").glob("*.json")).read_text("utf-8"))
    found = {}
    for name, published in manifest["tables"].items():
        layer, _, base = name.partition(".")
        if layer in {"bronze", "silver", "gold"}:
            found[f"{layer}/{base}"] = DeltaTable(data / layer / base, version=published["version"]).to_pyarrow_table()
    file = next((data / "gold" / "fact_sales").rglob("*.parquet"))
    return found, pq.ParquetFile(file).metadata.row_group(0).column(0).compression


def fastest(ways: dict[str, Callable[[], None]], before: Callable[[], None]) -> dict[str, object]:
    """The quickest of the ways."""
    seconds = {}
    for name, way in ways.items():
        before()
        seconds[name] = timed(way)
    by = min(seconds, key=seconds.__getitem__)
    return {"by": by, "seconds": seconds[by]}


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    tables, codec = load_published(data)
    feeds: Feeds = {}
    for file in sorted((data / "raw").glob("*/*.csv")):
        feeds.setdefault(file.stem.partition("_2")[0], []).append(file)
    readers = (pyarrow_by_file, polars_by_feed, duckdb_by_feed)
    writers = (delta_rs, pyarrow_parquet)
    clear = partial(shutil.rmtree, out, ignore_errors=True)
    read = fastest({way.__name__: partial(way, feeds) for way in readers}, clear)
    write = fastest({way.__name__: partial(way, tables, out, codec) for way in writers}, clear)
    clear()
    print(json.dumps({"read": read, "write": write, "codec": codec}))


if __name__ == "__main__":
    main()
