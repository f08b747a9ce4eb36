"""Runs commands and measures them, tells what it was measured on, and keeps the shops of a session."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PACKAGES = ("shoplake", "pysail", "pyspark-client", "deltalake", "duckdb", "polars", "pyarrow")
SHOPLAKE = [sys.executable, "-W", "ignore", "-m", "shoplake"]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked: sizes in order lines, `spark` an interpreter with Spark, `memory` as in SHOPLAKE_MEMORY."""

    lines: int
    big: int
    rounds: int
    spark: str
    memory: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Wall seconds, peak memory in MB of the process and those below it, stdout."""

    seconds: float
    memory: float
    output: str


def run(command: list[str], env: dict[str, str] | None = None) -> Measured:
    """Run a command to its end; a failure stops the benchmark."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=os.environ | (env or {}))
        peak = [0.0]
        threading.Thread(target=_watch, args=(process.pid, peak), daemon=True).start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{output.read()}{errors.read()}")
        largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
        return Measured(seconds, max(largest, *peak), output.read())


def _watch(root: int, peak: list[float]) -> None:
    """Note the most that a process and all below it held together: wait4 tells the largest one's peak only."""
    page = os.sysconf("SC_PAGE_SIZE")
    while total := sum(_pages(Path(f"/proc/{root}"))):
        peak[0] = max(peak[0], total * page / 1e6)
        time.sleep(0.2)


def _pages(process: Path) -> Iterator[int]:
    """Resident pages of a process and of each below it; nothing of one that ended, or where there is no /proc."""
    with suppress(OSError):
        yield int((process / "statm").read_text().split()[1])
        for task in (process / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _pages(process.parent / child)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 4)


def told(rounds: int) -> dict[str, Any]:
    """When, on what and with what something was measured."""
    git = ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit or "no commit",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}",
        "load": round(os.getloadavg()[0], 1),
        "rounds": rounds,
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES},
    }


class Shops:
    """Generated shops, each made once; each is a project to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shop(self, lines: int) -> Path:
        """A plain shop of so many lines."""
        project = self.folder / f"shop_{lines}"
        if not (project / "truth" / "summary.json").is_file():  # it is written last
            shutil.rmtree(project, ignore_errors=True)
            say(f"generating {lines:,} lines")
            run([*SHOPLAKE, "generate", str(project), "--lines", str(lines), "--plain"])
        return project

    def copy(self, lines: int, name: str, feeds: tuple[str, ...] = ()) -> Path:
        """The same raw files in a project with a lake of its own; only some feeds, if they are named."""
        shop, project = self.shop(lines), self.folder / f"{name}_{lines}"
        shutil.rmtree(project, ignore_errors=True)
        declaration = yaml.safe_load((shop / "sources/generated/source.yml").read_text("utf-8"))
        feeds = feeds or tuple(declaration["parse"])
        for part in ("parse", "change"):
            declaration[part] = {feed: declaration[part][feed] for feed in feeds}
        declaration["map"] = {n: entity for n, entity in declaration["map"].items() if entity["feed"] in feeds}
        raw = project / "data/raw/generated"
        (project / "sources/generated").mkdir(parents=True)
        (project / "sources/generated/source.yml").write_text(yaml.safe_dump(declaration, sort_keys=False), "utf-8")
        (project / "shoplake.toml").touch()
        raw.mkdir(parents=True)
        for feed in feeds:
            for file in shop.glob(f"data/raw/generated/{declaration['parse'][feed]['files']}"):
                os.link(file, raw / file.name)
        return project

    def warehouse(self, lines: int) -> Path:
        """The warehouse of a shop, which is run where it wasn't."""
        path = self.shop(lines) / "data" / "warehouse.duckdb"
        if not path.is_file():
            say(f"running {lines:,} lines")
            run_shoplake(self.shop(lines))
        return path


def run_shoplake(project: Path, memory: str = "", *, reland: bool = True) -> Measured:
    """A run from the raw files to the warehouse, whatever was there; without `reland`, of what is new."""
    anew = ["--reland"] if reland else []
    env = {"SHOPLAKE_MEMORY": memory} if memory else None
    return run([*SHOPLAKE, "-p", str(project), "run", *anew, "--json"], env)


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def stages(runs: list[Measured]) -> dict[str, float]:
    """Median seconds of each stage."""
    each = [json.loads(measured.output)["stages"] for measured in runs]
    return {stage: median(run[stage] for run in each) for stage in each[0]}
