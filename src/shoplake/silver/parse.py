"""Text to values, as a feed declares its columns. What doesn't parse is known by its reasons, not by a null."""

from __future__ import annotations

from functools import reduce
from operator import and_

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.header import AROUND
from shoplake.bronze.land import LINEAGE_COLUMNS
from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Column, Reason, Table, Text
from shoplake.runs.account import FILTERED
from shoplake.silver.filters import check_filters, first_that_holds
from shoplake.silver.reasons import Finding, reasons_of
from shoplake.silver.values import value_of
from shoplake.sources.declaration import FILE_NAME, SPARK_TYPES, Change, Feed, Source
from shoplake.sources.expression import columns_in

REASONS = Column("_reasons", "array<string>", "why the row is refused; null where it isn't")
EFFECTIVE_AT = Column("_effective_at", "timestamp", "from when the row holds, as its feed declares", unit="UTC")
HOLDS_UNTIL = Column("_holds_until", "timestamp", "until when it was told to hold at most", unit="UTC")
SEQUENCE = Column("_sequence", "bigint", "orders rows that hold from the same instant, as the feed declares")
FATE = Text("_fate", "superseded, deduplicated, deleted, earlier or filtered:<name>; null where the row holds")


def staging_table(source: Source, feed: str) -> Table:
    """The contract of a feed's rows with their declared types."""
    declared = source.parse[feed]
    return Table(
        name=source.staging(feed),
        meaning=f"{source.title}: {feed} with their declared types",
        grain="one row per row of a raw file, or item of its exploded list",
        key=("_load_id", "_row_number", "_item_number"),
        columns=(
            *(
                Column(name, SPARK_TYPES[declared.column(name).type], "as declared", personal=True)
                for name in declared.columns
            ),
            REASONS,
            EFFECTIVE_AT,
            HOLDS_UNTIL,
            SEQUENCE,
            FATE,
            *LINEAGE_COLUMNS,
        ),
    )


def parse(
    bronze: DataFrame,
    source: Source,
    feed: str,
    holds_from: dict[str, str],
    set_aside: dict[str, list[str]] | None = None,
) -> DataFrame:
    """Bronze rows to typed ones, without blanks around them; bad values are null and named in `_reasons`.

    `holds_from`: load id -> the instant from which its rows hold, unless a column says so. `set_aside`: reason -> the
    loads that are refused whole for it; they hold from no instant, so that they say nothing of what is gone.
    """
    declared, change = source.parse[feed], source.change_of(feed)
    own = ["_reason", *LINEAGE]
    is_strict = source.clock_changes == "refuse"
    # Three selects, so that each text is trimmed and each value parsed once.
    texts = bronze.select(*[_text(name, declared).alias(_as_text(name)) for name in declared.columns], *own)
    values: list[Expression] = []
    findings: list[Finding] = [(F.col("_reason").isNotNull(), F.col("_reason"))]
    for name in declared.columns:
        text = F.col(_as_text(name))
        value, problem = value_of(text, declared.column(name), source.time_zone, is_strict=is_strict)
        values.append(value.alias(name))
        if problem is not None:
            findings.append((text.isNotNull() & F.col(name).isNull(), F.concat(problem, F.lit(f":{name}"))))
    findings += [(F.col("_load_id").isin(*loads), reason) for reason, loads in (set_aside or {}).items()]
    for key in change.keys:  # without its key a row can't be told from others
        findings.append((F.col("_reason").isNull() & F.col(_as_text(key)).isNull(), Reason.REQUIRED.of(key)))
    typed = texts.select(*values, *[_as_text(name) for name in declared.columns], *own)
    check_filters(typed, change.filters, f"{source.source}/source.yml: change: {feed}")
    typed = typed.withColumn("_fate", _fate(change))
    if change.effective_at and change.effective_at != FILE_NAME:
        instant, is_day = F.col(change.effective_at), declared.column(change.effective_at).type == "date"
        effective = typed.withColumn("_effective_at", _instant(instant, source if is_day else None))
    elif not _is_dated_by_load(change):
        effective = typed.withColumn("_effective_at", F.lit(None).cast("timestamp"))
    else:
        refused = {load for loads in (set_aside or {}).values() for load in loads}
        holds_from = {load: seen for load, seen in holds_from.items() if load not in refused}
        seen = bronze.sparkSession.createDataFrame(sorted(holds_from.items()), "_load_id string, seen string")
        instant = _instant(F.col("seen"), source if change.effective_at else None)
        times = seen.select("_load_id", instant.alias("_effective_at"))
        effective = typed.join(F.broadcast(times), on="_load_id", how="left")
    own_columns = {
        "_reasons": F.when(F.col("_fate").isNull(), reasons_of(findings)),  # what is none of the feed can't be wrong
        "_holds_until": F.lit(None).cast("timestamp"),
        "_sequence": _sequence(declared, change.sequence_by),
    }
    return effective.withColumns(own_columns).select(*staging_table(source, feed).column_names)


def _is_dated_by_load(change: Change) -> bool:
    """Whether rows hold from when their file was dated or first seen, for want of anything better.

    Of events, and of rows that have a sequence, the time of arrival says nothing.
    """
    if change.effective_at == FILE_NAME or change.delivery == "snapshot" or change.rows_per_key == "many":
        return True
    return change.delivery != "append" and not change.sequence_by


def _instant(value: Expression, source: Source | None) -> Expression:
    """A day begins at midnight where its source is; what is no day of a source is an instant already."""
    instant = value.cast("timestamp")
    return F.to_utc_timestamp(instant, source.time_zone) if source else instant


def is_row(declared: Feed) -> Expression:
    """Whether a bronze row is one of the feed's table, and holds anything at all."""
    return ~is_blank(declared) & ~is_outside()


def is_outside() -> Expression:
    """Whether a bronze row stands outside the declared table: above its header, or behind its end."""
    return F.coalesce(F.col("_reason") == Reason.OUTSIDE_TABLE.value, F.lit(False))


def is_blank(declared: Feed) -> Expression:
    """Whether a bronze row of the table holds nothing at all, as the last line of many exports does."""
    texts = [_text(name, declared) for name in declared.columns]
    return ~is_outside() & F.coalesce(*texts, "_extra", "_unsplit").isNull()


def amount_of(declared: Feed) -> Expression:
    """The feed's money column, read from a bronze row."""
    assert declared.amount is not None
    return value_of(_text(declared.amount, declared), declared.column(declared.amount), "UTC")[0]


def _fate(change: Change) -> Expression:
    """`filtered:<name>` where a filter of the feed holds; a row that lacks what the filter asks for isn't judged."""

    def is_read(column: str) -> Expression:
        return F.col(column).isNotNull() | F.col(_as_text(column)).isNull()

    is_judged = {
        name: reduce(and_, (is_read(column) for _, column in columns_in(sql)), F.col("_reason").isNull())
        for name, sql in change.filters.items()
    }
    return F.concat(F.lit(f"{FILTERED}:"), first_that_holds(change.filters, is_judged))


def _as_text(name: str) -> str:
    return f"_text_{name}"


def _text(name: str, declared: Feed) -> Expression:
    text = F.trim(F.col(name), F.lit(AROUND))
    return F.when(~text.isin("", *declared.nulls), text)


def _sequence(declared: Feed, name: str | None) -> Expression:
    """A whole number that orders as the column does: a timestamp's microseconds, a date's days."""
    if name is None:
        return F.lit(None).cast("bigint")
    match declared.column(name).type:
        case "timestamp":
            return F.unix_micros(name)
        case "date":
            return F.date_diff(name, F.lit("1970-01-01").cast("date")).cast("bigint")
    return F.col(name)
