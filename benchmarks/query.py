"""What a sales dashboard asks of the warehouse: each question cold, in a new process, then warm.

    python benchmarks/query.py WAREHOUSE NUMBER

answers one of the questions in questions.sql and prints its rows and seconds as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from measure import HERE, Options, Shops, median, run, say, timed

WARM = 5


def questions() -> list[tuple[str, str]]:
    """Title and SQL of each."""
    parts = (HERE / "questions.sql").read_text("utf-8").split("\n\n-- ")[1:]
    return [(title, sql.strip().rstrip(";")) for title, _, sql in (part.partition("\n") for part in parts)]


def measure(options: Options, shops: Shops) -> dict[str, Any]:
    warehouse = shops.warehouse(options.big)
    found: list[dict[str, Any]] = []
    for number, (title, _) in enumerate(questions()):
        cold = [json.loads(run([sys.executable, __file__, str(warehouse), str(number)]).output) for _ in range(3)]
        say(f"{title}: cold {cold[0]['cold']:.2f} s, warm {median(cold[0]['warm']):.2f} s")
        if not cold[0]["rows"]:
            raise SystemExit(f"«{title}» has no answer")
        found.append(
            {
                "title": title,
                "rows": cold[0]["rows"],
                "cold": median(c["cold"] for c in cold),
                "warm": median(second for c in cold for second in c["warm"]),
            }
        )
    return {
        "lines": options.big,
        "warehouse_mb": round(warehouse.stat().st_size / 1e6),
        "is_cache_dropped": hasattr(os, "posix_fadvise"),
        "questions": found,
    }


def main() -> None:
    warehouse, number = Path(sys.argv[1]), int(sys.argv[2])
    _, sql = questions()[number]
    _drop_from_cache(warehouse)
    connections: list[duckdb.DuckDBPyConnection] = []

    def connect_and_ask() -> int:
        connections.append(duckdb.connect(str(warehouse), read_only=True))
        connections[0].execute("SET TimeZone = 'UTC'; SET schema = 'gold'")
        return ask(connections[0], sql)

    cold = timed(connect_and_ask)
    warm = [timed(partial(ask, connections[0], sql)) for _ in range(WARM)]
    print(json.dumps({"cold": cold, "warm": warm, "rows": ask(connections[0], sql)}))


def ask(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    """Fetch the whole answer, and count its rows."""
    return len(db.execute(sql).fetchall())


def _drop_from_cache(file: Path) -> None:
    """Let the system forget the file's pages, which needs no rights; where it can't, cold is only a new process."""
    if hasattr(os, "posix_fadvise"):
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
