"""Looks at what a project stands on: environment, declarations, disk, the last run, what is published."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import distributions, metadata, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from shoplake import gold
from shoplake.config import Project, find_project
from shoplake.contract import Extras, Table
from shoplake.errors import MachineError, ShoplakeError
from shoplake.finding import Finding
from shoplake.gold.own.find import own_names, with_own
from shoplake.lake import CatalogLake, Lake
from shoplake.lake.durability import damages
from shoplake.lake.failures import explained
from shoplake.lake.objects import ObjectPath
from shoplake.lake.place import Place, put
from shoplake.lake.session import Kind, load_engine
from shoplake.lake.upkeep import size_of
from shoplake.runs.ledger import Ledger
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.sources.catalog import declaration_files, load_source
from shoplake.sources.extend import extras_of
from shoplake.warehouse import databricks
from shoplake.warehouse.duckdb_file import differences
from shoplake.warehouse.duckdb_file import published as held_by

GB = 1 << 30
_INSTALL = "Install shoplake anew, in an environment of its own: pip install 'shoplake[embedded]'"


def examine(start: Path, tables: dict[str, Table], progress: Progress, *, verify: bool = False) -> Iterator[Finding]:
    """Look at everything; `verify` also reads every published file. `tables` are those of silver and gold."""
    checks: dict[str, Iterator[Finding]] = {}
    try:
        project = find_project(start)
    except ShoplakeError as problem:
        checks |= _environment("embedded") | {"settings": iter([_problem("settings", problem)])}
    else:
        checks |= _environment(project.engine.kind)
        checks["settings"] = iter([Finding("settings", f"project {project.folder}, data in {project.data}")])
        checks |= {"source": _sources(project, tables), "data folder": _folder(project.data), "memory": _memory()}
        checks |= {"last run": _last_run(project), "published": _published(project, progress if verify else None)}
    for subject, findings in checks.items():
        try:
            with explained(subject):
                yield from findings
        except ShoplakeError as problem:
            yield _problem(subject, problem)


def _problem(subject: str, error: ShoplakeError) -> Finding:
    place = f"{error.where}: " if error.where not in {"", subject} else ""
    return Finding(subject, place + error.what, error.remedy, error.exit_code)


def _environment(engine: Kind) -> dict[str, Iterator[Finding]]:
    return {"versions": _versions(engine), "engine": _engine(engine)}


def _versions(engine: Kind) -> Iterator[Finding]:
    """Python, and the packages that shoplake and its engine need."""
    python, fits = platform.python_version(), True
    there = {canonicalize_name(package.name): package.version for package in distributions()} | {"python": python}
    for need in map(Requirement, [f"python {metadata('shoplake')['Requires-Python']}", *(requires("shoplake") or ())]):
        found = there.get(canonicalize_name(need.name))
        is_needed = need.marker is None or need.marker.evaluate({"extra": engine})
        if is_needed and not (found and need.specifier.contains(found, prereleases=True)):
            what, fits = f"{need.name} {found or 'is missing'}, but shoplake needs {need.specifier}", False
            yield _problem("versions", MachineError(what, remedy=_INSTALL))
    if fits:
        yield Finding("versions", f"Python {python}, and all packages fit")


def _engine(engine: Kind) -> Iterator[Finding]:
    load_engine(engine)
    package = {"embedded": "pysail", "spark": "pyspark"}.get(engine, "")
    yield Finding("engine", f"{package} {version(package)} can be loaded" if package else f"{engine}, elsewhere")


def _sources(project: Project, tables: dict[str, Table]) -> Iterator[Finding]:
    good = []
    for path in declaration_files(project.folder):
        try:
            good.append(load_source(path, tables))
            yield Finding("source", f"{good[-1].source} is declared well")
        except ShoplakeError as problem:
            yield _problem("source", problem)
    yield from _marts(project, extras_of(good))  # refuses columns of one name that aren't the same


def _marts(project: Project, extras: Extras) -> Iterator[Finding]:
    tables = gold.tables(extras, project.business)
    with_own(tables, project.folder, project.business)
    for name in own_names(project.folder):
        yield Finding("mart", f"{name} is declared well")


def _folder(data: Place) -> Iterator[Finding]:
    if isinstance(data, ObjectPath):
        yield from _container(data)
        return
    there = next(place for place in (data, *data.parents) if place.exists())
    free = shutil.disk_usage(there).free
    lake = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    told = f"{free / GB:,.1f} GB free, the lake and its raw files hold {lake / GB:,.1f} GB"
    yield Finding("disk", told, "" if free >= 2 * lake else "A full run needs about twice that: free some")
    try:
        tempfile.TemporaryFile(dir=there).close()
    except OSError as failure:
        remedy = "Check its owner and permissions, or set `data` in shoplake.toml to another folder"
        raise MachineError(f"can't write here: {failure.strerror}", where=str(there), remedy=remedy) from failure
    Lake(data)  # refuses a path that the engine can't use
    yield Finding("data folder", f"{data} can be written")


def _container(data: ObjectPath) -> Iterator[Finding]:
    size = size_of(data)
    probe = data / "runs" / "doctor"
    put(probe, b"")
    probe.unlink()
    Lake(data)  # refuses a path that the engine can't use
    yield Finding("data folder", f"{data} can be written; the lake and its raw files hold {size / GB:,.1f} GB")


def _memory() -> Iterator[Finding]:
    if hasattr(os, "sysconf"):
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        limit = Path("/sys/fs/cgroup/memory.max")  # of a container
        if limit.is_file() and (text := limit.read_text("utf-8").strip()).isdigit():
            there = min(there, int(text))
        # A run over 1.5 million lines takes 2 GB.
        remedy = "" if there >= 4 * GB else "A run over millions of lines may be killed: use a larger machine"
        yield Finding("memory", f"{there / GB:,.1f} GB", remedy)


def _last_run(project: Project) -> Iterator[Finding]:
    what, remedy = "none yet", ""
    for run in Ledger(project.ledger).last(1):
        what = f"{run.run_id}, {run.outcome} at {run.finished_at}"
        if run.outcome == "failed":
            what, remedy = f"{run.run_id} failed: {run.error}", "Correct it and run again"
        elif run.outcome == "running":
            what = f"{run.run_id} is at work"
            with suppress(MachineError), only_one(project.lock):
                what, remedy = f"{run.run_id} was cut off", "`shoplake run` clears up after it"
                if project.open_run.exists():
                    what, remedy = f"{run.run_id} is open", "`shoplake run --continue` goes on with it"
    yield Finding("last run", what, remedy)


def _published(project: Project, progress: Progress | None) -> Iterator[Finding]:
    manifest = Manifests(project.manifests).latest()
    if manifest is None:
        yield Finding("published", "nothing yet", "Run `shoplake run`")
        return
    yield Finding("published", f"number {manifest.number} at {manifest.published_at}, as of {manifest.as_of}")
    if project.catalog:
        yield from _in_catalog(project, manifest, progress)
        return
    held = held_by(project.warehouse)
    told = f"holds number {held[0]}" if held else "is missing or can't be read"
    is_current = held == (manifest.number, manifest.run_id)
    yield Finding("warehouse", told, "" if is_current else "`shoplake run` makes it anew")
    if progress:
        lake = Lake(project.data)
        damaged = list(_files(lake, manifest, progress))
        yield from damaged
        if is_current and all(finding.state == "ok" for finding in damaged):
            yield from _warehouse(lake, manifest, project.warehouse)


def _in_catalog(project: Project, manifest: Manifest, progress: Progress | None) -> Iterator[Finding]:
    with project.lake() as lake:
        assert isinstance(lake, CatalogLake)
        held = databricks.published_number(lake, project.unity.published)
        told = f"the views of {project.published_in} " + (f"show number {held}" if held else "aren't there")
        yield Finding("warehouse", told, "" if held == manifest.number else "`shoplake run` makes them anew")
        for name, table in manifest.tables.items() if progress else ():
            for damage in damages(lake, name, table.version, table.log, table.files):
                yield _problem("tables", damage)


def _files(lake: Lake, manifest: Manifest, progress: Progress) -> Iterator[Finding]:
    progress.stage("verify")
    is_whole = True
    for name, table in manifest.tables.items():
        progress.table(name)
        start = time.perf_counter()
        for damage in damages(lake, name, table.version, table.log, table.files):
            is_whole = False
            yield _problem("files", damage)
        progress.done(name, table.rows, time.perf_counter() - start)
    if is_whole:
        sizes = [size for name, t in manifest.tables.items() for size in lake.sizes(name, t.version).values()]
        told = f"all {len(sizes)} data files of {len(manifest.tables)} tables ({sum(sizes):,} bytes) are as published"
        yield Finding("files", f"{told}, and the tables' logs name them")


def _warehouse(lake: Lake, manifest: Manifest, path: Path) -> Iterator[Finding]:
    is_same = True
    for difference in differences(lake, manifest, path):
        is_same = False
        what = f"{difference.where}: {difference.what}"
        yield Finding("warehouse", what, f"Remove {path.name}; `shoplake run` makes it anew", difference.exit_code)
    if is_same:
        yield Finding("warehouse", "its tables hold what the lake's files do")
