"""Rows of a feed to rows of a canonical entity, by the declared select."""

from __future__ import annotations

from pyspark.errors import PySparkException
from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Reason, Table
from shoplake.errors import DeclarationError
from shoplake.lake.refusals import is_of_storage
from shoplake.silver.filters import check_filters, first_that_holds
from shoplake.silver.reasons import Finding, reasons_of
from shoplake.sources.declaration import Mapping, Source

# What a row brings from its feed, beside its values.
ORIGIN = ("_effective_at", "_holds_until", "_sequence", *LINEAGE)
_FIXED = ("_time_zone", "_source_currency", "_feed")
# Before a column's name, which may be «feed» or «file»: apart from the above.
_GIVEN = "__"


def map_entity(feed: DataFrame, lookups: dict[str, DataFrame], source: Source, entity: Table) -> DataFrame:
    """One canonical row per feed row: the entity's columns, then `_filter` (the name of the filter that
    leaves it out, if any), `_reasons` (values that don't fit their column), the source's `_FIXED` values and lineage.

    What the source doesn't map is the column's default, most often null: unknown, not invented.
    """
    mapping = source.map[entity.base]
    joined = _with_lookups(feed, lookups, source, mapping)
    given_types = _given_types(joined, source, entity, mapping)
    values, findings = [], list[Finding]()
    for column in entity.columns:
        given = F.col(_GIVEN + column.name)
        if given_types[column.name] == column.type:
            values.append(given.alias(column.name))
            continue
        value = given.try_cast(column.type)
        if (given_types[column.name], column.type) == ("date", "timestamp"):  # midnight, where the source is
            value = F.to_utc_timestamp(value, source.time_zone)
        values.append(value.alias(column.name))
        findings.append((given.isNotNull() & value.isNull(), Reason.WRONG_TYPE.of(column.name)))
        if given_types[column.name].startswith("decimal"):  # a map says round() where it means to
            findings.append((value != given, Reason.NUMBER_TOO_LARGE.of(column.name)))
    return joined.select(*_selected(source, entity, mapping), *_own(source, mapping), *ORIGIN).select(
        *values, "_filter", reasons_of(findings).alias("_reasons"), *_FIXED, *ORIGIN
    )


def _with_lookups(feed: DataFrame, lookups: dict[str, DataFrame], source: Source, mapping: Mapping) -> DataFrame:
    """Join each lookup as one struct column of its name, on the one key that its feed declares."""
    joined = feed
    for name, lookup in mapping.lookups.items():
        (key,) = source.change_of(lookup.feed).keys
        columns = list(source.parse[lookup.feed].columns)
        right = lookups[lookup.feed].select(F.col(key).alias(f"_{name}_key"), F.struct(*columns).alias(name))
        joined = joined.withColumn(f"_{name}_by", F.expr(lookup.by))
        joined = joined.join(right, on=F.col(f"_{name}_by") == F.col(f"_{name}_key"), how="left")
    return joined


def _selected(source: Source, entity: Table, mapping: Mapping) -> list[Expression]:
    given = {"source": f"'{source.source}'"} | mapping.select
    return [F.expr(given.get(c.name, f"cast({c.default} as {c.type})")).alias(_GIVEN + c.name) for c in entity.columns]


def _own(source: Source, mapping: Mapping) -> list[Expression]:
    fixed = {"_time_zone": source.time_zone, "_source_currency": source.currency, "_feed": mapping.feed}
    left_out = first_that_holds(mapping.filters).alias("_filter")
    return [left_out, *[F.lit(value).alias(name) for name, value in fixed.items()]]


def _given_types(joined: DataFrame, source: Source, entity: Table, mapping: Mapping) -> dict[str, str]:
    """The types that the declared expressions give, as the engine finds them."""
    place = f"{source.source}/source.yml: map: {entity.base}"
    check_filters(joined, mapping.filters, place)
    try:
        fields = joined.select(*_selected(source, entity, mapping), *_own(source, mapping)).schema.fields
    except PySparkException as failure:
        if is_of_storage(failure):
            raise
        raise _first_wrong(joined, mapping, place) from failure
    return {field.name.removeprefix(_GIVEN): field.dataType.simpleString() for field in fields}


def _first_wrong(joined: DataFrame, mapping: Mapping, place: str) -> DeclarationError:
    for name, sql in mapping.select.items():
        try:
            _ = joined.select(F.expr(sql)).schema
        except PySparkException as failure:
            what = str(failure).strip().splitlines()[0]
            return DeclarationError(what, where=f"{place}: {name}", remedy="Correct the expression")
    return DeclarationError("the engine can't resolve it", where=place, remedy="--debug shows the whole error")
