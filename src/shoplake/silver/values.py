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
            return _of_calendar(day, "date"), F.lit(Reason.NOT_A_DATE.value)
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
        places = EPOCH[column.formats[0]]
        # More digits would overflow, and come out as some other time.
        number = F.when(text.rlike(f"^-?[0-9]{{1,{12 + places}}}$"), text.try_cast("bigint"))
        instant = F.timestamp_millis(number) if places else F.timestamp_seconds(number)
        return _of_calendar(instant, "timestamp"), reason
    local = _local(text, column) if column.formats else F.when(text.rlike(_ISO_TIME), text.try_cast("timestamp"))
    has_offset = _has_offset(text, column)
    shifted = F.to_utc_timestamp(local, zone)
    instant = _of_calendar(F.when(has_offset, local).otherwise(shifted), "timestamp")
    if not is_strict:
        return instant, reason
    is_skipped = ~has_offset & (F.from_utc_timestamp(shifted, zone) != local)
    # With the clock of the day after: the same instant, but where the clock goes back in between.
    day_after = shifted + F.expr("interval 1 day")
    again = local + (day_after - F.from_utc_timestamp(day_after, zone))
    is_twice = ~has_offset & (again != shifted) & (F.from_utc_timestamp(again, zone) == local)
    skipped_or_twice = F.when(is_skipped, Reason.NO_SUCH_TIME.value).when(is_twice, Reason.AMBIGUOUS_TIME.value)
    return F.when(~(is_skipped | is_twice), instant), skipped_or_twice.otherwise(reason)


def _of_calendar(value: Expression, kind: str) -> Expression:
    """Years 1 to 9999 alone: with others many programs can't work, and none is meant."""
    first, last = (F.lit(text).cast(kind) for text in ("0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"))
    return F.when((value >= first) & (value <= last), value)


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


def _has_offset(text: Expression, column: FeedColumn) -> Expression:
    """Whether a text says itself how far from UTC it is: by the pattern that fits it."""
    kinds = {pattern: _names_offset(pattern) for pattern in column.formats}
    if len(set(kinds.values())) < 2:
        return F.lit(any(kinds.values())) if kinds else text.rlike(_OFFSET)
    fitting = [F.when(F.try_to_timestamp(text, F.lit(pattern)).isNotNull(), kind) for pattern, kind in kinds.items()]
    return F.coalesce(*fitting, F.lit(False))


def _names_offset(pattern: str) -> bool:
    return bool(set(re.sub(r"'[^']*'", "", pattern)) & set("XxZzVO"))
