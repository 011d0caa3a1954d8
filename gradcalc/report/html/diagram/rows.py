"""A graph from top to bottom, a row for each vertex: rails on the left lead from it to the rows where it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcalc.report.graph.layout import Layout, Point, Size
from gradcalc.report.html.diagram.figure import NARROW

_GAP, _MARGIN = 8.0, 4.0
_RAIL, _LEAST_RAIL = 12.0, 4.0
_ARRIVAL = 14.0
"""Room for the head of an arrow."""


def stacked(sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> Layout:
    """The vertices in the order of `sizes`, in which every edge leads on; as narrow as a phone where that is possible.

    An edge leaves its source on the left, below the middle, runs down a rail, and comes to its target from the left,
    above the middle.
    """
    order = {name: i for i, name in enumerate(sizes)}
    rails = _rails(order, edges)
    count = max(rails.values(), default=-1) + 1
    widest = max((width for width, _ in sizes.values()), default=0.0)
    apart = max(_LEAST_RAIL, min(_RAIL, (NARROW - widest - _ARRIVAL - 2 * _MARGIN) / max(count, 1)))
    left = _MARGIN + apart * count + (_ARRIVAL if count else 0.0)
    positions: dict[str, Point] = {}
    y = _MARGIN
    for name, (width, height) in sizes.items():
        positions[name] = (left + width / 2, y + height / 2)
        y += height + _GAP
    routes = {
        edge: _route(edge, positions, sizes, left, left - _ARRIVAL - apart * (0.5 + rails[edge[0]])) for edge in edges
    }
    return Layout(positions, routes, left + widest + _MARGIN, y - _GAP + _MARGIN)


def _rails(order: Mapping[str, int], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The rail of each source, counted from the boxes: the first that is free from its row to its last use."""
    last: dict[str, int] = {}
    for source, target in edges:
        last[source] = max(last.get(source, 0), order[target])
    until: list[int] = []
    rails: dict[str, int] = {}
    for source in sorted(last, key=order.__getitem__):
        free = (rail for rail, row in enumerate(until) if row <= order[source])
        rails[source] = next(free, len(until))
        until[rails[source] :] = [last[source], *until[rails[source] + 1 :]]
    return rails


def _route(
    edge: tuple[str, str], positions: Mapping[str, Point], sizes: Mapping[str, Size], left: float, rail: float
) -> tuple[Point, ...]:
    (_, start), (_, end) = positions[edge[0]], positions[edge[1]]
    leave, arrive = start + min(6.0, sizes[edge[0]][1] / 4), end - min(6.0, sizes[edge[1]][1] / 4)
    return (left, leave), (rail, leave), (rail, arrive), (left, arrive)
