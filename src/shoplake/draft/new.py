"""Drafts a source: looks at files, writes `sources/<name>/source.yml`, copies the files if asked to."""

from __future__ import annotations

import filecmp
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from shoplake.draft.columns import LOOK
from shoplake.draft.entities import draft_map
from shoplake.draft.feeds import read_feeds, shared_name, snake
from shoplake.draft.layout import plain_name, raw_files
from shoplake.draft.render import render
from shoplake.draft.roles import find_keys
from shoplake.errors import DeclarationError, InputError
from shoplake.lake.failures import explained
from shoplake.silver import BY_BASE
from shoplake.sources.catalog import load_source


def new_source(
    folder: Path, raw: Path, files: list[Path], name: str | None, *, force: bool, tell: Callable[[str], None]
) -> Path:
    """Draft the declaration of `files` in a project's `folder`, and give its path. Replaces one only by `force`."""
    found = raw_files(sorted({path.resolve() for path in files}))
    if name is None:
        beside = found[0].path.parent
        shared = "" if beside.is_relative_to(raw.resolve()) else shared_name([plain_name(file) for file in found])
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


def copy_files(files: list[Path], raw: Path, tell: Callable[[str], None]) -> None:
    """Copy files to where a source's raw files lie. Raises InputError before another file would be replaced."""
    with explained(str(raw)):
        raw.mkdir(parents=True, exist_ok=True)
        for file in files:
            tell(f"copying {file.name}")
            there = raw / file.name
            if not there.exists():
                shutil.copy2(file, there)
            elif not filecmp.cmp(file, there, shallow=False):
                raise InputError("another file of its name is there", where=str(there), remedy="Rename one of them")


def report(declaration: Path, raw: Path, files: list[Path]) -> Iterator[str]:
    """What is uncertain, and what to do next. `raw`: where the files belong."""
    yield f"The draft: {declaration}"
    for number, line in enumerate(declaration.read_text("utf-8").splitlines(), 1):
        yield from (f"  line {number}: {remark}" for remark in line.split(f"{LOOK}: ")[1:])
    yield "\nNext: decide what is said above, then"
    if not all((raw / file.name).exists() for file in files):
        yield f"  copy the files to {raw} (another time, --copy does)"
    yield from ("  shoplake check", "  shoplake run")
