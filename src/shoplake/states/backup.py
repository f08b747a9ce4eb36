"""A copy of one published state in a folder of its own, and a lake made from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shoplake.config import Project
from shoplake.errors import DeclarationError
from shoplake.lake import Lake
from shoplake.lake.copying import copy_table
from shoplake.lake.place import Place, copy, listed
from shoplake.lake.upkeep import LAYERS
from shoplake.runs.closings import Closings
from shoplake.runs.lock import only_one
from shoplake.runs.manifest import Manifest, Manifests
from shoplake.runs.progress import Progress
from shoplake.runs.publication import restore_heads
from shoplake.states.publish import publish, record

_CLONE = "Clone its schemas in the catalog: CREATE TABLE ... DEEP CLONE ... VERSION AS OF, and copy runs/"
_OF_TABLES = (".json", ".parquet")
_MANIFESTS, _LEDGER, _CLOSINGS = (Path("runs", name) for name in ("manifests", "ledger", "closings"))


def backup(project: Project, folder: Path, number: int | None, progress: Progress) -> Manifest:
    """Copy a state, by default the newest, to a new or empty folder; every digest is verified on the way.

    Runs may go on meanwhile: no file of a published state changes, and one that maintenance removed is missed.
    Raises DeclarationError where the folder isn't empty or there is no such state, QualityError where it is damaged.
    """
    manifest = Manifests(project.manifests).chosen(number)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DeclarationError("it isn't empty", where=str(folder), remedy="Name a new folder for each backup")
    copied = _copy(project.files(_CLONE), Lake(folder), manifest, progress)
    _copy_record(project.ledger, folder / _LEDGER, manifest)
    _copy_closings(project.closings, folder / _CLOSINGS)
    Manifests(folder / _MANIFESTS).publish(copied)  # last: a folder without it is no backup
    return manifest


def restore(project: Project, folder: Path, progress: Progress) -> Manifest:
    """Make an empty lake what a backup is a copy of, under the same number; every digest is verified on the way.

    Raises DeclarationError where the lake isn't empty or the folder is no backup, QualityError where that is damaged.
    """
    numbers = Manifests(folder / _MANIFESTS).numbers()
    if not numbers:
        remedy = "Name a folder that `shoplake backup` has filled to the end"
        raise DeclarationError("it is no backup", where=str(folder), remedy=remedy)
    manifest = Manifests(folder / _MANIFESTS).read(numbers[-1])
    with only_one(project.lock):
        lake = project.files(_CLONE)
        records = (*Manifests(project.manifests).numbers(), *Closings(project.closings).files())
        if records or any(name.endswith(_OF_TABLES) for layer in LAYERS for name in listed(project.data / layer)):
            remedy = (
                "Move its tables and runs/ away, what a restore that was cut off has left too, or name another lake"
            )
            raise DeclarationError("the lake isn't empty", where=str(project.data), remedy=remedy)
        manifest = _copy(Lake(folder), lake, manifest, progress)
        _copy_record(folder / _LEDGER, project.ledger, manifest)
        _copy_closings(folder / _CLOSINGS, project.closings)
        publish(project, lake, manifest)
        record(project, manifest, "restore", f"number {manifest.number} is restored from {folder.name}")
    return manifest


def _copy(source: Lake, target: Lake, manifest: Manifest, progress: Progress) -> Manifest:
    """Copy all tables, or leave nothing behind; gives the manifest with the digests of the copies.

    Rows of held loads go along; the heads are at what is published.
    """
    progress.stage("copy")
    tables = dict(manifest.tables)
    try:
        for name, table in manifest.tables.items():
            progress.table(name)
            held = {each.version for each in manifest.held if each.table == name}
            files = copy_table(source, target, name, table.version, table.files, held - {table.version})
            tables[name] = replace(table, files=files)
        restore_heads(target, manifest)
        return replace(manifest, tables=tables)
    except BaseException:
        for layer in LAYERS:
            target.drop_layer(layer)
        raise


def _copy_closings(start: Place, end: Place) -> None:
    """Closed months belong to no state: all go along, and each must be readable."""
    closings = Closings(start)
    closings.all()
    for path in closings.files():
        copy(path, end / path.name)


def _copy_record(start: Place, end: Place, manifest: Manifest) -> None:
    name = f"{manifest.run_id}.json"
    if (start / name).is_file():
        copy(start / name, end / name)
