"""The step boundaries of a run, named from outside: the product knows nothing of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest.mock import patch

import deltalake
import obstore

from shoplake.lake import Lake
from shoplake.runs import publication
from shoplake.runs.account import Account
from shoplake.warehouse import duckdb_file, parity


def _table(path: object) -> str:
    """`silver.order` of .../silver/order."""
    return ".".join(Path(str(path)).parts[-2:])


def _record(name: str) -> str:
    return "what was seen" if name == "seen.json" else "the manifest" if name.startswith("0000") else "the ledger"


# What is done, to what, and by which function: before it and after it is a boundary.
_STEPS: list[tuple[str, Callable[..., str], Any, str]] = [
    ("write", lambda _, name, *__, **___: _record(name), obstore, "put"),
    ("restore the head of", lambda _, name, __: name, Lake, "restore"),
    ("create", lambda path, **_: _table(path), deltalake.DeltaTable, "create"),
    ("take rows out of", lambda _, name, *__: name, Lake, "remove"),
    ("delete from", lambda delta, *_, **__: _table(delta.table_uri), deltalake.DeltaTable, "delete"),
    ("drop", lambda _, layer: layer, Lake, "drop_layer"),
    ("balance", lambda _: "the account", Account, "check"),
    ("flush", lambda _, name, *__: name, publication, "make_durable"),
    ("fill the warehouse with", lambda _, __, table, ___: table.name, duckdb_file, "fill"),
    ("compare", lambda _, __, table, *___: table.name, parity, "check"),
    ("build", lambda *_: "the warehouse", duckdb_file, "build"),
    ("swap in", lambda *_: "the warehouse", duckdb_file, "swap_in"),
]


@contextmanager
def announced(tell: Callable[[str], None]) -> Iterator[None]:
    """Call `tell` with the name of each boundary that is crossed; an engine must be open."""
    from pyspark.sql.connect.readwriter import DataFrameWriter

    commit = ("commit", lambda _, path: _table(path), DataFrameWriter, "save")
    with ExitStack() as stack:
        for what, subject, owner, name in [*_STEPS, commit]:
            stack.enter_context(patch.object(owner, name, _told(what, subject, owner, name, tell)))
        yield


def kind(boundary: str) -> str:
    """The boundary without its table: `before commit silver` of `before commit silver.order`."""
    return boundary.partition(".")[0]


def _told(what: str, subject: Callable[..., str], owner: Any, name: str, tell: Callable[[str], None]) -> Any:
    real = getattr(owner, name)

    @wraps(real)
    def wrapper(*args: Any, **options: Any) -> Any:
        label = f"{what} {subject(*args, **options)}"
        tell(f"before {label}")
        result = real(*args, **options)
        tell(f"after {label}")
        return result

    return staticmethod(wrapper) if getattr(real, "__self__", None) is owner else wrapper
