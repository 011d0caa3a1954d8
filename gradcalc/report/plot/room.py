"""Where on a line there is room for its label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]

_PLACES = 16
"""At so many places on a line its label is tried."""
_ROOM = 24.0
"""So far a label must be from all else."""


def roomiest(line: Sequence[Point], taken: Sequence[Point]) -> Point | None:
    """The place on a line that is farthest from all that are taken; None where each is too near to one."""
    places = [line[part * (len(line) - 1) // _PLACES] for part in range(1, _PLACES)]
    found = max(places, key=lambda place: _room(place, taken))
    return found if _room(found, taken) >= _ROOM else None


def label_places(lines: Sequence[tuple[str, Sequence[Point]]], taken: Sequence[Point]) -> dict[str, Point]:
    """Where each label stands, on the first of its lines, away from all that are taken and from other labels.

    One for which there is no room is left out.
    """
    first, found = dict(reversed(lines)), dict[str, Point]()
    for label, line in reversed(first.items()):
        place = roomiest(line, [*taken, *found.values()])
        if place is not None:
            found[label] = place
    return found


def along(way: Sequence[Point]) -> Iterator[Point]:
    """Points along a way, close enough that no label fits between two."""
    for (x, y), (u, v) in zip(way, way[1:] or way, strict=False):
        parts = max(1, int(math.hypot(u - x, v - y) / _ROOM * 2))
        yield from ((x + (u - x) * part / parts, y + (v - y) * part / parts) for part in range(parts + 1))


def _room(place: Point, taken: Sequence[Point]) -> float:
    return min((math.dist(place, other) for other in taken), default=math.inf)
