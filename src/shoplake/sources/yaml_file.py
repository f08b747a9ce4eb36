"""Reads YAML so that every mistake has a line: duplicate keys are refused, values know where they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shoplake.errors import DeclarationError

Lines = dict[tuple[str, ...], int]
# where in the file, what is wrong, what to do
Problem = tuple[tuple[str, ...], str, str]
Declared = TypeVar("Declared", bound=BaseModel)

_BOOLEAN = "tag:yaml.org,2002:bool"
# The loader in C, where PyYAML has it, is eight times as fast.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path, model: type[Declared]) -> tuple[Declared, Lines]:
    """A declaration of the right shape, and the lines of its keys; raises one error that lists every mistake."""
    document, lines = read_yaml(path)
    return checked(document, lines, path, model), lines


def checked(document: Any, lines: Lines, path: Path, model: type[Declared]) -> Declared:
    """A document that has the shape of the model; raises one error that lists every mistake."""
    if not isinstance(document, dict):
        first = next(name for name, field in model.model_fields.items() if field.is_required())
        raise DeclarationError("not a mapping of keys", where=f"{path}:1", remedy=f"Start with: {first}: <value>")
    try:
        # As JSON: strict about types, yet lists may become tuples.
        return model.model_validate_json(json.dumps(document, default=str))
    except ValidationError as failure:
        found = list(dict.fromkeys(_shape_problem(error) for error in failure.errors()))
        raise mistakes(path, lines, found) from None


def mistakes(path: Path, lines: Lines, found: list[Problem]) -> DeclarationError:
    """One error with the first mistake, and the others in lines below it."""
    (at, what, remedy), *more = found
    others = [f"{path}:{line_of(lines, at)}: {what}. {remedy}." for at, what, remedy in more]
    return DeclarationError(what, where=f"{path}:{line_of(lines, at)}", remedy="\n".join([f"{remedy}.", *others]))


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """The document, and the line of each of its keys by path."""
    return parse_yaml(read_text(path), path)


def read_text(path: Path) -> str:
    """The text of a declaration."""
    try:
        return path.read_text("utf-8")
    except OSError as failure:
        raise DeclarationError(
            f"can't be read: {failure.strerror}", where=str(path), remedy="Put a file there"
        ) from failure
    except UnicodeDecodeError as failure:
        raise DeclarationError("not UTF-8 text", where=str(path), remedy="Save it as UTF-8") from failure


def parse_yaml(text: str, path: Path, guide: str = "docs/add-a-source.md") -> tuple[Any, Lines]:
    """The document that stands in the first lines of a file, and the line of each of its keys by path."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise DeclarationError(
            f"not valid YAML: {failure.problem}", where=where, remedy="Check the indentation and the quotes"
        ) from failure
    if node is None:
        raise DeclarationError("the file is empty", where=str(path), remedy=f"See {guide}")
    lines: Lines = {}
    _index(node, (), lines, path)
    return _Loader("").construct_document(node), lines


def line_of(lines: Lines, keys: tuple[str | int, ...]) -> int:
    """The line of the deepest part of a path that is in the file, whatever names of kinds stand between."""
    known: tuple[str, ...] = ()
    for key in keys:
        known = (*known, str(key)) if (*known, str(key)) in lines else known
    return lines.get(known, 1)


def _index(node: yaml.Node, at: tuple[str, ...], lines: Lines, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, str(key.value))
            if key.tag == _BOOLEAN:  # a key called on
                key.tag = "tag:yaml.org,2002:str"
            line = key.start_mark.line + 1
            if here in lines:
                raise DeclarationError(
                    f"«{key.value}» is declared twice, first in line {lines[here]}",
                    where=f"{path}:{line}",
                    remedy="Keep one of them",
                )
            lines[here] = line
            _index(value, here, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            here = (*at, str(position))
            lines[here] = item.start_mark.line + 1
            _index(item, here, lines, path)


def _shape_problem(error: ErrorDetails) -> Problem:
    at = tuple(str(part) for part in error["loc"])
    message, kind = error["msg"], error["type"]
    if kind == "extra_forbidden":
        return at, f"«{at[-1]}» is not a key of this place", "Check its spelling and indentation"
    if any(part.startswith("constrained-") for part in at):  # each kind that would do complains
        at = tuple(part for part in at if not part.startswith("constrained-"))
        return at, f"«{at[-1]}» must be a share such as 1% or a whole number", "Correct it"
    if kind == "union_tag_invalid":
        context = error.get("ctx", {})
        return at, f"«{context['tag']}» is no kind", f"Use one of: {context['expected_tags']}".replace("'", "")
    if kind == "union_tag_not_found":
        return at, "it has no kind", "Add kind, the first of its keys"
    if kind == "missing":
        return at, f"«{at[-1]}» is missing", "Add it"
    if kind == "string_type":
        return at, f"«{at[-1]}» must be text", "Put the value in quotes: YAML reads NO, on and 1.0 otherwise"
    return at, f"«{at[-1]}»: {message[0].lower()}{message[1:]}", "Correct it"
