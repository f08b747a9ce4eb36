"""Gold of a catalog as plain files beside it, for what reads files: each version of a table is copied once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb

from shoplake.contract import Table
from shoplake.lake import CatalogLake
from shoplake.lake.durability import damages, sync, sync_and_digest
from shoplake.lake.failures import explained
from shoplake.lake.place import Place, at_hand, listed, matching, put, remove_tree
from shoplake.runs.manifest import Manifest, PublishedTable
from shoplake.runs.progress import Progress
from shoplake.warehouse.parity import Figures, compare, named
from shoplake.warehouse.portable import SPARK, figures_in
from shoplake.warehouse.published import figures_of

_DONE = "_files.json"


class Copies:
    """The published tables of gold in `<folder>/<table>/<digest of the log>/`, as in a table's own folder.

    `manifest` is theirs: that of the catalog, with their files.
    """

    anew = "Remove the folder of its copy, and load again"

    def __init__(self, lake: CatalogLake, manifest: Manifest, folder: Place) -> None:
        self._lake, self._folder = lake, folder
        self.manifest = manifest

    def contract(self, name: str, version: int) -> Table:
        return self._lake.contract(name, version)

    def log_digest(self, name: str, version: int) -> str:
        return self._lake.log_digest(name, version)

    def path(self, name: str) -> Place:
        return self._folder / name.partition(".")[2] / self.manifest.tables[name].log[:16]

    def sizes(self, name: str, version: int) -> dict[str, int]:  # noqa: ARG002
        there = listed(self.path(name))
        return {file: there[file] for file in self.manifest.tables[name].files}

    def at_hand(self, name: str, files: Iterable[str]) -> AbstractContextManager[Path]:
        return at_hand(self.path(name), files)

    def make(self, progress: Progress) -> None:
        """Copy what isn't there yet, and forget the rest; raises QualityError where a copy or its table is wrong."""
        progress.stage("copy")
        tables = dict(self.manifest.tables)
        for name, published in self._gold():
            progress.table(name)
            with explained(str(self.path(name))):
                if (files := self._known(name)) is None:
                    files = self._copy(name, published)
                tables[name] = replace(published, files=files)
        self.manifest = replace(self.manifest, tables=tables)
        self.forget()

    def forget(self) -> None:
        """Remove the copies of what the manifest doesn't name."""
        kept = {self.path(name) for name, _ in self._gold()}
        with explained(str(self._folder)):
            for each in matching(self._folder, "*/*"):
                if each not in kept and each.is_dir():
                    (each / _DONE).unlink(missing_ok=True)  # first: half of a copy is none
                    remove_tree(each)

    def _gold(self) -> Iterator[tuple[str, PublishedTable]]:
        return ((name, each) for name, each in self.manifest.tables.items() if name.startswith("gold."))

    def _known(self, name: str) -> dict[str, str] | None:
        """The files of a copy that is whole."""
        try:
            files = dict(json.loads((self.path(name) / _DONE).read_text("utf-8")))
        except (OSError, ValueError):
            return None
        return files if files.keys() <= listed(self.path(name)).keys() else None

    def _copy(self, name: str, published: PublishedTable) -> dict[str, str]:
        """Let the engine write the rows of a version, and compare them with it."""
        for damage in damages(self._lake, name, published.version, published.log, {}):
            raise damage  # the table was made anew, and this version of it is another one
        at, table = self.path(name), self.contract(name, published.version)
        remove_tree(at)
        writer = self._lake.read(name, published.version).write.mode("overwrite")  # a store may have kept the folder
        (writer.partitionBy(table.partitioned_by) if table.partitioned_by else writer).parquet(at.as_posix())
        files = {file: sync_and_digest(at / file) for file in sorted(listed(at)) if file.endswith(".parquet")}
        there = {**self._figures(table, published.version), "number of rows": Decimal(published.rows)}
        with self.at_hand(name, files) as root, duckdb.connect() as db:
            compare(name, figures_of(db, table, root, files), there, "the copy", "Load again")
        put(at / _DONE, json.dumps(files, indent=1).encode())
        sync(at / _DONE)
        return files

    def _figures(self, table: Table, version: int) -> Figures:
        """As the catalog's own engine counts them."""
        wanted = figures_in(SPARK, table)
        cells = ", ".join(wanted.values()).replace('"', "`")
        (row,) = self._lake.sql(f"SELECT {cells} FROM {self._lake.at(table.name, version)}").collect()  # noqa: S608
        return named(wanted, row)
