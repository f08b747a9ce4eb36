"""What engines work out alike: a row as one text, and a number of it, so that any two can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from shoplake.contract import Column, Table
from shoplake.warehouse.parity import measures

_UTF8 = "Latin1_General_100_BIN2_UTF8"
_INEXACT = "double"
_ENDS = {"smallest": "min", "greatest": "max"}


@dataclass(frozen=True, slots=True)
class Speech:
    """How an engine says it. `{}` is the quoted column, a text, or the whole row's text.

    `texts`: by kind, else by "": whole instants are microseconds since 1970, truth is 1 or 0. `framed` puts the number
    of a text's bytes before it, so that no two rows run together; `number` takes 56 bits of its SHA-256.
    """

    texts: dict[str, str]
    framed: str
    plus: str
    number: str


DUCKDB = Speech(
    {"boolean": "{}::INT::VARCHAR", "timestamp": "epoch_us({})::VARCHAR", "": "{}::VARCHAR"},
    "coalesce(strlen({0})::VARCHAR || ':' || {0}, '-')",
    " || '|' || ",
    "('0x' || substr(sha256({}), 1, 14))::BIGINT",
)
POSTGRES = Speech(
    {"boolean": "{}::int::text", "timestamp": "(extract(epoch from {}) * 1000000)::bigint::text", "": "{}::text"},
    "coalesce(octet_length({0})::text || ':' || {0}, '-')",
    " || '|' || ",
    "('x' || substr(encode(sha256(convert_to({}, 'UTF8')), 'hex'), 1, 14))::bit(56)::bigint",
)
SPARK = Speech(  # in its own quotes for names; with ANSI on, as it is by default: else 0E-8 is a zero's text
    {
        "boolean": "CAST(CAST({} AS INT) AS STRING)",
        "timestamp": "CAST(unix_micros({}) AS STRING)",
        "": "CAST({} AS STRING)",
    },
    "coalesce(concat(octet_length({0}), ':', {0}), '-')",
    " || '|' || ",
    "CAST(conv(substr(sha2({}, 256), 1, 14), 16, 10) AS DECIMAL(20, 0))",  # a sum of bigint overflows
)
TSQL = Speech(
    {
        "string": f"CAST({{}} COLLATE {_UTF8} AS varchar(max))",
        "date": "CONVERT(varchar(10), {}, 23)",
        "timestamp": "CAST(DATEDIFF_BIG(microsecond, '1970-01-01', {}) AS varchar(20))",
        "": "CAST({} AS varchar(50))",
    },
    "ISNULL(CAST(DATALENGTH({0}) AS varchar(20)) + ':' + {0}, '-')",
    " + '|' + ",
    "CAST(CAST(SUBSTRING(HASHBYTES('SHA2_256', {}), 1, 7) AS bigint) AS decimal(38, 0))",  # a sum of bigint overflows
)


def figures_in(speech: Speech, table: Table) -> dict[str, str]:
    """What is compared of a table between engines, in the SQL of one: name -> aggregate.

    Of each column also how many values it has, which tells where to look. A floating point number has no text that
    all engines agree on: the smallest and the greatest are compared.
    """
    found = measures(table, partial(_number, speech, table))
    for column in table.columns:
        found[f"number of values of {column.name}"] = f'count("{column.name}")'
        if column.type == _INEXACT:
            found |= {f"{word} {column.name}": f'{sql}("{column.name}")' for word, sql in _ENDS.items()}
    return found


def _number(speech: Speech, table: Table, columns: Sequence[str]) -> str:
    exact = [table[name] for name in columns if table[name].type != _INEXACT]
    return speech.number.format(speech.plus.join(speech.framed.format(_text(speech, column)) for column in exact))


def _text(speech: Speech, column: Column) -> str:
    return speech.texts.get(column.type, speech.texts[""]).format(f'"{column.name}"')
