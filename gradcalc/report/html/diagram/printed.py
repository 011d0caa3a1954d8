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
MOST_UNDER = 1
"""Of more edges under a label one doesn't see on which it stands."""
_SHARES = (0.5, *(0.5 + side * 0.045 * i for i in range(1, 9) for side in (-1, 1)))
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
        others = [route for other, route in plan.placed.routes.items() if other != edge]
        best = _clearest(free, width, others)
        if best is None:
            return {}
        found[edge] = best
        taken.append(_box(best, width))
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


def _clearest(points: Sequence[Point], width: float, routes: Sequence[Sequence[Point]]) -> Point | None:
    """The first place with no other edge under a label of that width, else with one; None where there are more."""
    crossed = []
    for point in points:
        under = sum(any(_meets(_box(point, width), *ends) for ends in pairwise(route)) for route in routes)
        if not under:
            return point
        crossed += [point] if under <= MOST_UNDER else []
    return next(iter(crossed), None)


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
