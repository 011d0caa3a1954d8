"""A long line in fewer points: no screen shows more, and a file with all of them takes long to open."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 1_000
"""Stretches into which a long line is divided; of each its highest and its lowest point are drawn."""


def thinned(numbers: Sequence[float]) -> list[int]:
    """The places of the points to draw, in order: the first, the last, and the peaks between them."""
    count = len(numbers)
    if count <= 2 * MOST:
        return [*range(count)]
    places = {0, count - 1}
    for part in range(MOST):
        stretch = range(part * count // MOST, (part + 1) * count // MOST)
        places |= {min(stretch, key=numbers.__getitem__), max(stretch, key=numbers.__getitem__)}
    return sorted(places)
