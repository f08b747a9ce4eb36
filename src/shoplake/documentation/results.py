"""The rules of each table with what came of them: in the account of the published state, where there is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from shoplake.contract import Reason, Table
from shoplake.documentation.text import code, codes, counted, link, one_of, plain
from shoplake.runs.account import FILTERED, LOADED, Account
from shoplake.runs.manifest import Manifest
from shoplake.sources.declaration import Source

NOT_YET = "not run yet"
Rule = tuple[str, str]  # what must be so, what came of it

# What becomes of rows of one key.
_MERGED = ("superseded", "deduplicated", "unchanged", "deleted")


class Results:
    """What the published state tells of the rules; everything is `NOT_YET` without one."""

    def __init__(self, manifest: Manifest | None) -> None:
        self.account = Account.from_json(manifest.account) if manifest else Account()
        self.rows = {name: f"{table.rows:,}" for name, table in manifest.tables.items()} if manifest else {}

    def of_feed(self, source: Source, feed: str) -> str:
        """What became of a feed's rows, and why some were refused."""
        fates, refused = self._fates(source.staging(feed)), self._refused("parse", source.quarantine(feed))
        told = ", ".join(f"{fate} {rows:,}" for fate, rows in fates.items())
        why = ", ".join(f"{code(reason)} {rows:,}" for reason, rows in refused.items())
        return (told + (f"; refused: {why}" if why else "")) if source.bronze(feed) in self.rows else NOT_YET

    def of_table(self, table: Table, sources: Iterable[Source]) -> list[Rule]:
        """The rules of an entity that `sources` map, or of a table of gold."""
        rules = self._of_gold(table) if table.name.startswith("gold.") else self._of_entity(table, sources)
        return [(rule, told if table.name in self.rows else NOT_YET) for rule, told in rules]

    def _of_entity(self, entity: Table, sources: Iterable[Source]) -> Iterator[Rule]:
        """Rules that a row must keep to get into an entity, then what its maps leave out."""
        refused, fates = self._refused(entity.base), self._fates(entity.name)

        def result(reason: str) -> str:
            return f"{counted(refused.pop(reason, 0))} refused"

        if entity.is_event:
            yield f"{codes(entity.key)}: no two different rows", result(Reason.NOT_UNIQUE.of(",".join(entity.key)))
        else:
            merged = ", ".join(f"{fates[fate]:,} {fate}" for fate in _MERGED if fates.get(fate))
            yield f"{codes(entity.key)}: the latest row holds", merged or "holds"
        required = {column.name: Reason.REQUIRED.of(column.name) for column in entity.columns if column.required}
        lacking = [f"{code(name)}: {result(reason)}" for name, reason in required.items() if reason in refused]
        yield f"no null in {codes(required)}", "; ".join(lacking) or result("")
        for column in entity.columns:
            if column.allowed:
                yield f"{code(column.name)} is {one_of(column)}", result(Reason.NOT_ALLOWED.of(column.name))
            ends = {"at least": column.minimum, "at most": column.maximum}
            if given := [f"{which} {end}" for which, end in ends.items() if end is not None]:
                yield f"{code(column.name)} is {', '.join(given)}", result(Reason.OUT_OF_RANGE.of(column.name))
        for check in entity.checks:
            yield code(check.predicate), result(Reason.CHECK_FAILED.of(check.name))
        missing = {item.column: item for item in self.account.missing if item.table == entity.name}
        for reference in entity.references:
            item, rule = missing.get(reference.column), f"{code(reference.column)} is in {link(reference.table.name)}"
            yield rule, f"{counted(item.values, 'value')} missing, in {counted(item.rows)}" if item else "holds"
        yield from ((code(reason), result(reason)) for reason in list(refused))  # no rule's that is declared now
        for source in sources:
            for name, sql in source.map[entity.base].filters.items():
                rows = fates.get(f"{FILTERED}:{name}", 0)
                yield f"without «{plain(name)}»: {code(sql)}", f"{counted(rows)} left out"

    def _of_gold(self, table: Table) -> Iterator[Rule]:
        """Rules without which nothing is published: what is published keeps them."""
        yield f"{codes(table.key)}: no two rows", "holds"
        if table.durable_key:
            yield f"one {codes(table.natural_key)} for each {code(table.durable_key)}", "holds"
        yield f"no null in {codes(column.name for column in table.columns if column.required)}", "holds"
        for wanted in table.reconciles:
            loaded = self._fates(table.name, wanted.source.name).get(LOADED)
            rule = f"as in {link(wanted.source.name)}: {', '.join(map(plain, wanted.measures))}"
            yield rule, "holds" if loaded is None else f"holds ({counted(loaded)})"

    def _fates(self, table: str, start: str = "") -> dict[str, int]:
        """Rows by fate on the way to a table."""
        return {e.fate: e.rows for e in self.account.entries if e.subject.endswith(f"{start} -> {table}")}

    def _refused(self, entity: str, table: str = "") -> Counter[str]:
        found = Counter[str]()
        for item in self.account.refused:
            if item.entity == entity and table in {"", item.table}:
                found[item.reason] += item.rows
        return found
