"""Finds and loads the declared sources: the package's own, then the project's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shoplake.contract import Table
from shoplake.sources.check import problems_in
from shoplake.sources.declaration import Source
from shoplake.sources.yaml_file import load, mistakes

BUILT_IN = Path(__file__).parent


def declaration_files(project: Path) -> Iterator[Path]:
    """Every `source.yml`; a project's folder of a built-in's name takes its place."""
    found = {path.parent.name: path for path in sorted(BUILT_IN.glob("*/source.yml"))}
    found |= {path.parent.name: path for path in sorted((project / "sources").glob("*/source.yml"))}
    yield from found.values()


def load_source(path: Path, tables: dict[str, Table]) -> Source:
    """A declaration checked against `tables` (of silver and gold, by base name).

    Raises one error that lists every mistake with its line.
    """
    source, lines = load(path, Source)
    found = list(problems_in(source, tables))
    if source.source != path.parent.name:
        found.insert(0, (("source",), f"«{source.source}» is not the folder's name", "Make the two the same"))
    if found:
        raise mistakes(path, lines, found)
    return source


def load_sources(project: Path, tables: dict[str, Table]) -> dict[str, Source]:
    """All sources by name."""
    sources = (load_source(path, tables) for path in declaration_files(project))
    return {source.source: source for source in sources}
