"""Segments of customers by how recently, how often and for how much they bought: one for every combination."""

from __future__ import annotations

from pyspark.sql import Column as Expression
from pyspark.sql import functions as F

# Recency scores (high 4-5, middle 3, low 1-2) down; value scores (high 4-5, middle 2-3, low 1) across.
_SEGMENTS = (
    ("champion", "potential_loyalist", "recent"),
    ("loyal", "needs_attention", "about_to_sleep"),
    ("at_risk", "hibernating", "lost"),
)
SEGMENTS = tuple(name for row in _SEGMENTS for name in row)


def segment(recency: int, frequency: int, monetary: int) -> str:
    """The segment of three scores from 1 to 5; value is the mean of how often and how much, a half rounded up.

    >>> segment(5, 5, 4), segment(3, 2, 3), segment(1, 5, 5)
    ('champion', 'needs_attention', 'at_risk')
    """
    value = (frequency + monetary + 1) // 2
    return _SEGMENTS[0 if recency > 3 else 1 if recency == 3 else 2][0 if value > 3 else 1 if value > 1 else 2]


def segment_of(recency: str, frequency: str, monetary: str) -> Expression:
    """`segment` over columns."""
    value = F.floor((F.col(frequency) + F.col(monetary) + 1) / 2)
    of_row = [F.when(value > 3, row[0]).when(value > 1, row[1]).otherwise(row[2]) for row in _SEGMENTS]
    return F.when(F.col(recency) > 3, of_row[0]).when(F.col(recency) == 3, of_row[1]).otherwise(of_row[2])
