"""Looks at what a project stands on: environment, declarations, disk, the last run, what is published."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Literal, NoReturn

from packaging.requirements import Requirement

from shoplake.config import Project, find_project
from shoplake.contract import Table
from shoplake.errors import MachineError, QualityError, ShoplakeError
from shoplake.lake import Lake
from shoplake.lake.durability import digest
from shoplake.lake.failures import explained
from shoplake.lake.session import load_engine
from shoplake.runs.ledger import Ledger
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.sources.catalog import declaration_files, load_source
from shoplake.sources.declaration import Source
from shoplake.sources.extend import extras_of
from shoplake.warehouse.duckdb_file import published_number

GB = 1 << 30
ENOUGH_MEMORY = 4 * GB  # a run over 1.5 million lines takes 2 GB
_INSTALL = "Install shoplake anew, in an environment of its own: pip install 'shoplake[embedded]'"
_ANEW = "`shoplake run --full` builds it anew from the raw files; else restore it from a backup"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; a problem has the exit code of its kind."""

    subject: str
    state: Literal["ok", "warning", "problem"]
    what: str
    remedy: str = ""
    exit_code: int = 0


def examine(start: Path, tables: dict[str, Table], progress: Progress, *, verify: bool = False) -> Iterator[Finding]:
    """Look at everything; `verify` also reads every published file. `tables` are those of silver and gold."""
    yield from _look("versions", _versions())
    yield from _look("engine", _engine())
    try:
        project = find_project(start)
    except ShoplakeError as problem:
        yield _problem("settings", problem)
        return
    yield Finding("settings", "ok", f"project {project.folder}, data in {project.data}")
    yield from _sources(project, tables)
    yield from _look("data folder", _folder(project))
    yield from _look("disk", _disk(project))
    yield from _look("memory", _memory())
    yield from _look("last run", _last_run(project))
    yield from _look("published", _published(project, progress if verify else None))


def _look(subject: str, found: Iterable[Finding]) -> Iterator[Finding]:
    try:
        with explained(subject):
            yield from found
    except ShoplakeError as problem:
        yield _problem(subject, problem)


def _problem(subject: str, error: ShoplakeError) -> Finding:
    place = f"{error.where}: " if error.where and error.where != subject else ""
    return Finding(subject, "problem", place + error.what, error.remedy, error.exit_code)


def _fair(subject: str, is_good: bool, what: str, remedy: str) -> Finding:
    return Finding(subject, "ok", what) if is_good else Finding(subject, "warning", what, remedy)


def _versions() -> Iterator[Finding]:
    """Python, and the packages that shoplake and its engine need."""
    wanted = [
        Requirement(f"python {metadata('shoplake')['Requires-Python']}"),
        *map(Requirement, requires("shoplake") or ()),
    ]
    misfits = 0
    for need in wanted:
        if need.marker and not need.marker.evaluate({"extra": "embedded"}):
            continue
        try:
            there = platform.python_version() if need.name == "python" else version(need.name)
        except PackageNotFoundError:
            there = ""
        if not there or not need.specifier.contains(there, prereleases=True):
            misfits += 1
            what = f"{need.name} {there or 'is missing'}, but shoplake needs {need.specifier}"
            yield _problem("versions", MachineError(what, remedy=_INSTALL))
    if not misfits:
        yield Finding("versions", "ok", f"Python {platform.python_version()}, and all packages fit")


def _engine() -> Iterator[Finding]:
    load_engine()
    yield Finding("engine", "ok", f"pysail {version('pysail')} can be loaded")


def _sources(project: Project, tables: dict[str, Table]) -> Iterator[Finding]:
    good: list[Source] = []
    for path in declaration_files(project.folder):
        try:
            source = load_source(path, tables)
            extras_of([*good, source])
        except ShoplakeError as problem:
            yield _problem("source", problem)
        else:
            good.append(source)
            yield Finding("source", "ok", f"{source.source} is declared well")


def _folder(project: Project) -> Iterator[Finding]:
    there = _nearest(project.data)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as failure:
        remedy = "Check its owner and permissions, or set `data` in shoplake.toml to another folder"
        raise MachineError(f"can't write here: {failure.strerror}", where=str(there), remedy=remedy) from failure
    Lake(project.data, _no_engine)  # refuses a path that the engine can't use
    yield Finding("data folder", "ok", f"{project.data} can be written")


def _disk(project: Project) -> Iterator[Finding]:
    free = shutil.disk_usage(_nearest(project.data)).free
    lake = sum(path.stat().st_size for path in project.data.rglob("*") if path.is_file())
    told = f"{free / GB:,.1f} GB free, the lake and its raw files hold {lake / GB:,.1f} GB"
    yield _fair("disk", free >= 2 * lake, told, "A full run needs about twice that: free some")


def _memory() -> Iterator[Finding]:
    if not hasattr(os, "sysconf"):
        return
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")  # of a container
    if limit.is_file() and (text := limit.read_text("utf-8").strip()).isdigit():
        there = min(there, int(text))
    remedy = "A run over millions of lines may be killed: use a larger machine"
    yield _fair("memory", there >= ENOUGH_MEMORY, f"{there / GB:,.1f} GB", remedy)


def _last_run(project: Project) -> Iterator[Finding]:
    newest = next(iter(Ledger(project.ledger).last(1)), None)
    if newest is None:
        yield Finding("last run", "ok", "none yet")
    elif newest.outcome == "failed":
        yield Finding("last run", "warning", f"{newest.run_id} failed: {newest.error}", "Correct it and run again")
    elif newest.outcome == "running":
        try:
            with only_one(project.lock):
                yield Finding(
                    "last run", "warning", f"{newest.run_id} was cut off", "`shoplake run` clears up after it"
                )
        except MachineError:
            yield Finding("last run", "ok", f"{newest.run_id} is at work")
    else:
        yield Finding("last run", "ok", f"{newest.run_id}, {newest.outcome} at {newest.finished_at}")


def _published(project: Project, progress: Progress | None) -> Iterator[Finding]:
    manifest = Manifests(project.manifests).latest()
    if manifest is None:
        yield Finding("published", "warning", "nothing yet", "Run `shoplake run`")
        return
    yield Finding("published", "ok", f"number {manifest.number} at {manifest.published_at}, as of {manifest.as_of}")
    held = published_number(project.warehouse)
    told = f"holds number {held}" if held else "is missing or can't be read"
    yield _fair("warehouse", held == manifest.number, told, "`shoplake run` makes it anew")
    if progress:
        yield from _files(project, manifest, progress)


def _files(project: Project, manifest: Manifest, progress: Progress) -> Iterator[Finding]:
    lake, damaged = Lake(project.data, _no_engine), 0
    progress.stage("verify")
    for name in manifest.tables:
        progress.table(name)
        start = time.perf_counter()
        for problem in _damages(lake, manifest, name):
            damaged += 1
            yield _problem("files", problem)
        progress.done(name, manifest.tables[name].rows, time.perf_counter() - start)
    if not damaged:
        count = sum(len(table.files) for table in manifest.tables.values())
        yield Finding("files", "ok", f"all {count} files of {len(manifest.tables)} tables are as they were published")


def _damages(lake: Lake, manifest: Manifest, name: str) -> Iterator[ShoplakeError]:
    """What isn't as it was published: the table's log, or one of its files."""
    table, folder = manifest.tables[name], lake.path(name)
    try:
        logged = {path.relative_to(folder).as_posix() for path in lake.files(name, table.version)}
        if logged != table.files.keys():
            yield QualityError(
                f"its log at version {table.version} names other files than the manifest", where=name, remedy=_ANEW
            )
    except ShoplakeError as problem:
        yield problem
    for file, wanted in table.files.items():
        try:
            what = "" if digest(folder / file) == wanted else "differs from what was published"
        except FileNotFoundError:
            what = "is missing"
        except OSError as failure:
            what = f"can't be read: {failure.strerror}"
        if what:
            yield QualityError(what, where=f"{name}/{file}", remedy=_ANEW)


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def _no_engine() -> NoReturn:
    raise AssertionError("nothing here needs the engine")
