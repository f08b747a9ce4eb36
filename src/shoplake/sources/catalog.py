"""Finds and loads the declared sources: the package's own, then the project's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shoplake.contract import Table
from shoplake.errors import DeclarationError
from shoplake.sources.check import Problem, problems_in
from shoplake.sources.declaration import Source
from shoplake.sources.yaml_file import Lines, line_of, read_yaml

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
    document, lines = read_yaml(path)
    if not isinstance(document, dict):
        raise DeclarationError("not a mapping of keys", where=f"{path}:1", remedy="Start with: source: <name>")
    try:
        # As JSON: strict about types, yet lists may become tuples.
        source = Source.model_validate_json(json.dumps(document, default=str))
    except ValidationError as failure:
        found = list(dict.fromkeys(shape_problem(error) for error in failure.errors()))
        raise mistakes(path, lines, found) from None
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


def shape_problem(error: ErrorDetails) -> Problem:
    """What is wrong with the shape of a declaration."""
    at = tuple(str(part) for part in error["loc"])
    message, kind = error["msg"], error["type"]
    if kind == "extra_forbidden":
        return at, f"«{at[-1]}» is not a key of this place", "Check its spelling and indentation"
    if any(part.startswith("constrained-") for part in at):  # each kind that would do complains
        at = tuple(part for part in at if not part.startswith("constrained-"))
        return at, f"«{at[-1]}» must be a share such as 1% or a whole number", "Correct it"
    if kind == "missing":
        return at, f"«{at[-1]}» is missing", "Add it"
    if kind == "string_type":
        return at, f"«{at[-1]}» must be text", "Put the value in quotes: YAML reads NO, on and 1.0 otherwise"
    return at, f"«{at[-1]}»: {message[0].lower()}{message[1:]}", "Correct it"


def mistakes(path: Path, lines: Lines, found: list[Problem]) -> DeclarationError:
    """One error with the first mistake, and the others in lines below it."""
    (at, what, remedy), *more = found
    others = [f"{path}:{line_of(lines, at)}: {what}. {remedy}." for at, what, remedy in more]
    return DeclarationError(what, where=f"{path}:{line_of(lines, at)}", remedy="\n".join([f"{remedy}.", *others]))
