"""The rules of each table with what came of them: in the account of the published state, where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shoplake.contract import Reason, Table
from shoplake.documentation.text import code, codes, counted, link, plain
from shoplake.runs.account import FILTERED, READ, Account
from shoplake.runs.manifest import Manifest
from shoplake.sources.declaration import Source

NOT_YET = "not run yet"
Rule = tuple[str, str]  # what must be so, what came of it


class Results:
    """What the published state tells of the rules; everything is `NOT_YET` without one."""

    def __init__(self, manifest: Manifest | None) -> None:
        self.tables = manifest.tables if manifest else {}
        self.account = Account.from_json(manifest.account) if manifest else Account()

    def rows(self, table: str) -> str:
        return f"{self.tables[table].rows:,}" if table in self.tables else NOT_YET

    def of_feed(self, source: Source, feed: str) -> str:
        """What became of a feed's rows, and why some were refused."""
        if source.bronze(feed) not in self.tables:
            return NOT_YET
        fates = self._fates(f" -> {source.staging(feed)}")
        refused = self._refused("parse", source.quarantine(feed))
        why = ", ".join(f"{code(reason)} {rows:,}" for reason, rows in refused.items())
        told = ", ".join(f"{fate} {rows:,}" for fate, rows in fates.items())
        return told + (f"; refused: {why}" if why else "")

    def of_entity(self, entity: Table, sources: Iterable[Source]) -> Iterator[Rule]:
        """Rules that a row must keep to get into an entity, then what its maps leave out."""
        is_there = entity.name in self.tables
        refused, fates = self._refused(entity.base), self._fates(f" -> {entity.name}")

        def result(reason: str) -> str:
            return f"{counted(refused.pop(reason, 0))} refused" if is_there else NOT_YET

        if entity.is_event:
            yield f"{codes(entity.key)}: no two different rows", result(Reason.NOT_UNIQUE.of(",".join(entity.key)))
        else:
            merged = [f"{fates[fate]:,} {fate}" for fate in ("superseded", "deduplicated") if fate in fates]
            yield f"{codes(entity.key)}: the latest row holds", (", ".join(merged) or "holds") if is_there else NOT_YET
        required = [column.name for column in entity.columns if column.required]
        lacking = [
            f"{code(name)}: {result(reason)}" for name in required if (reason := Reason.REQUIRED.of(name)) in refused
        ]
        yield f"no null in {codes(required)}", "; ".join(lacking) or result("")
        for column in entity.columns:
            name = code(column.name)
            if column.allowed:
                yield f"{name} is {one_of(column.allowed)}", result(Reason.NOT_ALLOWED.of(column.name))
            ends = {"at least": column.minimum, "at most": column.maximum}
            if given := [f"{which} {end}" for which, end in ends.items() if end is not None]:
                yield f"{name} is {', '.join(given)}", result(Reason.OUT_OF_RANGE.of(column.name))
        for check in entity.checks:
            yield code(check.predicate), result(Reason.CHECK_FAILED.of(check.name))
        for reference in entity.references:
            name = code(reference.column)
            yield f"{name} is in {link(reference.table.name)}", self._missing(entity, reference.column)
        for reason, rows in refused.items():
            yield code(reason), f"{counted(rows)} refused"
        for source in sources:
            for name, sql in source.map[entity.base].filters.items():
                left_out = counted(fates.get(f"{FILTERED}:{name}", 0))
                yield f"without «{plain(name)}»: {code(sql)}", f"{left_out} left out" if is_there else NOT_YET

    def of_gold(self, table: Table) -> Iterator[Rule]:
        """Rules without which nothing is published: what is published keeps them."""
        holds = "holds" if table.name in self.tables else NOT_YET
        yield f"{codes(table.key)}: no two rows", holds
        if table.durable_key:
            yield f"one {codes(table.natural_key)} for each {code(table.durable_key)}", holds
        yield f"no null in {codes(column.name for column in table.columns if column.required)}", holds
        for wanted in table.reconciles:
            fates = self._fates(f"{wanted.source.name} -> {table.name}")
            count = f"{holds} ({counted(fates[READ])})" if READ in fates else holds
            yield f"as in {link(wanted.source.name)}: {', '.join(plain(name) for name in wanted.measures)}", count

    def _fates(self, way: str) -> dict[str, int]:
        """Rows by fate on a way such as `silver.order -> gold.fact_sales`, of which the beginning may be left out."""
        return {entry.fate: entry.rows for entry in self.account.entries if entry.subject.endswith(way)}

    def _refused(self, entity: str, table: str = "") -> dict[str, int]:
        found: dict[str, int] = {}
        for item in self.account.refused:
            if item.entity == entity and table in {"", item.table}:
                found[item.reason] = found.get(item.reason, 0) + item.rows
        return found

    def _missing(self, entity: Table, column: str) -> str:
        if entity.name not in self.tables:
            return NOT_YET
        for item in self.account.missing:
            if (item.table, item.column) == (entity.name, column):
                return f"{counted(item.values, 'value')} missing, in {counted(item.rows)}"
        return "holds"


def one_of(values: tuple[str, ...]) -> str:
    """The first of them: a list of all time zones would fill pages."""
    return f"one of {', '.join(plain(value) for value in values[:10])}{', ...' if len(values) > 10 else ''}"
