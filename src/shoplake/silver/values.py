"""One text to one value, as a column declares it; where a text has none, the reason."""

from __future__ import annotations

import re
from functools import reduce

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

from shoplake.contract import Reason
from shoplake.sources.declaration import EPOCH, FeedColumn
from shoplake.sources.number_format import NumberFormat, number_format

# Numbers are recognised by pattern, since engines differ in what a cast accepts ('1e3', ' 5', '1.23456').
_INTEGER = r"^[+-]?[0-9]+$"
_FITTING_INTEGER = r"^[+-]?0*[0-9]{1,18}$"
_DECIMAL = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$"
_FITTING_DECIMAL = r"^[+-]?0*([0-9]{1,14}([.][0-9]{0,4}0*)?|[.][0-9]{1,4}0*)$"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
_ISO_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T]00:00(:00([.]0+)?)?)?$"
_OFFSET = r"(Z|UTC|[+-][0-9]{2}:?[0-9]{2})$"
_ISO_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6}0*)?)? ?" + rf"({_OFFSET[:-1]})?$"


def value_of(
    text: Expression, column: FeedColumn, zone: str, *, is_strict: bool = False
) -> tuple[Expression, Expression | None]:
    """The value, and the reason to give where a text has none. `text` is trimmed, null where it is empty.

    A time without offset is local to the column's zone, else to `zone`; `is_strict`: one that the clock skips or
    shows twice is wrong, else it is moved on by the gap, or the first of the two.
    """
    match column.type:
        case "integer" | "decimal":
            return _number(text, column)
        case "boolean":
            lower = F.lower(text)
            found = F.when(lower.isin(*_TRUE), True).when(lower.isin(*_FALSE), False)
            return found, F.lit(Reason.NOT_A_BOOLEAN.value)
        case "date":
            day = F.to_date(_local(text, column)) if column.formats else _iso_day(text)
            return day, F.lit(Reason.NOT_A_DATE.value)
        case "timestamp":
            return _instant(text, column, column.zone or zone, is_strict=is_strict)
    return text, None


def _number(text: Expression, column: FeedColumn) -> tuple[Expression, Expression]:
    is_whole = column.type == "integer"
    plain, is_number = text, text.rlike(_INTEGER if is_whole else _DECIMAL)
    if column.formats:
        plain, is_number = _plain(text, number_format(column.formats[0]))
    fits = plain.rlike(_FITTING_INTEGER if is_whole else _FITTING_DECIMAL)
    value = F.when(fits, plain.try_cast("bigint" if is_whole else "decimal(18,4)"))
    reason = F.when(is_number, Reason.NUMBER_TOO_LARGE.value).otherwise(Reason.NOT_A_NUMBER.value)
    return value, reason


def _plain(text: Expression, written: NumberFormat) -> tuple[Expression, Expression]:
    """The number as it is written without format, and whether it is in its format at all."""
    is_number = text.rlike(written.pattern)
    bare = text
    for sign in filter(None, (written.prefix, written.suffix)):
        bare = F.regexp_replace(bare, re.escape(sign), "")
    digits = F.regexp_replace(bare, f"[^0-9{written.mark}]", "")
    digits = F.translate(digits, ",", ".") if written.mark == "," else digits
    is_negative = bare.rlike("[(-]")
    return F.when(is_number, F.when(is_negative, F.concat(F.lit("-"), digits)).otherwise(digits)), is_number


def _iso_day(text: Expression) -> Expression:
    """A day, or a midnight as spreadsheets write a day."""
    return F.when(text.rlike(_ISO_DAY), F.substring(text, 1, 10).try_cast("date"))


def _instant(text: Expression, column: FeedColumn, zone: str, *, is_strict: bool) -> tuple[Expression, Expression]:
    reason = F.lit(Reason.NOT_A_DATE.value)
    if column.formats and column.formats[0] in EPOCH:
        number = F.when(text.rlike("^-?[0-9]{1,15}$"), text.try_cast("bigint"))
        instant = F.timestamp_millis(number) if EPOCH[column.formats[0]] else F.timestamp_seconds(number)
        return instant, reason
    local = _local(text, column) if column.formats else F.when(text.rlike(_ISO_TIME), text.try_cast("timestamp"))
    has_offset = F.lit(any(map(_names_offset, column.formats))) if column.formats else text.rlike(_OFFSET)
    shifted = F.to_utc_timestamp(local, zone)
    instant = F.when(has_offset, local).otherwise(shifted)
    if not is_strict:
        return instant, reason
    is_skipped = ~has_offset & (F.from_utc_timestamp(shifted, zone) != local)
    hour_later = shifted + F.expr("interval 1 hour")
    is_twice = ~has_offset & (F.from_utc_timestamp(hour_later, zone) == local)
    skipped_or_twice = F.when(is_skipped, Reason.NO_SUCH_TIME.value).when(is_twice, Reason.AMBIGUOUS_TIME.value)
    return F.when(~(is_skipped | is_twice), instant), skipped_or_twice.otherwise(reason)


def _local(text: Expression, column: FeedColumn) -> Expression:
    """What the first fitting pattern makes of a text."""
    found = [_by_pattern(text, pattern, column.first_year) for pattern in column.formats]
    return reduce(lambda first, second: F.coalesce(first, second), found)


def _by_pattern(text: Expression, pattern: str, first_year: int) -> Expression:
    found = F.try_to_timestamp(text, F.lit(pattern))
    if not re.search(r"(?<!y)yy(?!y)", re.sub(r"'[^']*'", "", pattern)):
        return found
    # Engines put two digits into 2000-2099; a hundred years are as many days in any of the centuries at hand.
    wanted = F.pmod(F.year(found) - first_year, F.lit(100)) + first_year
    day = F.add_months(F.to_date(found), ((wanted - F.year(found)) * 12).cast("int"))
    days = F.date_diff(day, F.to_date(found)).cast("int")
    return found + days * F.expr("interval 1 day")


def _names_offset(pattern: str) -> bool:
    return bool(set(re.sub(r"'[^']*'", "", pattern)) & set("XxZzVO"))
