"""Raw files to a bronze table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import partial, reduce
from operator import or_

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.again import split_again
from shoplake.bronze.arrivals import Arrivals
from shoplake.bronze.load import Load
from shoplake.bronze.reader import FileToRead, read_files
from shoplake.contract import Column, Table, Text
from shoplake.lake import TableStore, TableVersion
from shoplake.lake.place import Place
from shoplake.runs.account import EXPANDED, LOADED, READ, Entry
from shoplake.runs.run import Due, Run
from shoplake.sources.declaration import Feed, Source

LINEAGE_COLUMNS = (
    Text("_load_id", "the load that brought the row", required=True),
    Text("_file", "the raw file, relative to the raw folder", required=True),
    Column("_row_number", "bigint", "row of the file, the header counted as one", required=True),
    Column("_item_number", "bigint", "item of the row's exploded list; 0 where nothing is exploded", required=True),
)


def bronze_table(source: Source, feed: str) -> Table:
    """The contract of a feed's rows as they came. Any value may be personal, so none has statistics."""
    return Table(
        name=source.bronze(feed),
        meaning=f"{source.title}: {feed} as they came, every value as text",
        grain="one row per row of a raw file, or item of its exploded list",
        key=("_load_id", "_row_number", "_item_number"),
        columns=(
            *(Text(name, "as it came", personal=True) for name in source.parse[feed].columns),
            Text("_extra", "values of columns that the declaration doesn't name, as JSON", personal=True),
            Text("_unsplit", "the whole row where it couldn't be split into columns", personal=True),
            Text("_reason", "why it couldn't be split"),
            *LINEAGE_COLUMNS,
        ),
    )


def land(run: Run, arrivals: Arrivals, raw: Place) -> None:
    """Bring each feed's bronze table up to its loads; every row of every file is accounted for.

    What landed stays as it is: a new file is appended, and what one superseded is taken out.
    """
    for source in arrivals.sources:
        for feed in source.parse:
            _land_feed(run, source, feed, raw, arrivals.loads[source.source, feed])


def due_of(run: Run, source: Source, feed: str, loads: list[Load]) -> Due:
    """What a feed's bronze table needs, given the loads that it should hold."""
    held = sorted(load.load_id for load in loads)
    return run.due(bronze_table(source, feed), source.parse[feed].layout, data=held, force=run.options.reland)


def _land_feed(run: Run, source: Source, feed: str, raw: Place, loads: list[Load]) -> None:
    table = bronze_table(source, feed)
    before = {load.load_id: load for load in map(Load.from_json, run.kept_loads(source.source, feed))}
    due = due_of(run, source, feed, loads)
    if due is Due.NO:
        known = {load.load_id for load in loads}
        landed = [load for load in loads if load.load_id in before]  # another may wait until its feed is selected
        landed += [load for name, load in before.items() if name not in known]
        made = run.kept_version(table.name)
    elif due is Due.DATA:
        new = [load for load in loads if load.load_id not in before]
        lost = before.keys() - {load.load_id for load in loads}
        made = run.build(table.name, partial(_change, run, source, feed, raw, new, lost), anew=False)
        counted = _counted(_added(run, made, new), source.parse[feed], new)
        landed = [counted.get(load.load_id, load) for load in loads]
    else:
        rows = _rows(run, source, feed, raw, loads)
        made = run.build(table.name, partial(run.lake.overwrite, table, rows, run.run_id))
        landed = list(_counted(run.lake.read(table.name, made.version), source.parse[feed], loads).values())
    run.loads += [load.to_json() for load in landed]
    run.account.entries += _entries(source.parse[feed], made, landed)


def _change(run: Run, source: Source, feed: str, raw: Place, new: list[Load], lost: Collection[str]) -> TableVersion:
    """Take out the rows of loads that no longer count, and append those of new ones."""
    table = bronze_table(source, feed)
    made = run.version(table.name)  # looked through before it is changed
    if lost:
        made = run.lake.remove(table.name, "_load_id", lost, run.run_id)
    return run.lake.append(table, _rows(run, source, feed, raw, new), run.run_id) if new else made


def _added(run: Run, made: TableVersion, new: list[Load]) -> DataFrame:
    return run.lake.added(made, run.kept_version(made.table), [load.load_id for load in new])


def _rows(run: Run, source: Source, feed: str, raw: Place, loads: list[Load]) -> DataFrame:
    """The rows of the files that are there, and the landed ones of files that have gone, split as is declared now."""
    there = [load for load in loads if not load.has_gone]
    table = bronze_table(source, feed)
    rows = read_loads(run.lake, source, feed, raw, there) if there else run.lake.empty(table)
    kept = [*(held.load for held in run.held), *run.kept_loads(source.source, feed)]
    known = {load["load_id"]: load["columns"] for load in kept}
    gone: dict[int, dict[str, dict[str, str]]] = {}
    for load in loads:
        if load.has_gone:
            gone.setdefault(run.landed_in(table.name, load.load_id), {})[load.load_id] = load.columns
    if gone:
        run.version(table.name)  # looked through
    for version, now in gone.items():
        landed = run.lake.read(table.name, version).where(F.col("_load_id").isin(*now))
        then = {name: known[name] for name in now}
        split = partial(split_again, feed_json=source.parse[feed].model_dump_json(), before=then, now=now)
        rows = rows.unionByName(landed.mapInArrow(split, _schema(table)))
    return rows


def _entries(feed: Feed, made: TableVersion, loads: list[Load]) -> list[Entry]:
    """The lines of the files less their headers and the breaks within values, against the rows in bronze."""
    subject = f"raw -> {made.table}"
    read = sum(load.lines - load.header_lines - load.breaks for load in loads)
    entries = [Entry(subject, READ, read), Entry(subject, LOADED, made.rows)]
    if feed.explode:
        entries.append(Entry(subject, EXPANDED, sum(load.expanded for load in loads)))
    return entries


def _counted(landed: DataFrame, feed: Feed, loads: list[Load]) -> dict[str, Load]:
    """The loads by their ids, with what was counted of each in the rows that landed."""
    of_each = landed.groupBy("_load_id").agg(F.count("*"), F.count_if(F.col("_item_number") > 1)).collect()
    rows = {name: (count, expanded) for name, count, expanded in of_each}
    breaks: dict[str, int] = {}
    quoted = [load.load_id for load in loads if load.has_quotes and feed.format == "csv"]
    if quoted:
        values = [*feed.columns, "_extra", "_unsplit"]
        found = landed.where(F.col("_load_id").isin(quoted)).where(reduce(or_, map(_may_break, values)))
        number = sum((_breaks(name) for name in values), start=F.lit(0))
        breaks = dict(found.groupBy("_load_id").agg(F.sum(number)).collect())
    return {
        load.load_id: replace(
            load,
            rows=rows.get(load.load_id, (0, 0))[0],
            expanded=rows.get(load.load_id, (0, 0))[1],
            breaks=breaks.get(load.load_id, 0),
        )
        for load in loads
    }


def _may_break(name: str) -> Expression:
    """Whether a value is worth a closer look: for all of them that takes longer than to read the files."""
    ends = ("\\",) if name == "_extra" else ("\n", "\r")
    return reduce(or_, [F.coalesce(F.col(name).contains(end), F.lit(False)) for end in ends])


def _breaks(name: str) -> Expression:
    """How many line breaks a value holds; JSON writes them as two characters."""
    value = F.col(name)
    if name == "_extra":
        value = F.regexp_replace(F.regexp_replace(value, r"\\\\", ""), r"\\r\\n|\\r|\\n", "\n")
    one_each = F.length(F.regexp_replace(value, "\r\n|\r", "\n"))
    return F.coalesce(one_each - F.length(F.regexp_replace(value, "[\r\n]", "")), F.lit(0))


def read_loads(lake: TableStore, source: Source, feed: str, raw: Place, loads: list[Load]) -> DataFrame:
    """The rows of the loads, read by the engine's workers, the largest files first.

    Hundreds of small files, each a task of its own, would take the engine longer to start than to read.
    """
    specs = [
        FileToRead(load.path(raw).resolve().as_posix(), load, source.parse[feed])
        for load in sorted(loads, key=lambda load: -load.size)
    ]
    table = bronze_table(source, feed)
    files = lake.engine.createDataFrame([(spec.to_json(),) for spec in specs], "spec string")
    return files.repartition(min(len(specs), lake.tasks(sum(load.size for load in loads)))).mapInArrow(
        read_files, _schema(table)
    )


def _schema(table: Table) -> str:
    return ", ".join(f"{column.name} {column.type}" for column in table.columns)
