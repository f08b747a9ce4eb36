"""Reading dirty rows with the tolerant reader against the engine's own CSV reader over their clean twins.

The engine's reader fails on the dirty files: it is given the same rows without the dirt. Both read every value in
memory, then land the rows in a Delta table.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from measure import Options, Shops, median, timed
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.files import find_files
from shoplake.bronze.land import read_loads
from shoplake.bronze.load import inspect
from shoplake.lake import Lake, open_engine
from shoplake.sources.declaration import Feed, Mapping, Source

COLUMNS = ("order_id", "customer", "sku", "name", "quantity", "price", "ordered_at", "note")
HEADER = ",".join(COLUMNS) + "\n"
FILES = 12


def rows(start: int, count: int, *, is_dirty: bool) -> str:
    """Of 100 rows eight hold a quoted comma, one a line break; if dirty, two are ragged, one has a stray quote."""
    lines = []
    for number in range(start, start + count):
        kind = number % 100
        name = '"Mug, blue"' if kind < 8 else '"Two\nlines"' if kind == 8 else f"Thing {number % 977}"
        line = f"O{number // 3},C{number % 50021},P{number % 4999:05},{name},{number % 7},{number % 9973 / 100:.2f},"
        line += f"2024-{number % 12 + 1:02}-{number % 28 + 1:02} 10:{number % 60:02}:00,"
        if is_dirty and kind in (20, 21):
            line += "a,b"
        elif is_dirty and kind == 22:
            line += '"5" pipe'
        lines.append(line)
    return "\n".join(lines) + "\n"


def make(folder: Path, count: int, *, is_dirty: bool) -> None:
    folder.mkdir(parents=True)
    for part in range(FILES):
        size = count // FILES
        (folder / f"orders_{part:02}.csv").write_text(HEADER + rows(part * size, size, is_dirty=is_dirty), "utf-8")


def consume(frame: DataFrame) -> int:
    """Read every value of every row, and count the rows."""
    found = frame.agg(F.count("*"), *[F.sum(F.length(name)) for name in COLUMNS]).collect()
    return int(found[0][0])


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    feed = Feed(files="*.csv", columns=dict.fromkeys(COLUMNS))
    mapping = {"store": Mapping(feed="orders", select={"store_id": "sku"})}
    source = Source(
        source="dirty", title="x", time_zone="UTC", currency="EUR", parse={"orders": feed}, change={}, map=mapping
    )
    raw, count = shops.folder / "dirty", options.lines // FILES * FILES
    shutil.rmtree(raw, ignore_errors=True)
    make(raw / "dirty", count, is_dirty=True)
    make(raw / "clean", count, is_dirty=False)
    schema = ", ".join(f"{column} string" for column in COLUMNS)
    seconds: dict[str, list[float]] = {}
    with open_engine() as engine:
        loads = [inspect(file, source, "orders", datetime.now(UTC)) for file in find_files(raw, "dirty", feed)]
        readers = {
            "tolerant": read_loads(Lake(raw, engine, cores=os.cpu_count()), source, "orders", raw, loads),
            "engine": engine.read.schema(schema).options(header=True, multiLine=True).csv(f"{raw}/clean"),
        }
        for _ in range(options.rounds):
            for kind, frame in readers.items():
                assert consume(frame) == count
                table = frame.write.format("delta").mode("overwrite")
                seconds.setdefault(f"{kind} read", []).append(timed(partial(consume, frame)))
                seconds.setdefault(f"{kind} landed", []).append(timed(partial(table.save, f"{raw}/{kind}.delta")))
    found = {kind: median(each) for kind, each in seconds.items()}
    ratios = {
        f"{work} ratio": round(found[f"tolerant {work}"] / found[f"engine {work}"], 2) for work in ("read", "landed")
    }
    return {"rows": count} | found | ratios
