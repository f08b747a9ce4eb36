"""From a project to what the dashboard shows: pages, figures and charts, made where they are of another state."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock

from shoplake.config import Project
from shoplake.dashboard.catalog import project_pages
from shoplake.dashboard.declaration import Page
from shoplake.dashboard.figures import Figures, figures_of, is_current, make
from shoplake.dashboard.state import DEMOGRAPHICS, FILTERS
from shoplake.dashboard.store import NotPreparedError, Store
from shoplake.errors import MachineError
from shoplake.lake.failures import explained
from shoplake.metrics.catalog import Catalog, project_catalog
from shoplake.metrics.declaration import MetricSet
from shoplake.metrics.flat import only
from shoplake.runs.manifest import Manifests

Say = Callable[[str], None]
_EVERYTHING = "Object.assign(window, {vegaEmbed, vega});"
_ALWAYS = {"customers", "sales"}  # what says whether a cell is of few people, and whether an amount has a rate


@dataclass(frozen=True, slots=True)
class Ready:
    """What there is to show, and the files that it is made of.

    `charts`: the charts' JavaScript; `specs`: their specifications, by page and tile.
    """

    pages: dict[str, Page]
    catalog: Catalog
    figures: Figures
    charts: Path
    specs: Path


def declared(project: Project) -> Ready:
    """The pages, and where their files are or will be."""
    catalog = project_catalog(project.folder, project.business)
    pages = project_pages(project.folder, catalog, project.business)
    folder = project.local / "dashboard"
    figures = figures_of(_asked(catalog, pages), folder / "figures.duckdb")
    charts = folder / f"charts-{version('vl-convert-python')}.js"
    return Ready(pages, catalog, figures, charts, folder / f"specs-{_digest(pages)}.json")


def store_of(ready: Ready, project: Project) -> Store:
    """What is published, to be asked; what is missing or of another state is made before."""
    if not (ready.charts.is_file() and ready.specs.is_file()):
        _prepare_apart(project)
    manifests = Manifests(project.manifests)
    try:
        return Store(project.warehouse, ready.figures, ready.catalog, manifests=manifests)
    except NotPreparedError:
        _prepare_apart(project)
        return Store(project.warehouse, ready.figures, ready.catalog, manifests=manifests)


def prepare(ready: Ready, warehouse: Path, say: Say) -> None:
    """Make what is missing or of another state: half a minute for millions of lines, once per state.

    Another process that makes the same is waited for.
    """
    folder = ready.charts.parent
    with explained(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            _make(ready, warehouse, say)


def _make(ready: Ready, warehouse: Path, say: Say) -> None:
    if not ready.charts.is_file():
        say("The charts' JavaScript is being put together, once")
        import vl_convert

        _put(ready.charts, vl_convert.javascript_bundle(_EVERYTHING))
    if not ready.specs.is_file():
        from shoplake.dashboard.charts import specs_of  # late: it takes half a second and 40 MB

        for old in ready.specs.parent.glob("specs-*.json"):
            old.unlink()
        _put(ready.specs, json.dumps(specs_of(ready.pages)))
    if warehouse.is_file() and not is_current(ready.figures, warehouse):
        say("Figures of this state are being put together, once")
        make(ready.figures, warehouse)


def _prepare_apart(project: Project) -> None:
    """The same in a process of its own, which gives all its memory back."""
    again = [sys.executable, "-m", "shoplake", "-p", str(project.folder), "dashboard", "--prepare"]
    if subprocess.run(again, check=False).returncode:  # noqa: S603
        raise MachineError("the figures of this state could not be put together, as is said above")


def _put(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def _digest(pages: Mapping[str, Page]) -> str:
    """Of all that makes the specifications."""
    code = Path(__file__).with_name("charts.py").read_text("utf-8")
    told = [version("altair"), code, *(f"{name} {page!r}" for name, page in pages.items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _asked(catalog: Catalog, pages: Mapping[str, Page]) -> dict[str, MetricSet]:
    """The sets with what pages ask of them."""
    tiles = [tile for page in pages.values() for tile in page.tiles]
    measures = {name.partition(".")[0] for tile in tiles for name in tile.metrics} | _ALWAYS
    dimensions = {name for tile in tiles for name in tile.by} | {*FILTERS, *DEMOGRAPHICS, "currency"}
    sets = {name: only(each, measures, dimensions) for name, each in catalog.sets.items()}
    return {name: each for name, each in sets.items() if each.measures}
