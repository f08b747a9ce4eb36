"""Measures shoplake section by section, and puts what it finds on docs/benchmarks.md.

    python benchmarks/run.py [--only full growth ...] [--lines 3000000] [--big 30000000] [--rounds 3]
                             [--spark PYTHON] [--memory 4g] [--folder FOLDER]

The figures go to benchmarks/results/<section>.json too. Other sections stay as they are. On Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib import import_module
from pathlib import Path

import page
from measure import HERE, Options, Shops, say, told

SECTIONS = {
    "full": ("full", page.full),
    "growth": ("growth", page.growth),
    "increments": ("increments", page.increments),
    "query": ("query", page.query),
    "environment": ("environment", page.environment),
    "dirty": ("dirty_read", page.dirty),
    "dashboard": ("dashboard", page.dashboard),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="by default all")
    arguments.add_argument("--lines", type=int, default=3_000_000, help="order lines of the full run; rows of dirty")
    arguments.add_argument("--big", type=int, default=30_000_000, help="order lines of growth's end and of the queries")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--spark", default="", help="an interpreter with shoplake[spark]; without it, no Spark")
    arguments.add_argument("--memory", default="", help="SHOPLAKE_MEMORY in the growth runs, such as 4g")
    arguments.add_argument("--folder", help="keep shops and lakes here, for the next session too; temporary by default")
    given = arguments.parse_args()
    options = Options(given.lines, given.big, given.rounds, given.spark, given.memory)
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(given.folder or temporary).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for section in given.only:
            say(f"section {section}")
            about = told(options.rounds)
            module, told_by = SECTIONS[section]
            found = about | import_module(module).measure(options, Shops(folder))
            (results / f"{section}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
            page.write(told_by, found)
    print(f"Figures in {results}, the page in {page.PAGE}")


if __name__ == "__main__":
    main()
