"""Finds, loads and checks the pages: the package's own, then the project's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from shoplake.contract.business import Business
from shoplake.dashboard.check import mart_problems
from shoplake.dashboard.declaration import Page, Tile
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog, project_tables
from shoplake.metrics.question import question
from shoplake.sources.yaml_file import Problem, load, mistakes

_SOME_DAY = date(2000, 1, 1)  # a page always has a period
BUILT_IN = Path(__file__).parent / "pages"
# How many metrics and how many dimensions a form shows: at least, at most.
_SHAPES = {
    "figure": ((1, 1), (0, 1)),
    "line": ((1, 6), (1, 2)),
    **dict.fromkeys(("bar", "bars", "columns", "dots"), ((1, 6), (1, 1))),
    "heat": ((1, 1), (2, 2)),
    "table": ((1, 20), (0, 4)),
}


def own_pages(project: Path) -> list[Path]:
    """The files in which a project declares pages."""
    return sorted((project / "pages").glob("*.yml"))


def project_pages(project: Path, catalog: Catalog, business: Business) -> dict[str, Page]:
    """The pages by name, in their order. Raises a DeclarationError that lists a file's mistakes with their lines."""
    found: dict[str, Page] = {}
    for path in (*sorted(BUILT_IN.glob("*.yml")), *own_pages(project)):
        page, lines = load(path, Page)
        problems = [*_problems(page, catalog)]
        if path.stem in found:
            problems.append((("title",), f"there is a page «{path.stem}» already", "Rename the file"))
        if path.parent != BUILT_IN and any(tile.mart for tile in page.tiles):
            problems += mart_problems(page, project_tables(project, business))
        if problems:
            raise mistakes(path, lines, problems)
        found[path.stem] = page
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def _problems(page: Page, catalog: Catalog) -> Iterator[Problem]:
    names = [tile.name for tile in page.tiles]
    for at, tile in enumerate(page.tiles):
        here = ("tiles", str(at))
        if tile.name in names[:at]:
            yield (*here, "name"), f"there is a tile «{tile.name}» already", "Choose another name"
        if sum((bool(tile.metrics), tile.mart is not None, tile.report is not None)) != 1:
            yield here, f"«{tile.name}» shows not one thing", "Name metrics, or a mart, or a report"
            continue
        if tile.metrics:
            yield from ((here, what, remedy) for what, remedy in _metric_problems(tile, catalog))
        elif not (tile.title and tile.comment):
            yield here, f"«{tile.name}» says not what it shows", "Give it a title and a comment"
        if tile.report and tile.form != "table":
            yield (*here, "form"), f"{tile.name}: a report is a table", "Write: form: table"


def _metric_problems(tile: Tile, catalog: Catalog) -> Iterator[tuple[str, str]]:
    if tile.form not in _SHAPES:
        yield f"{tile.name}: a {tile.form} is of a mart", f"Choose one of: {', '.join(_SHAPES)}"
        return
    named = (("metrics", tile.metrics), ("dimensions", tile.by))
    for (what, there), (least, most) in zip(named, _SHAPES[tile.form], strict=True):
        if not least <= len(there) <= most:
            count = f"{least}" if least == most else f"{least} to {most}"
            yield f"{tile.name}: a {tile.form} has {count} {what}, not {len(there)}", "Name others, or another form"
            return
    terms = [f"-{tile.sort}"] if tile.sort else []
    try:
        question(catalog, tile.metrics, by=tile.by, sort=terms, first=_SOME_DAY, last=_SOME_DAY)
    except QueryError as refused:
        yield f"{tile.name}: {refused.what}", refused.remedy or "Correct it"
