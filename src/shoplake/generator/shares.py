"""What an order has as a whole, on its lines: worked out over arrays, apart from what a pipeline does."""

from __future__ import annotations

import numpy as np


def shares(amounts: np.ndarray, of_order: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each line's share in cents of its order's amount, by largest remainder; lines stand in their order.

    >>> shares(np.array([1000, 5]), np.array([0, 0, 0, 1]), np.array([5, 5, 5, 0])).tolist()
    [334, 333, 333, 5]
    """
    total = np.bincount(of_order, weights, len(amounts)).astype(np.int64)
    weights = np.where(total[of_order] > 0, weights, 1)
    total = np.bincount(of_order, weights, len(amounts)).astype(np.int64)
    given: np.ndarray
    given, rest = np.divmod(amounts[of_order] * weights, total[of_order])
    left = amounts - np.bincount(of_order, given, len(amounts)).astype(np.int64)
    by_rest = np.lexsort((np.arange(len(of_order)), -rest, of_order))
    starts = np.searchsorted(of_order[by_rest], np.arange(len(amounts)))
    place = np.arange(len(of_order)) - starts[of_order[by_rest]]
    given[by_rest] += place < left[of_order[by_rest]]
    return given
