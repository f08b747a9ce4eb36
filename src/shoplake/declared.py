"""What a run makes its tables by: the sources that have files, and the tables with their columns and settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shoplake import gold, silver
from shoplake.config import Project
from shoplake.contract import Table
from shoplake.gold.own.find import with_own
from shoplake.runs.closings import Closings
from shoplake.runs.fingerprint import fingerprint, of_code
from shoplake.sources.declaration import Source
from shoplake.sources.extend import extras_of


@dataclass(frozen=True, slots=True)
class Declared:
    """`entities` of silver and `tables` of gold, each after those that it reads."""

    sources: tuple[Source, ...]
    entities: tuple[Table, ...]
    tables: tuple[Table, ...]

    @property
    def names(self) -> list[str]:
        """Of the sources."""
        return [source.source for source in self.sources]

    @property
    def digest(self) -> str:
        """The same where code, declarations and settings are the same."""
        made_by = [(table.name, table.settings, table.declared_in) for table in self.tables]
        return fingerprint(of_code("gold"), [source.model_dump() for source in self.sources], made_by)


def declared(project: Project, sources: Iterable[Source]) -> Declared:
    """What the project and these sources declare."""
    sources = tuple(sources)
    extras = extras_of(sources)
    business = project.business.reporting_in(source.currency for source in sources)
    tables = with_own(gold.tables(extras, business, Closings(project.closings).all()), project.folder, business)
    return Declared(sources, silver.entities(extras), tables)
