"""What the commands share: the project that was named, and JSON on stdout."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shoplake.config import Project


@dataclass
class Options:
    """What stands before the command."""

    project: Path = Path()
    debug: bool = False


OPTIONS = Options()
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]


def this_project() -> Project:
    from shoplake.config import find_project

    return find_project(OPTIONS.project)


@contextmanager
def all_stays() -> Iterator[None]:
    """While modules and declarations are read nothing goes away: to look for it takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))
