"""Which things of an entity a run touches: those of rows that came or went, and those that hang on what changed."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.contract import Table, Text
from shoplake.lake import union_of
from shoplake.runs.increment import changed
from shoplake.runs.keys import Keys, keys_of
from shoplake.runs.run import Run
from shoplake.silver.change import identity
from shoplake.silver.feed import holding
from shoplake.silver.staging import Staging
from shoplake.silver.typed import TypedFeed
from shoplake.sources.declaration import Source
from shoplake.sources.expression import columns_in

ID = Text("_id", "the natural id of a thing; empty where it has none")
_NAME = Text("_name", "what a row names")


def id_of(source: Source, entity: Table) -> Expression:
    """The natural id that a source's row gets by its map: what is built together has one."""
    column = _id_column(entity)
    return F.coalesce(F.expr(source.map[entity.base].select[column]).try_cast(entity[column].type), F.lit(""))


def touched_ids(run: Run, entity: Table, source: Source, staging: Staging) -> Keys | None:
    """The ids of the things of a source that a run touches; None where all may be touched."""
    mapping, found = source.map[entity.base], list[DataFrame]()
    typed, sql = staging.of(source, mapping.feed), mapping.select[_id_column(entity)]
    if not _is_apart(source, mapping.feed, sql) or (typed.is_changed and typed.left is None):
        return None
    name = f"{source.source}__{entity.base}"
    delta = [rows for rows in (typed.came(run), typed.went(run)) if rows is not None]
    found += [rows.select(id_of(source, entity).alias(ID.name)) for rows in delta]
    for lookup in mapping.lookups.values():
        looked_up = staging.of(source, lookup.feed)
        if looked_up.is_changed:
            if looked_up.left is None or _lookups_in(lookup.by):
                return None
            (key,) = source.change_of(lookup.feed).keys
            keys = _changed_keys(staging, source, looked_up, key)
            found.append(_looking_up(run, typed, source, entity, F.expr(lookup.by), keys))
    for read in entity.reads:
        if read.name not in run.built:
            continue
        if read.name not in run.changes:
            return None
        link = entity.rebuild.along[read.base]
        (column,) = link.on[1:]
        of_all = changed(run.changes[read.name], link)
        if of_all is None:
            continue
        of_source = of_all.where(F.col("source") == source.source).select(F.col(column).alias(_NAME.name))
        if link.on == entity.rebuild.keys:
            found.append(of_source.select(F.coalesce(_NAME.name, F.lit("")).alias(ID.name)))
            continue
        named = keys_of(run, f"{name}__{read.base}", (_NAME,), of_source)
        if not named.count:
            continue
        mapped = mapping.select.get(column, "cast(null as string)")
        if not link.through or _lookups_in(mapped):
            return None
        found.append(_naming(run, typed, source, entity, F.expr(mapped).try_cast(entity[column].type), named))
    if found and source.change_of(mapping.feed).delivery == "snapshot":  # all rows tell which snapshots there are
        return None
    if not found:
        return Keys(run.lake.engine.createDataFrame([], f"{ID.name} string"), (ID.name,), 0, [])
    return keys_of(run, f"{name}__ids", (ID,), union_of(found))


def _naming(run: Run, typed: TypedFeed, source: Source, entity: Table, name: Expression, named: Keys) -> DataFrame:
    """The ids of the rows, there before the run, of which `name` is one of the keys."""
    there = run.kept_version(typed.now.table).rows
    return named.among(_with_names(run, typed, source, entity, name), there).select(ID.name)


def _looking_up(
    run: Run, typed: TypedFeed, source: Source, entity: Table, by: Expression, keys: DataFrame
) -> DataFrame:
    """The ids of the rows, there before the run, that look one of the keys up, compared as the map does."""
    (key,) = keys.columns
    rows, others = _with_names(run, typed, source, entity, by), keys.select(F.col(key).alias("_key"))
    return rows.join(others, on=F.col(_NAME.name) == F.col("_key"), how="left_semi").select(ID.name)


def _with_names(run: Run, typed: TypedFeed, source: Source, entity: Table, name: Expression) -> DataFrame:
    return typed.rows_then(run).select(name.alias(_NAME.name), id_of(source, entity).alias(ID.name))


def _changed_keys(staging: Staging, source: Source, feed: TypedFeed, key: str) -> DataFrame:
    """The keys of a feed that is looked up of which the row that holds is another than before."""
    columns = list(source.parse[feed.feed].columns)
    now, then = (
        holding(staging.whole(source, feed.feed, then=is_then), with_history=False).select(*columns)
        for is_then in (False, True)
    )
    return now.subtract(then).unionByName(then.subtract(now)).select(key).distinct()


def _is_apart(source: Source, feed: str, sql: str) -> bool:
    """Whether rows that are weighed against each other have one id: those of one key of the feed."""
    keys = identity(source.change_of(feed), list(source.parse[feed].columns))
    return not _lookups_in(sql) and (not keys or {column for _, column in columns_in(sql)} <= set(keys))


def _lookups_in(sql: str) -> bool:
    return any(table for table, _ in columns_in(sql))


def _id_column(entity: Table) -> str:
    (column,) = entity.rebuild.keys[1:]
    return column
