"""Values that follow from a number: the same for the same seed, without a memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def mixed(seed: int, use: int, numbers: np.ndarray, version: np.ndarray | int = 0) -> np.ndarray:
    """64 bits for each number that look like chance (SplitMix64)."""
    z = np.asarray(numbers, np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = z + np.uint64((seed * 1_000_003 + use * 7_919 + 1) % 2**63) + np.asarray(version, np.uint64) * _MIX[1]
    z = (z ^ (z >> np.uint64(30))) * _MIX[0]
    z = (z ^ (z >> np.uint64(27))) * _MIX[1]
    found: np.ndarray = z ^ (z >> np.uint64(31))
    return found


def share(seed: int, use: int, numbers: np.ndarray, version: np.ndarray | int = 0) -> np.ndarray:
    """A number from 0 to 1 for each number."""
    found: np.ndarray = (mixed(seed, use, numbers, version) >> np.uint64(11)) * 2.0**-53
    return found


def chosen(shares: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """The index into `weights` that each share from 0 to 1 falls on."""
    steps = np.cumsum(weights) / np.sum(weights)
    return np.minimum(np.searchsorted(steps, shares, side="right"), len(weights) - 1)


def top_heavy(shares: np.ndarray, count: int) -> np.ndarray:
    """A number below `count` for each share: the first tenth of them comes nearly every second time (Zipf)."""
    found: np.ndarray = np.minimum((count * np.expm1(4 * shares) / np.expm1(4)).astype(np.int64), count - 1)
    return found


def labels(codes: np.ndarray, names: Sequence[str | None]) -> pa.Array:
    """Texts by their index; -1 is null, and so is what has no name.

    No name may occur twice: the bytes that Parquet makes of that depend on chance.
    """
    is_null = np.array([*(name is None for name in names), True])[codes]
    texts = pa.array([name or "" for name in names], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=is_null), texts)


def exact(units: np.ndarray, scale: int) -> pa.Array:
    """Whole numbers of the last place as decimals of so many places."""
    words = np.empty((len(units), 2), np.int64)
    words[:, 0] = units
    words[:, 1] = words[:, 0] >> 63
    return pa.Array.from_buffers(pa.decimal128(18, scale), len(units), [None, pa.py_buffer(words)])


def ids(numbers: np.ndarray) -> pa.Array:
    """Numbers that name something; zero and less is null."""
    return pa.array(numbers, mask=numbers <= 0)


def dates(days: np.ndarray) -> pa.Array:
    """Days since 1970 as dates."""
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def instants(seconds: np.ndarray) -> pa.Array:
    """Seconds since 1970 as instants."""
    return pa.array(seconds * 1_000_000).cast(pa.timestamp("us", tz="UTC"))
