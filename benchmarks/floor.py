"""The floor: read the same raw files and write the same Delta tables once, by the fastest means we found.

Nothing is parsed, checked or modelled: the tables that shoplake published are loaded beforehand, then the raw
CSV is read with all threads and each table is written once. Prints the seconds of both parts as JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from pyarrow import csv


def read_with_pyarrow(files: list[Path]) -> None:
    for file in files:
        names = csv.open_csv(file).schema.names
        csv.read_csv(file, convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())))


def read_with_polars(files: list[Path]) -> None:
    for file in files:
        pl.read_csv(file, infer_schema=False)


def write_with_delta_rs(tables: dict[str, pa.Table], out: Path) -> None:
    for name, table in tables.items():
        write_deltalake(out / name, table)


def write_with_pyarrow(tables: dict[str, pa.Table], out: Path) -> None:
    """Parquet by pyarrow on two threads, then one commit that adds the file."""

    def write(item: tuple[str, pa.Table]) -> None:
        name, table = item
        folder = out / name
        DeltaTable.create(str(folder), schema=table.schema)
        pq.write_table(table, folder / "part-0.parquet", compression="snappy")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, sorted(tables.items(), key=lambda item: -item[1].nbytes)))


def load_published(data: Path) -> dict[str, pa.Table]:
    manifest = json.loads(max((data / "runs" / "manifests").glob("*.json")).read_text("utf-8"))
    found = {}
    for name, published in manifest["tables"].items():
        layer, _, base = name.partition(".")
        if layer in {"bronze", "silver", "gold"}:
            table = DeltaTable(data / layer / base, version=published["version"])
            found[f"{layer}/{base}"] = table.to_pyarrow_table()
    return found


def fastest(ways: list[Callable[[], None]]) -> tuple[str, float]:
    """The quickest of the ways by name, each tried twice."""
    best = ("", float("inf"))
    for _ in range(2):
        for way in ways:
            start = time.perf_counter()
            way()
            took = time.perf_counter() - start
            best = min(best, (way.__name__, took), key=lambda pair: pair[1])
    return best


def main() -> None:
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    tables = load_published(data)
    files = sorted((data / "raw").glob("*/*.csv"))

    def pyarrow_csv() -> None:
        read_with_pyarrow(files)

    def polars_csv() -> None:
        read_with_polars(files)

    def delta_rs() -> None:
        shutil.rmtree(out, ignore_errors=True)
        write_with_delta_rs(tables, out)

    def pyarrow_parquet() -> None:
        shutil.rmtree(out, ignore_errors=True)
        write_with_pyarrow(tables, out)

    reader, read = fastest([pyarrow_csv, polars_csv])
    writer, write = fastest([delta_rs, pyarrow_parquet])
    print(json.dumps({"reader": reader, "read": read, "writer": writer, "write": write}))


if __name__ == "__main__":
    main()
