"""Drafts a source: looks at files, writes `sources/<name>/source.yml`, copies the files if asked to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import cast

from shoplake.draft.columns import LOOK
from shoplake.draft.entities import draft_map
from shoplake.draft.feeds import read_feeds, shared_name, snake
from shoplake.draft.layout import plain_name, raw_files
from shoplake.draft.render import render
from shoplake.draft.roles import find_keys
from shoplake.errors import DeclarationError, InputError
from shoplake.lake.failures import explained
from shoplake.lake.place import Place, copy
from shoplake.silver import BY_BASE
from shoplake.sources.catalog import load_source


def new_source(
    folder: Path, raw: Place, files: list[Path], name: str | None, *, force: bool, tell: Callable[[str], None]
) -> Path:
    """Draft the declaration of `files` in a project's `folder`, and give its path. Replaces one only by `force`."""
    found = raw_files(sorted({path.resolve() for path in files}))
    if name is None:
        beside = found[0].path.parent
        is_raw = isinstance(raw, Path) and beside.is_relative_to(raw.resolve())
        shared = "" if is_raw else shared_name([plain_name(file) for file in found])
        name = next((text for text in (shared, snake(beside.name)) if text[:1].isalpha()), "my_shop")
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise DeclarationError(f"«{name}» can't name a source", remedy="Use small letters, digits and _: my_shop")
    declaration = folder / "sources" / name / "source.yml"
    if declaration.exists() and not force:
        raise DeclarationError("it is there already", where=str(declaration), remedy="Add --force to replace it")
    feeds = find_keys(read_feeds(found, name, tell))
    with explained(str(declaration)):
        declaration.parent.mkdir(parents=True, exist_ok=True)
        declaration.write_text(render(name, feeds, draft_map(feeds)), "utf-8")
    load_source(declaration, BY_BASE)
    return declaration


def copy_files(files: list[Path], raw: Place, tell: Callable[[str], None]) -> None:
    """Copy files to where a source's raw files lie. Raises InputError before another file would be replaced."""
    with explained(str(raw)):
        for file in files:
            tell(f"copying {file.name}")
            there = raw / file.name
            if not there.exists():
                copy(file, there)
            elif _sha256(file) != _sha256(there):
                raise InputError("another file of its name is there", where=str(there), remedy="Rename one of them")


def _sha256(file: Place) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(cast(BufferedReader, stream), "sha256").hexdigest()


def report(declaration: Path, raw: Place, files: list[Path]) -> Iterator[str]:
    """What is uncertain, and what to do next. `raw`: where the files belong."""
    yield f"The draft: {declaration}"
    for number, line in enumerate(declaration.read_text("utf-8").splitlines(), 1):
        yield from (f"  line {number}: {remark}" for remark in line.split(f"{LOOK}: ")[1:])
    yield "\nNext: decide what is said above, then"
    if not all((raw / file.name).exists() for file in files):
        yield f"  copy the files to {raw} (another time, --copy does)"
    yield from ("  shoplake check", "  shoplake run")
