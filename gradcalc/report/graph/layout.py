"""Place a directed graph on a page, layer after layer from left to right, with a way for every edge.

`layout({"x": (60, 30), "a": (80, 30)}, [("x", "a")])` knows nothing of computations: it serves any graph in which
no edges go round in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from gradcalc.report.graph.layers import Layered, Vertex, layered, neighbours

PASSES = 8
BEND = 6.0
"""The room that an edge passing through a layer takes there."""

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """Where everything is: `positions` has the middle of each vertex, `routes` the points of each edge.

    A route goes from the right side of its source, straight through each layer between, to the left side of its target.
    All is within (0, 0) and (width, height); y grows downward.
    """

    positions: Mapping[str, Point]
    routes: Mapping[tuple[str, str], tuple[Point, ...]]
    width: float
    height: float


def layout(
    sizes: Mapping[str, Size],
    edges: Sequence[tuple[str, str]],
    *,
    ranks: Mapping[str, int] | None = None,
    gap: Size = (56.0, 16.0),
    gaps: Sequence[float] = (),
    margin: float = 12.0,
    port: float = 9.0,
    down: bool = False,
) -> Layout:
    """Place vertices of these sizes (width, height).

    `ranks` fixes the layer of each vertex, counted from 0; `gap` is the least distance between layers, and within one;
    `gaps` has the distance behind each layer where these are not all the same;
    `port` is the distance at which edges arrive beside each other, 0 to let all arrive at the middle. `down` puts the
    layers one below the other, edges from bottom to top side. Raises ValueError where edges go round in a circle.
    """
    if down:
        turned = {name: (height, width) for name, (width, height) in sizes.items()}
        return _turned(layout(turned, edges, ranks=ranks, gap=gap, gaps=gaps, margin=margin, port=port))
    edges = list(dict.fromkeys(edges))
    graph = layered(sizes, edges, ranks)
    heights = {vertex: _height(vertex, sizes) for layer in graph.layers for vertex in layer}
    ys = _settled(graph, heights, gap[1])
    top = min((ys[v] - heights[v] / 2 for v in ys), default=0.0) - margin
    xs, width = _columns(graph, sizes, gaps or [gap[0]] * len(graph.layers), margin)
    positions = {name: (xs[i][0], ys[name] - top) for i, name in _named(graph)}
    height = max((ys[v] + heights[v] / 2 - top for v in ys), default=0.0) + margin
    number = {vertex: i for i, layer in enumerate(graph.layers) for vertex in layer}
    routes = {
        edge: _route(edge, [(number[bend], ys[bend] - top) for bend in graph.ways[edge][1:-1]], positions, sizes, xs)
        for edge in edges
    }
    return Layout(positions, _with_ports(routes, sizes, port), width, height)


def _turned(plan: Layout) -> Layout:
    """The same with right for down."""
    positions = {name: (y, x) for name, (x, y) in plan.positions.items()}
    routes = {edge: tuple((y, x) for x, y in route) for edge, route in plan.routes.items()}
    return Layout(positions, routes, plan.height, plan.width)


def _height(vertex: Vertex, sizes: Mapping[str, Size]) -> float:
    return sizes[vertex][1] if isinstance(vertex, str) else BEND


def _named(graph: Layered) -> list[tuple[int, str]]:
    return [(i, vertex) for i, layer in enumerate(graph.layers) for vertex in layer if isinstance(vertex, str)]


def _columns(
    graph: Layered, sizes: Mapping[str, Size], gaps: Sequence[float], margin: float
) -> tuple[list[tuple[float, float]], float]:
    """The middle and the width of each layer, and the width of all."""
    columns: list[tuple[float, float]] = []
    x = margin
    for layer, gap in zip(graph.layers, gaps, strict=True):
        wide = max((sizes[vertex][0] for vertex in layer if isinstance(vertex, str)), default=0.0)
        columns.append((x + wide / 2, wide))
        x += wide + gap
    return columns, max(x - (gaps[-1] if columns else 0.0), margin) + margin


def _route(
    edge: tuple[str, str],
    bends: Sequence[tuple[int, float]],
    positions: Mapping[str, Point],
    sizes: Mapping[str, Size],
    columns: Sequence[tuple[float, float]],
) -> tuple[Point, ...]:
    """Along the way, straight through each layer that is passed."""
    (x0, y0), (x1, y1) = (positions[name] for name in edge)
    start, end = (x0 + sizes[edge[0]][0] / 2, y0), (x1 - sizes[edge[1]][0] / 2, y1)
    through = [(columns[i][0] + side * columns[i][1] / 2, y) for i, y in bends for side in (-1, 1)]
    return (start, *through, end)


def _with_ports(
    routes: dict[tuple[str, str], tuple[Point, ...]], sizes: Mapping[str, Size], port: float
) -> dict[tuple[str, str], tuple[Point, ...]]:
    """The edges that arrive at one vertex side by side, in the order in which they come down the page."""
    arriving: dict[str, list[tuple[str, str]]] = {}
    for edge in routes:
        arriving.setdefault(edge[1], []).append(edge)
    moved = {}
    for target, edges in arriving.items():
        step = min(port, sizes[target][1] / (len(edges) + 1))
        for position, edge in enumerate(sorted(edges, key=lambda e: routes[e][-2][1])):
            *way, (x, y) = routes[edge]
            moved[edge] = (*way, (x, y + step * (position - (len(edges) - 1) / 2)))
    return {edge: moved[edge] for edge in routes}


# How high each vertex is placed.


def _settled(graph: Layered, heights: Mapping[Vertex, float], gap: float) -> dict[Vertex, float]:
    """The middle of each vertex: as near to its neighbours' as the order and the gaps allow."""
    ys: dict[Vertex, float] = {}
    for layer in graph.layers:
        ys |= _stacked(layer, heights, gap)
    before, after = neighbours(graph.links)
    for number in range(PASSES):
        down = number % 2 == 0
        beside = before if down else after
        for layer in graph.layers if down else reversed(graph.layers):
            wanted = [_mean([ys[n] for n in beside.get(vertex, ())], ys[vertex]) for vertex in layer]
            ys |= _spread(layer, wanted, heights, gap)
    return ys


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _stacked(layer: Sequence[Vertex], heights: Mapping[Vertex, float], gap: float) -> dict[Vertex, float]:
    """One under the other, the middle of all at 0."""
    total = sum(heights[vertex] for vertex in layer) + gap * (len(layer) - 1)
    y, places = -total / 2, {}
    for vertex in layer:
        places[vertex] = y + heights[vertex] / 2
        y += heights[vertex] + gap
    return places


def _spread(
    layer: Sequence[Vertex], wanted: Sequence[float], heights: Mapping[Vertex, float], gap: float
) -> dict[Vertex, float]:
    """The places nearest to the wanted ones (least squares) that keep order and gaps, by pooling what overlaps."""
    offsets = [0.0]
    for upper, lower in pairwise(layer):
        offsets.append(offsets[-1] + (heights[upper] + heights[lower]) / 2 + gap)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            above = pools.pop()
            total, count = total + above[0], count + above[1]
        pools.append((total, count))
    shifts = [total / count for total, count in pools for _ in range(count)]
    return {vertex: shift + offset for vertex, shift, offset in zip(layer, shifts, offsets, strict=True)}
