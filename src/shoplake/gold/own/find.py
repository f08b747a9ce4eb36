"""Finds a project's own marts, and puts them beside the package's tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from shoplake import silver
from shoplake.contract import Table, in_order
from shoplake.contract.business import Business
from shoplake.errors import DeclarationError
from shoplake.gold.own.header import GUIDE, Query, read_query
from shoplake.gold.own.python import read_module
from shoplake.gold.own.sql import table_of

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def with_own(tables: tuple[Table, ...], project: Path, business: Business) -> tuple[Table, ...]:
    """The package's tables and the project's own marts, each after those that it reads.

    Raises DeclarationError with file and line.
    """
    settings = business.model_dump()
    known = {table.base: table for table in tables}
    files = list(mart_files(project))
    _check_names(files, known)
    found = {f"mart_{p.stem}": read_module(p) if p.suffix == ".py" else read_query(p) for p in files}
    for base in _in_order(found, project):
        mart = found[base]
        if isinstance(mart, Query):
            known[base] = table_of(mart, known)
        else:
            _check_python(mart, known, settings, project)
            known[base] = mart.given(settings)
    return in_order(known.values()) if found else tables


def own_names(project: Path) -> list[str]:
    """The names of a project's own marts, without a look into their files."""
    return [f"gold.mart_{path.stem}" for path in mart_files(project)]


def mart_files(project: Path) -> Iterator[Path]:
    """Every file that declares a mart; one whose name begins with a line or a dot is none."""
    folder = project / "gold" / "marts"
    yield from sorted(path for path in folder.glob("[!._]*") if path.suffix in {".py", ".sql"} and path.is_file())


def _check_names(files: list[Path], known: Mapping[str, Table]) -> None:
    stems = [path.stem for path in files]
    for path in files:
        if not _NAME.fullmatch(path.stem):
            what, remedy = f"«{path.stem}» is no name for a table", "Use a-z, 0-9 and _, beginning with a letter"
        elif f"mart_{path.stem}" in known:
            what, remedy = f"gold.mart_{path.stem} is a table of the package", "Choose another name"
        elif stems.count(path.stem) > 1:
            what, remedy = f"gold.mart_{path.stem} is declared by two files", "Keep one of them"
        else:
            continue
        raise DeclarationError(what, where=str(path), remedy=remedy)


def _check_python(mart: Table, known: dict[str, Table], settings: Mapping[str, Any], project: Path) -> None:
    names = {table.name for table in (*known.values(), *silver.ENTITIES)}
    strange = [read.name for read in mart.reads if read.name not in names]
    what = [f"it reads «{name}», which is no table of silver or gold" for name in strange]
    what += [f"it uses «{name}», which is no setting of a company" for name in mart.uses if name not in settings]
    if what:
        path = project / "gold" / "marts" / f"{mart.base.removeprefix('mart_')}.py"
        raise DeclarationError(what[0], where=str(path), remedy=f"See {GUIDE}")


def _in_order(found: dict[str, Query | Table], project: Path) -> list[str]:
    reads = {
        base: [each if isinstance(each, str) else each.base for each in mart.reads] for base, mart in found.items()
    }
    try:
        return [base for base in TopologicalSorter(reads).static_order() if base in found]
    except CycleError as failure:
        circle = " reads ".join(reversed(failure.args[1]))
        raise DeclarationError(
            f"marts read each other in a circle: {circle}",
            where=str(project / "gold" / "marts"),
            remedy="Take one of them out of it",
        ) from failure
