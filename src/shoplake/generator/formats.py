"""Rows as the lines of a raw file: delimited text, lines of JSON; with the foreign lines that are planted in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import compute as pc

from shoplake.generator.draws import labels

# How a row of a feed is written: text around columns.
LINES = {
    "order_lines": "{order_id},{line_number},{product_id},{quantity},{gross_amount},{discount_amount},{net_amount},"
    "{promotion_code},{note}",
    "orders": '{"id":"{order_id}","customer":{"id":"{customer_id}"},"store":"{store_id}","placed":"{ordered_at}Z",'
    '"updated":"{updated_at}Z","state":"{status}","channel":"{channel}","currency":"{currency}",'
    '"voucher":"{order_discount_amount}","shipping":"{shipping_amount}",'
    '"test":{is_test},"guest":{is_guest}}',
    "returns": "{return_id};{line_number};{order_id};{product_id};{returned_at};{return_quantity};{return_amount};"
    "{return_reason}",
    "customers": "{customer_id};{valid_from};{revision};{gender};{birth_date};{income_band};{household_size};"
    "{children_count};{marital_status};{home_ownership};{first_name};{last_name};{email};{address};{city};{region};"
    "{country}",
}
HEADERS = {feed: re.sub("[{}]", "", line).encode() + b"\n" if feed != "orders" else b"" for feed, line in LINES.items()}
HEADERS["returns"] = b"Retoure;Position;Bestellung;Artikel;Zeit;Menge;Betrag;Grund\n"
_PIECES = re.compile(r"\{([a-z_]+)\}")


def body(feed: str, table: pa.Table) -> pa.Array:
    """One text per row, with its line end."""
    pieces = _PIECES.split(LINES[feed] + "\n")
    texts = [_text(table.column(piece), feed) if odd % 2 else pa.scalar(piece) for odd, piece in enumerate(pieces)]
    joined = pc.binary_join_element_wise(*texts, "", null_handling="replace", null_replacement="")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def with_planted(lines: pa.Array, planted: Sequence[tuple[int, str]], header: bytes) -> bytes:
    """A file's bytes; each planted line stands before the row at its position."""
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, np.int32, len(lines) + 1, lines.offset * 4)
    content = memoryview(data or b"")
    pieces: list[bytes | memoryview] = [header]
    at = 0
    for position, text in planted:
        pieces += [content[ends[at] : ends[position]], text.encode() + b"\n"]
        at = position
    return b"".join([*pieces, content[ends[at] : ends[len(lines)]]])


def json_document(table: pa.Table) -> bytes:
    """The rows as a list under «stores»."""
    return json.dumps({"stores": table.to_pylist()}, indent=1, ensure_ascii=False).encode()


def german_amount(cents: np.ndarray) -> pa.Array:
    """1.234,56"""
    whole, rest = np.divmod(cents, 100)
    thousands, below = np.divmod(whole, 1000)
    three, two = [[f"{n:0{width}}" for n in range(10**width)] for width in (3, 2)]
    grouped = pc.binary_join_element_wise(_string(thousands), labels(below, three).cast(pa.string()), ".")
    integer = pc.if_else(pa.array(whole >= 1000), grouped, _string(whole))
    return pc.binary_join_element_wise(integer, labels(rest, two).cast(pa.string()), ",")


def german_minute(local_seconds: np.ndarray) -> pa.Array:
    """1.12.2025 17:05"""
    at = pa.array(local_seconds).cast(pa.timestamp("s"))
    day, month = (part(at).cast(pa.string()) for part in (pc.day, pc.month))
    return pc.binary_join_element_wise(day, month, pc.strftime(at, "%Y %H:%M"), ".")


def _string(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def _text(column: pa.ChunkedArray, feed: str) -> pa.ChunkedArray:
    if pa.types.is_date(column.type) and feed == "customers":
        return pc.strftime(column, "%d.%m.%Y")
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("s")).cast(pa.string())
    return column.cast(pa.string())
