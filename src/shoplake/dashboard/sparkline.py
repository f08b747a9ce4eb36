"""The line beside a figure."""

from __future__ import annotations

from collections.abc import Sequence


def path(points: Sequence[float]) -> str:
    """An SVG path through the points, over a field of 100 by 28.

    >>> path([1, 3, 2])
    'M0.0 26.0 L50.0 2.0 L100.0 14.0'
    """
    if len(points) < 2:
        return ""
    low, high = min(points), max(points)
    step, span = 100 / (len(points) - 1), (high - low) or 1
    return "M" + " L".join(f"{at * step:.1f} {26 - 24 * (point - low) / span:.1f}" for at, point in enumerate(points))
