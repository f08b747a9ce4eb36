"""Finds, loads and checks the pages: the package's own, then the project's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from shoplake.dashboard.declaration import Page, Tile
from shoplake.errors import QueryError
from shoplake.metrics.catalog import Catalog
from shoplake.metrics.question import question
from shoplake.sources.yaml_file import Problem, load, mistakes

BUILT_IN = Path(__file__).parent / "pages"
# How many metrics and dimensions a form shows: at least, at most.
_METRICS = {"figure": (1, 1), "line": (1, 6), "bar": (1, 6), "heat": (1, 1), "table": (1, 20)}
_BY = {"figure": (0, 1), "line": (1, 2), "bar": (1, 1), "heat": (2, 2), "table": (0, 4)}


def project_pages(project: Path, catalog: Catalog) -> dict[str, Page]:
    """The pages by name, in their order. Raises a DeclarationError that lists a file's mistakes with their lines."""
    found: dict[str, Page] = {}
    for path in (*sorted(BUILT_IN.glob("*.yml")), *sorted((project / "pages").glob("*.yml"))):
        page, lines = load(path, Page)
        problems = [*_problems(page, catalog)]
        if path.stem in found:
            problems.append((("title",), f"there is a page «{path.stem}» already", "Rename the file"))
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
        elif tile.mart and (problem := _mart_problem(tile)):
            yield (*here, "mart"), f"{tile.name}: {problem}", "Write one SELECT over gold"
        if not tile.metrics and not (tile.title and tile.comment):
            yield here, f"«{tile.name}» says not what it shows", "Give it a title and a comment"


def _metric_problems(tile: Tile, catalog: Catalog) -> Iterator[tuple[str, str]]:
    for what, allowed, there in (("metrics", _METRICS, tile.metrics), ("dimensions", _BY, tile.by)):
        least, most = allowed.get(tile.form, (0, 0))
        if not least <= len(there) <= most:
            yield f"{tile.name}: a {tile.form} has {least} to {most} {what}", "Name others, or choose another form"
            return
    try:
        question(catalog, tile.metrics, by=tile.by, sort=[f"-{tile.sort}"] if tile.sort else [])
    except QueryError as refused:
        yield f"{tile.name}: {refused.what}", refused.remedy or "Correct it"


def _mart_problem(tile: Tile) -> str:
    assert tile.mart is not None
    try:
        statements = duckdb.extract_statements(tile.mart.sql)
    except duckdb.Error as failure:
        return str(failure).splitlines()[0]
    is_one = len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
    return "" if is_one else "it is more than one SELECT"
