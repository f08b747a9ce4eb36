"""Text to values, as a feed declares its columns. What doesn't parse is known by its reasons, not by a null."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.bronze.land import LINEAGE_COLUMNS
from shoplake.bronze.reader import LINEAGE
from shoplake.contract import Column, Reason, Table, Text
from shoplake.silver.reasons import Finding, reasons_of
from shoplake.sources.declaration import FILE_NAME, SPARK_TYPES, Feed, FeedColumn, Source

# Numbers are recognised by pattern, since engines differ in what a cast accepts ('1e3', ' 5', '1.23456').
_INTEGER = r"^[+-]?[0-9]+$"
_FITTING_INTEGER = r"^[+-]?0*[0-9]{1,18}$"
_DECIMAL = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$"
_FITTING_DECIMAL = r"^[+-]?0*([0-9]{1,14}([.][0-9]{0,4}0*)?|[.][0-9]{1,4}0*)$"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")

REASONS = Column("_reasons", "array<string>", "why the row is refused; null where it isn't")
EFFECTIVE_AT = Column("_effective_at", "timestamp", "from when the row holds, as its feed declares", unit="UTC")
SEQUENCE = Column("_sequence", "bigint", "orders rows that hold from the same instant, as the feed declares")
FATE = Text("_fate", "superseded, deduplicated or deleted; null where the row holds")


def staging_table(source: Source, feed: str) -> Table:
    """The contract of a feed's rows with their declared types."""
    declared = source.parse[feed]
    return Table(
        name=source.staging(feed),
        meaning=f"{source.title}: {feed} with their declared types",
        grain="one row per row of a raw file",
        key=("_load_id", "_row_number"),
        columns=(
            *(
                Column(name, SPARK_TYPES[declared.column(name).type], "as declared", personal=True)
                for name in declared.columns
            ),
            REASONS,
            EFFECTIVE_AT,
            SEQUENCE,
            FATE,
            *LINEAGE_COLUMNS,
        ),
    )


def parse(bronze: DataFrame, source: Source, feed: str, holds_from: dict[str, str]) -> DataFrame:
    """Bronze rows to typed ones, surrounding blanks removed; bad values are null and named in `_reasons`.

    `holds_from`: load id -> the instant from which its rows hold, unless a column says so.
    """
    declared, change = source.parse[feed], source.change_of(feed)
    own = ["_reason", *LINEAGE]
    # Three selects, so that each text is trimmed and each value parsed once.
    texts = bronze.select(*[_text(name, declared).alias(_as_text(name)) for name in declared.columns], *own)
    values: list[Expression] = []
    findings: list[Finding] = [(F.col("_reason").isNotNull(), F.col("_reason"))]
    for name in declared.columns:
        text = F.col(_as_text(name))
        value, problem = _value(text, declared.column(name), source.time_zone)
        values.append(value.alias(name))
        if problem is not None:
            findings.append((text.isNotNull() & F.col(name).isNull(), F.concat(problem, F.lit(f":{name}"))))
    for key in change.keys:  # without its key a row can't be told from others
        findings.append((F.col("_reason").isNull() & F.col(_as_text(key)).isNull(), Reason.REQUIRED.of(key)))
    typed = texts.select(*values, *[_as_text(name) for name in declared.columns], *own)
    if change.effective_at and change.effective_at != FILE_NAME:
        effective = typed.withColumn("_effective_at", F.col(change.effective_at).cast("timestamp"))
    else:
        seen = bronze.sparkSession.createDataFrame(sorted(holds_from.items()), "_load_id string, seen string")
        times = seen.select("_load_id", F.col("seen").cast("timestamp").alias("_effective_at"))
        effective = typed.join(F.broadcast(times), on="_load_id", how="left")
    own_columns = {
        "_reasons": reasons_of(findings),
        "_sequence": _sequence(declared, change.sequence_by),
        "_fate": F.lit(None).cast("string"),
    }
    return effective.withColumns(own_columns).select(*staging_table(source, feed).column_names)


def is_blank(declared: Feed) -> Expression:
    """Whether a bronze row holds nothing at all, as the last line of many exports does."""
    return F.coalesce(*[_text(name, declared) for name in declared.columns], "_extra", "_unsplit").isNull()


def amount_of(declared: Feed) -> Expression:
    """The feed's money column, read from a bronze row."""
    assert declared.amount is not None
    return _value(_text(declared.amount, declared), declared.column(declared.amount), "UTC")[0]


def _as_text(name: str) -> str:
    return f"_text_{name}"


def _text(name: str, declared: Feed) -> Expression:
    text = F.trim(F.col(name))
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


def _value(text: Expression, column: FeedColumn, zone: str) -> tuple[Expression, Expression | None]:
    """The value of a text, and the reason to give where a text has none."""
    is_number = text.rlike(_DECIMAL if column.type == "decimal" else _INTEGER)
    number = F.when(is_number, Reason.NUMBER_TOO_LARGE.value).otherwise(Reason.NOT_A_NUMBER.value)
    match column.type:
        case "integer":
            return F.when(text.rlike(_FITTING_INTEGER), text.try_cast("bigint")), number
        case "decimal":
            return F.when(text.rlike(_FITTING_DECIMAL), text.try_cast("decimal(18,4)")), number
        case "boolean":
            lower = F.lower(text)
            return F.when(lower.isin(*_TRUE), True).when(lower.isin(*_FALSE), False), F.lit(Reason.NOT_A_BOOLEAN.value)
        case "date":
            day = F.to_date(F.try_to_timestamp(text, F.lit(_pattern(column))))
            return day, F.lit(Reason.NOT_A_DATE.value)
        case "timestamp":
            local = F.try_to_timestamp(text, F.lit(_pattern(column)))
            return F.to_utc_timestamp(local, column.zone or zone), F.lit(Reason.NOT_A_DATE.value)
    return text, None


def _pattern(column: FeedColumn) -> str:
    return next(iter(column.formats), "yyyy-MM-dd" if column.type == "date" else "yyyy-MM-dd HH:mm:ss")
