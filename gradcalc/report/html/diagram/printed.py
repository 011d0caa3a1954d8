"""Places for the weights on the edges of a network, where all fit: on no unit and no other, on no edge if possible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from gradcalc.report.graph.layout import Point
from gradcalc.report.html.diagram.figure import LINE
from gradcalc.report.html.diagram.plan import Plan

MOST = 24
"""More labels than this are too many to be read, if they fit or not."""
_SHARES = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75, 0.18, 0.82)
_AIR = 2.0
Edge: TypeAlias = tuple[str, str]
Box: TypeAlias = tuple[float, float, float, float]


def places(plan: Plan, widths: Mapping[Edge, float]) -> dict[Edge, Point]:
    """The middle of each label, by its edge and its width; empty where they don't all find a place."""
    if len(widths) > MOST:
        return {}
    taken = [plan.box(id) for id in plan.sizes]
    found: dict[Edge, Point] = {}
    for edge, width in widths.items():
        free = [point for point in _along(plan.placed.routes[edge]) if _is_free(_box(point, width), taken, plan)]
        if not free:
            return {}
        others = [route for other, route in plan.placed.routes.items() if other != edge]
        lone = (point for point in free if not _is_crossed(_box(point, width), others))
        found[edge] = next(lone, free[0])
        taken.append(_box(found[edge], width))
    return found


def _along(route: Sequence[Point]) -> Iterator[Point]:
    """Points of an edge, the middle first; of one that passes layers, on its last part."""
    (x0, y0), (x1, y1) = route[-2:]
    for share in _SHARES:
        yield x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def _box(middle: Point, width: float) -> Box:
    (x, y), half = middle, width / 2 + _AIR
    return x - half, y - LINE / 2, x + half, y + LINE / 2


def _is_free(box: Box, taken: Sequence[Box], plan: Plan) -> bool:
    left, top, right, bottom = box
    inside = left >= 0 and top >= 0 and right <= plan.size[0] and bottom <= plan.size[1]
    return inside and not any(left < x1 and x0 < right and top < y1 and y0 < bottom for x0, y0, x1, y1 in taken)


def _is_crossed(box: Box, routes: Sequence[Sequence[Point]]) -> bool:
    """Whether an edge passes under a box."""
    return any(_meets(box, *ends) for route in routes for ends in pairwise(route))


def _meets(box: Box, start: Point, end: Point) -> bool:
    """Whether a segment comes into a box: clipped by each side in turn, after Liang & Barsky (1984)."""
    if max(start[0], end[0]) < box[0] or min(start[0], end[0]) > box[2]:
        return False
    first, last = 0.0, 1.0
    for axis in (0, 1):
        low, high, from_, step = box[axis], box[axis + 2], start[axis], end[axis] - start[axis]
        if step == 0:
            if not low < from_ < high:
                return False
            continue
        near, far = sorted(((low - from_) / step, (high - from_) / step))
        first, last = max(first, near), min(last, far)
    return first < last
