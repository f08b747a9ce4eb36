"""A mart of a project's own in Python: a module with a TABLE, as the package's have."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from shoplake.contract import Table
from shoplake.errors import DeclarationError, ShoplakeError
from shoplake.gold.own.header import GUIDE
from shoplake.lake.refusals import is_of_storage
from shoplake.runs.fingerprint import fingerprint
from shoplake.sources.yaml_file import read_text

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def read_module(path: Path) -> Table:
    """The TABLE of a file. Raises DeclarationError with the line, whatever goes wrong in it."""
    text = read_text(path)
    module = ModuleType(f"shoplake_project_{fingerprint(str(path))}.{path.stem}")  # no name that another module has
    module.__file__ = str(path)
    sys.modules[module.__name__] = module  # dataclasses look there
    try:
        exec(compile(text, str(path), "exec"), module.__dict__)  # noqa: S102 (the user's own code, never kept compiled)
    except (Exception, SystemExit) as failure:
        raise _error(path, failure, "Correct it") from failure
    table = getattr(module, "TABLE", None)
    if not isinstance(table, Table):
        raise DeclarationError("it has no TABLE", where=str(path), remedy=f"Declare one: TABLE = Table(...); {GUIDE}")
    for wrong, what, remedy in (
        (table.name != f"gold.mart_{path.stem}", f"its TABLE is «{table.name}»", f"Name it gold.mart_{path.stem}"),
        (table.build is None, "its TABLE has no build", "Give the function that builds it"),
        (not table.reads, "its TABLE reads nothing", "Name the tables that its build takes in `reads`"),
        (not table.grain.startswith("one row per "), "its grain says no grain", "Begin it with: one row per"),
        (not table.key or not {*table.key} <= {*table.column_names}, "its key is none of its columns", "Name some"),
        (len({*table.column_names}) < len(table.columns), "two of its columns have one name", "Rename one"),
    ):
        if wrong:
            raise DeclarationError(what, where=f"{path}:{_line_of_table(text)}", remedy=remedy)
    explained = {name: _explained(path, make) for name in ("build", "finish") if (make := getattr(table, name))}
    columns = tuple(replace(c, required=c.required or c.name in table.key) for c in table.columns)
    return replace(table, columns=columns, declared_in=text, **explained)  # type: ignore[arg-type]


def _explained(path: Path, make: Callable[..., DataFrame]) -> Callable[..., DataFrame]:
    """The same function, whose mistakes have their place in the file."""

    first = getattr(getattr(make, "__code__", None), "co_firstlineno", None)

    @wraps(make)
    def made(*inputs: object, **given: object) -> DataFrame:
        try:
            frame = make(*inputs, **given)
            _ = frame.columns  # the engine looks at it
            return frame
        except ShoplakeError:
            raise
        except Exception as failure:
            if is_of_storage(failure):
                raise
            raise _error(path, failure, "Correct it; --debug shows the whole error", first) from failure

    return made


def _error(path: Path, failure: BaseException, remedy: str, first: int | None = None) -> DeclarationError:
    """At the last line of the file that the failure went through, else at the `first` one of what failed."""
    lines: list[int | None] = [first] if first else []
    lines += [frame.lineno for frame in traceback.extract_tb(failure.__traceback__) if frame.filename == str(path)]
    if isinstance(failure, SyntaxError) and failure.filename == str(path):
        lines, text = [failure.lineno], failure.msg
    else:
        text = next((line.strip() for line in str(failure).splitlines() if line.strip()), "")
    what = f"{type(failure).__name__}: {text[:300]}" if text else type(failure).__name__
    return DeclarationError(what, where=f"{path}:{lines[-1]}" if lines else str(path), remedy=remedy)


def _line_of_table(text: str) -> int:
    return next((at for at, line in enumerate(text.splitlines(), 1) if line.startswith("TABLE")), 1)
