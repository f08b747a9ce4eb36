"""What an order has as a whole, shared out to its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from shoplake.gold.currencies import USUAL_PLACES, decimal_places

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_ORDER = ("source", "order_id")
_MONEY = "decimal(18,4)"
_PARTS = 10_000  # of a unit of money, which has four decimal places


def shares(lines: DataFrame, orders: DataFrame, amounts: Sequence[str]) -> DataFrame:
    """`amounts` of each order on its lines (source, order_id, line_number), which add up to them to the last digit.

    In proportion to the lines' `net_amount`, in whole units of the order's `currency` by largest remainder: each line
    gets its share rounded down, and the units that are left go to those that lost most, of equal ones to the first by
    number. A fraction of a unit goes with the first of these. Lines that cost nothing get nothing, unless all do: then
    they share alike. Orders without such amounts have no rows.
    """
    whole = orders.where(has_some(amounts)).select(*_ORDER, "currency", *amounts)
    weighed = lines.select(*_ORDER, "line_number", F.greatest("net_amount", F.lit(0)).cast(_MONEY).alias("_weight"))
    together = weighed.join(whole, on=list(_ORDER), how="inner")
    # An order is one row, so that it stays whole wherever it goes. Windows over so many take five times as long.
    by_order = together.groupBy(*whole.columns).agg(F.collect_list(F.struct("line_number", "_weight")).alias("_lines"))
    schema = ", ".join(["source string, order_id string, line_number int", *(f"{name} {_MONEY}" for name in amounts)])
    units = {code: 10**places for code, places in decimal_places().items()}
    return by_order.mapInArrow(partial(_share_out, amounts=tuple(amounts), units=units), schema)


def has_some(amounts: Sequence[str]) -> str:
    """Whether an order has any of the amounts, in SQL."""
    return " or ".join(f"coalesce({name}, 0) <> 0" for name in amounts)


def _share_out(
    batches: Iterator[pa.RecordBatch], amounts: tuple[str, ...], units: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    """Orders with their lines to lines with their shares."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    for orders in batches:
        lines, of_order = orders["_lines"].flatten(), pc.list_parent_indices(orders["_lines"])
        numbers = lines.field("line_number")
        by_number = pc.sort_indices(pa.table({"o": of_order, "n": numbers}), [("o", "ascending"), ("n", "ascending")])
        at = of_order.take(by_number).to_numpy()
        weights = _parts_of(lines.field("_weight").take(by_number))
        unit = np.array([units.get(c, 10**USUAL_PLACES) for c in orders["currency"].to_pylist()], np.int64)
        found = {name: orders[name].take(pa.array(at)) for name in _ORDER} | {"line_number": numbers.take(by_number)}
        for name in amounts:
            found[name] = _money(shares_of(_parts_of(orders[name]), at, weights, unit))
        yield pa.RecordBatch.from_pydict(found)


def shares_of(amounts: np.ndarray, of_order: np.ndarray, weights: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The share of each line, all numbers in ten-thousandths: `amounts` of the orders, in currencies of which so many
    smallest units make one; lines stand in the order of their orders and numbers.

    >>> import numpy as np
    >>> shares_of(*map(np.array, ([100_000, 500], [0, 0, 0, 1], [5, 5, 5, 0], [100, 100]))).tolist()
    [33400, 33300, 33300, 500]
    """
    import numpy as np

    if not len(amounts):
        return amounts
    starts = np.searchsorted(of_order, np.arange(len(amounts)))
    whole, fraction = np.divmod(np.abs(amounts), _PARTS // unit)
    if int(whole.max()) * int(weights.max()) >= 1 << 63:
        return _one_by_one(amounts, starts, weights, unit)
    is_free = np.add.reduceat(weights, starts) == 0
    weights = np.where(is_free[of_order], 1, weights)
    given, lost = np.divmod(whole[of_order] * weights, np.add.reduceat(weights, starts)[of_order])
    by_lost = np.lexsort((-lost, of_order))  # stable: of lines that lost as much the first comes first
    place = np.empty(len(weights), np.int64)
    place[by_lost] = np.arange(len(weights)) - starts[of_order]
    given = given + (place < (whole - np.add.reduceat(given, starts))[of_order])
    shared = given * (_PARTS // unit)[of_order] + np.where(place == 0, fraction[of_order], 0)
    return np.asarray(np.sign(amounts)[of_order] * shared, np.int64)


def _one_by_one(amounts: np.ndarray, starts: np.ndarray, weights: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """The same in Python's integers, which have no end."""
    import numpy as np

    found: list[int] = []
    for amount, lines, one in zip(amounts.tolist(), np.split(weights, starts[1:]), unit.tolist(), strict=True):
        each = lines.tolist() if lines.any() else [1] * len(lines)
        whole, fraction = divmod(abs(amount), _PARTS // one)
        split = [divmod(whole * weight, sum(each)) for weight in each]
        given = [part for part, _ in split]
        by_lost = [at for _, at in sorted((-lost, at) for at, (_, lost) in enumerate(split))]
        for at in by_lost[: whole - sum(given)]:
            given[at] += 1
        shared = [part * (_PARTS // one) for part in given]
        shared[by_lost[0]] += fraction
        found += [part if amount > 0 else -part for part in shared]
    return np.array(found, np.int64)


def _parts_of(column: pa.Array) -> np.ndarray:
    """Money in ten-thousandths; null is nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.multiply(pc.fill_null(column, 0).cast(pa.decimal128(18, 4)), pa.scalar(_PARTS, pa.decimal128(5, 0)))
    found: np.ndarray = parts.cast(pa.int64()).to_numpy()
    return found


def _money(parts: np.ndarray) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    words = np.stack([parts, parts >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(parts), [None, pa.py_buffer(words)])
