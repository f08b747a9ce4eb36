"""From a figure to the rows that it is made of: in gold, in silver, and in the raw files."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from shoplake import silver
from shoplake.bronze.load import Load
from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Table
from shoplake.errors import QueryError
from shoplake.gold.facts import returns, sales
from shoplake.lake import Lake, TableStore
from shoplake.runs.manifest import Manifest
from shoplake.runs.run import definition_of, loads_of
from shoplake.silver.change import DEDUPLICATED, SUPERSEDED
from shoplake.silver.entity import judge, with_fates
from shoplake.silver.feed import decided
from shoplake.silver.quarantine import as_it_came
from shoplake.silver.refine import declared
from shoplake.silver.typed import write_typed
from shoplake.sources.declaration import Source
from shoplake.sources.extend import extras_of
from shoplake.warehouse.query import Answer, ask

# What tells a row of bronze from others, beside its file.
_OWN = ["_load_id", "_row_number", "_item_number"]
_MERGED = (SUPERSEDED, DEDUPLICATED)
FACTS = {table.base: table for table in (sales.TABLE, returns.TABLE)}


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of a file behind a row of `entity`; `fate` is empty where it holds."""

    entity: str
    key: dict[str, Any]
    file: str
    number: int
    item: int
    fate: str
    row: str


@dataclass(frozen=True, slots=True)
class Trace:
    """`total` rows of the fact answer the filter; the first of them, those of silver by entity, and the raw rows."""

    total: int
    gold: Answer
    silver: dict[str, Answer]
    raw: list[RawRow]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def trace(
    lake: TableStore, manifest: Manifest, sources: dict[str, Source], warehouse: Path, fact: str, where: str, most: int
) -> Trace:
    """The first `most` rows of a fact for which a filter holds, and what is behind them. Needs the lake's engine."""
    if fact not in FACTS:
        raise QueryError(f"«{fact}» is no fact", remedy=f"There are: {', '.join(FACTS)}")
    table, condition, entities = FACTS[fact], _condition(where), _as_published(manifest, sources)
    rows = f"FROM {fact} WHERE {condition}"
    ((total,),) = ask(warehouse, f"SELECT count(*) {rows}").rows
    found = ask(warehouse, f"SELECT * {rows} ORDER BY {', '.join(table.key)} LIMIT {most}")
    of_silver, raw = dict[str, Answer](), list[RawRow]()
    for entity in (each for each in entities if each.name in {read.name for read in table.reads}):
        at = [found.columns.index(name) for name in entity.key]
        keys = sorted({tuple(row[position] for position in at) for row in found.rows}, key=repr)
        if keys := [key for key in keys if None not in key]:
            wanted = lake.engine.createDataFrame(keys, _schema(entity))
            every = lake.read(entity.name, manifest.tables[entity.name].version)
            there = every.join(wanted, on=list(entity.key), how="left_semi").select(*entity.column_names).collect()
            there.sort(key=lambda row, key=entity.key: repr([row[name] for name in key]))  # type: ignore[misc]
            of_silver[entity.base] = Answer(list(entity.column_names), [tuple(row) for row in there])
            for name in sorted({key[0] for key in keys}):
                raw += _raw_rows(lake, manifest, sources[name], entity, wanted)
    return Trace(total, found, of_silver, raw)


def _as_published(manifest: Manifest, sources: dict[str, Source]) -> tuple[Table, ...]:
    """The entities with their extra columns; refuses others than those that the published state was built by."""
    known = {load["source"] for load in manifest.loads}
    active = [source for name, source in sources.items() if name in known]
    entities = silver.entities(extras_of(active))
    for entity in entities:
        if definition_of(entity.name, declared(active)) != manifest.tables[entity.name].definition:
            raise QueryError(
                f"state {manifest.number} was built by other declarations or another shoplake",
                where=entity.name,
                remedy="Run `shoplake run` first",
            )
    return entities


def _condition(where: str) -> str:
    """The filter in brackets; refuses what is more than one condition."""
    try:
        tree = parse_one(f"SELECT 1 WHERE {where}\n", dialect="duckdb")
    except SqlglotError as failure:
        raise QueryError("the filter is not valid SQL", where=where, remedy="Such as: order_id = '1001'") from failure
    parts = {name for name, value in tree.args.items() if value}
    if not isinstance(tree, exp.Select) or not parts <= {"expressions", "where", "kind"}:
        raise QueryError("the filter is more than one condition", where=where, remedy="Such as: order_id = '1001'")
    return f"({tree.args['where'].this.sql('duckdb')})"


def _schema(entity: Table) -> str:
    return ", ".join(f"{name} {entity[name].type}" for name in entity.key)


def _raw_rows(lake: TableStore, manifest: Manifest, source: Source, entity: Table, wanted: DataFrame) -> list[RawRow]:
    """The rows of the driving feed's files that map to the wanted rows.

    With those that hold no longer, unless the pipeline numbers the rows: then these have no number.
    """
    mapping = source.map[entity.base]
    is_told = {"source", *mapping.select} >= set(entity.key)
    with tempfile.TemporaryDirectory() as folder:
        # Typed rows are staged aside, as a run does: another run may be at work in the lake.
        aside = Lake(Path(folder), lake.engine)

        def rows(_: Source, feed: str) -> DataFrame:
            bronze = lake.read(source.bronze(feed), manifest.tables[source.bronze(feed)].version)
            loads = [Load.from_json(load) for load in loads_of(manifest.loads, source.source, feed)]
            typed, _types = write_typed(aside, source, feed, bronze, loads, "trace")
            staged = aside.read(typed.table, typed.version)
            good = decided(staged, source, feed, len(loads), keeps_history=False).where("_reasons is null")
            holds = F.col("_fate").isNull()
            return good.where(holds | F.col("_fate").isin(*_MERGED) if is_told and feed == mapping.feed else holds)

        reads = [lake.read(table.name, manifest.tables[table.name].version) for table in entity.reads]
        judged = judge(entity, [(source, rows(source, mapping.feed))], rows, lambda _: reads).where(
            "_filter is null and _reasons is null"
        )
        mine = with_fates(judged.join(wanted, on=list(entity.key), how="left_semi"), entity)
        bronze = lake.read(source.bronze(mapping.feed), manifest.tables[source.bronze(mapping.feed)].version)
        came = bronze.select(*_OWN, as_it_came(source, mapping.feed))
        found = mine.select(*entity.key, "_fate", *LINEAGE).join(came, on=_OWN, how="inner")
        rows_there = [_raw_row(entity, row) for row in found.collect()]
    return sorted(rows_there, key=lambda row: (repr(row.key), row.fate, row.file, row.number, row.item))


def _raw_row(entity: Table, row: Row) -> RawRow:
    return RawRow(
        entity=entity.base,
        key={name: row[name] for name in entity.key},
        file=row["_file"],
        number=row["_row_number"],
        item=row["_item_number"],
        fate=row["_fate"] or "",
        row=row["row"],
    )
