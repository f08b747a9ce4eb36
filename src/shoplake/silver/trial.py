"""Tries a declaration on the first rows of its files: what would parse, what would be refused, what is unmapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession

from shoplake.bronze.drift import judged, refusal
from shoplake.bronze.files import find_files
from shoplake.bronze.land import bronze_table
from shoplake.bronze.load import Load, inspect
from shoplake.bronze.reader import FileToRead, read_file
from shoplake.contract import Table
from shoplake.errors import ShoplakeError
from shoplake.lake.place import Place
from shoplake.lake.schema import spark_schema
from shoplake.silver.entity import judge, with_fates
from shoplake.silver.feed import decided
from shoplake.silver.typed import typed_rows
from shoplake.sources.declaration import Source

ROWS_OF_A_FILE, FILES_OF_A_FEED = 1_000, 20


@dataclass(frozen=True, slots=True)
class Step:
    """Rows on their way into `name`. `refused`: reason -> (rows, the first one's file and row); `left`: names of
    columns in the files that nobody declared, or of the entity that nobody mapped."""

    name: str
    feed: str
    files: int
    rows: int
    refused: dict[str, tuple[int, str]]
    left: list[str]


@dataclass
class Trial:
    """What became of the first rows of a source's files; `problems` are files that can't be read at all."""

    steps: list[Step] = field(default_factory=list)
    problems: list[ShoplakeError] = field(default_factory=list)


def try_out(engine: SparkSession, source: Source, raw: Place, entities: Iterable[Table], now: datetime) -> Trial:
    """Read, parse, map and judge the first rows; writes nothing."""
    trial = Trial()
    held: dict[str, DataFrame] = {}
    looked_up = {lookup.feed for mapping in source.map.values() for lookup in mapping.lookups.values()}
    for feed in source.parse:
        loads = _accepted(source, feed, list(_inspected(source, feed, raw, now, trial)), trial)
        # What others look up is read whole: a key that isn't among the first rows would look like a missing one.
        most = None if feed in looked_up else ROWS_OF_A_FILE
        table = pa.Table.from_batches(
            [batch for load in loads for batch in _first_rows(source, feed, raw, load, most)],
            schema=_arrow_schema(bronze_table(source, feed)),
        )
        bronze = engine.createDataFrame(table, spark_schema(bronze_table(source, feed)))
        settled = decided(typed_rows(bronze, source, feed, loads), source, feed, len(loads), keeps_history=False)
        rows = settled.collect()
        undeclared = sorted(
            {name for load in loads for name in load.names} - {n for x in loads for n in x.columns.values()}
        )
        trial.steps.append(Step(feed, feed, len(loads), len(rows), _refused(rows), undeclared))
        held[feed] = settled.where("_reasons is null and _fate is null")
    _try_entities(source, entities, held, trial)
    return trial


def _try_entities(source: Source, entities: Iterable[Table], held: dict[str, DataFrame], trial: Trial) -> None:
    valid: dict[str, DataFrame] = {}
    for entity in (each.mapped for each in entities):
        if entity.base not in source.map:
            none = spark_schema(entity)
            valid[entity.base] = next(iter(held.values())).sparkSession.createDataFrame([], none)
            continue
        mapping = source.map[entity.base]

        def reads(_: DataFrame, of: Table = entity) -> list[DataFrame]:
            return [valid[table.base] for table in of.reads]

        judged = judge(entity, [(source, held[mapping.feed])], lambda _, feed: held[feed], reads)
        rows = judged.where("_filter is null").collect()
        own = {"source", *mapping.select}
        unmapped = [name for name in entity.mappable.column_names if name not in own]
        trial.steps.append(Step(entity.base, mapping.feed, 0, len(rows), _refused(rows), unmapped))
        good = judged.where("_filter is null and _reasons is null")
        holding = good if entity.is_event else with_fates(good, entity).where("_fate is null")
        valid[entity.base] = holding.select(*entity.column_names)


def _inspected(source: Source, feed: str, raw: Place, now: datetime, trial: Trial) -> Iterator[Load]:
    try:
        files = find_files(raw, source.source, source.parse[feed])
    except ShoplakeError as problem:
        trial.problems.append(problem)
        return
    for file in files[:FILES_OF_A_FEED]:
        try:
            yield inspect(file, source, feed, now)
        except ShoplakeError as problem:
            trial.problems.append(problem)


def _accepted(source: Source, feed: str, loads: list[Load], trial: Trial) -> list[Load]:
    """The loads that wouldn't stop a run by how their columns have changed."""
    found = judged(loads, source.parse[feed], source.change_of(feed), {})
    problems = {load.load_id: refusal(load, source.parse[feed]) for load in found}
    trial.problems += [problem for problem in problems.values() if problem]
    return [load for load in found if not problems[load.load_id]]


def _first_rows(source: Source, feed: str, raw: Place, load: Load, most: int | None) -> Iterator[pa.RecordBatch]:
    left = most
    for batch in read_file(FileToRead(load.path(raw).as_posix(), load, source.parse[feed])):
        yield batch if left is None else batch.slice(0, left)
        if left is not None:
            left -= batch.num_rows
            if left <= 0:
                return


def _arrow_schema(table: Table) -> pa.Schema:
    types = {"string": pa.string(), "bigint": pa.int64()}
    return pa.schema([(column.name, types[column.type]) for column in table.columns])


def _refused(rows: Iterable[Row]) -> dict[str, tuple[int, str]]:
    counts, first = Counter[str](), dict[str, str]()
    for row in sorted(rows, key=lambda row: (row["_file"], row["_row_number"])):
        for reason in row["_reasons"] or ():
            counts[reason] += 1
            first.setdefault(reason, f"{row['_file']}, row {row['_row_number']}")
    return {reason: (count, first[reason]) for reason, count in counts.most_common()}
