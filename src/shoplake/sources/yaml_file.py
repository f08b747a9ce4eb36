"""Reads YAML so that every mistake has a line: duplicate keys are refused, values know where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from shoplake.errors import DeclarationError

Lines = dict[tuple[str, ...], int]

# The loader in C, where PyYAML has it, is eight times as fast.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
    return yaml.load(text, Loader=_Loader), lines  # noqa: S506 (it is a safe one)


def line_of(lines: Lines, keys: tuple[str | int, ...]) -> int:
    """The line of the deepest part of a path that is in the file."""
    names = tuple(str(key) for key in keys)
    while names and names not in lines:
        names = names[:-1]
    return lines.get(names, 1)


def _index(node: yaml.Node, at: tuple[str, ...], lines: Lines, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*at, str(key.value))
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
