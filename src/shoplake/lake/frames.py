"""What is done to frames in every layer."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def union_of(frames: Iterable[DataFrame]) -> DataFrame:
    """The rows of one frame after those of another; all have the same columns."""
    return reduce(lambda left, right: left.unionByName(right), frames)
