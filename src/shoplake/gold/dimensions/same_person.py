"""People from pairs of customers who are one: everybody who hangs together is one person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 1 << 16


def persons(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`, over pairs of customers in one partition: each of them with the smallest key of its person."""
    import pyarrow as pa

    pairs = (pair for batch in batches for pair in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    found = list(joined(pairs).items())
    for start in range(0, len(found), _ROWS):
        keys = zip(*found[start : start + _ROWS], strict=True)
        yield pa.RecordBatch.from_arrays([pa.array(each, pa.int64()) for each in keys], ["customer_key", "person_key"])


def joined(pairs: Iterator[tuple[int, int]]) -> dict[int, int]:
    """Each key with the smallest one that pairs lead to, whatever their order.

    >>> joined(iter([(5, 4), (7, 9), (4, 2)]))
    {5: 2, 4: 2, 7: 7, 9: 7, 2: 2}
    """
    smaller: dict[int, int] = {}

    def first(key: int) -> int:
        while (above := smaller.setdefault(key, key)) != key:
            smaller[key] = smaller[above]  # the way gets shorter for whoever comes next
            key = above
        return key

    for one, other in pairs:
        a, b = first(one), first(other)
        smaller[max(a, b)] = min(a, b)
    return {key: first(key) for key in smaller}
