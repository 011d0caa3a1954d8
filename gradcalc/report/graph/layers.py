"""Put a directed graph's vertices on layers, and order each layer so that few edges cross.

After Sugiyama, Tagawa & Toda, Methods for visual understanding of hierarchical system structures (1981): layers by
longest path, long edges through bends of their own, orders by medians, in sweeps down and up.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

SWEEPS = 12
MOST_BENDS = 3_000
MOST_VERTICES = 1_500
MOST_LINKS = 4_000
"""Beyond these an order as it comes has to do, so that a large graph still comes out quickly."""

Vertex: TypeAlias = Hashable
"""A name, or a bend: the source of an edge with the layer that the edge passes there."""


@dataclass(frozen=True)
class Layered:
    """The vertices of each layer in order, the edges between neighbouring layers, and each edge's way through bends."""

    layers: tuple[tuple[Vertex, ...], ...]
    links: tuple[tuple[Vertex, Vertex], ...]
    ways: Mapping[tuple[str, str], tuple[Vertex, ...]]


def layered(names: Iterable[str], edges: Sequence[tuple[str, str]], ranks: Mapping[str, int] | None = None) -> Layered:
    """Layers with orders. `ranks` fixes the layer of each name; else each comes after all that lead to it.

    Raises ValueError where edges go round in a circle, or with `ranks` not forward.
    """
    names = tuple(names)
    rank = ranked(names, edges) if ranks is None else dict(ranks)
    if any(rank[source] >= rank[target] for source, target in edges):
        raise ValueError("an edge must lead to a later layer")
    ways, links = _ways(edges, rank)
    layers: list[list[Vertex]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for name in names:
        layers[rank[name]].append(name)
    for bend in dict.fromkeys(bend for way in ways.values() for bend in way[1:-1]):
        assert isinstance(bend, tuple)
        layers[bend[1]].append(bend)
    return Layered(tuple(map(tuple, _ordered(layers, links))), tuple(links), ways)


def ranked(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each name: one after the last of what leads to it; a source right before what it leads to.

    Raises ValueError where edges go round in a circle.
    """
    leads: dict[str, list[str]] = {name: [] for name in names}
    waiting = dict.fromkeys(names, 0)
    for source, target in edges:
        leads[source].append(target)
        waiting[target] += 1
    rank = {name: 0 for name in names if not waiting[name]}
    todo = list(rank)
    for name in todo:
        for target in leads[name]:
            rank[target] = max(rank.get(target, 0), rank[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                todo.append(target)
    if len(todo) < len(names):
        raise ValueError("the edges go round in a circle")
    fed = {target for _, target in edges}
    pulled = {name: min(rank[t] for t in leads[name]) - 1 for name in names if name not in fed and leads[name]}
    return rank | pulled


def _ways(
    edges: Sequence[tuple[str, str]], rank: Mapping[str, int]
) -> tuple[dict[tuple[str, str], tuple[Vertex, ...]], list[tuple[Vertex, Vertex]]]:
    """Each edge through a bend on every layer that it crosses; the edges of one source share their bends."""
    length = sum(rank[target] - rank[source] - 1 for source, target in edges)
    ways: dict[tuple[str, str], tuple[Vertex, ...]] = {}
    links: dict[tuple[Vertex, Vertex], None] = {}
    for source, target in edges:
        crossed = range(rank[source] + 1, rank[target]) if length <= MOST_BENDS else ()
        way = (source, *((source, layer) for layer in crossed), target)
        ways[source, target] = way
        links |= dict.fromkeys(pairwise(way))
    return ways, list(links)


def _ordered(layers: list[list[Vertex]], links: Sequence[tuple[Vertex, Vertex]]) -> list[list[Vertex]]:
    """The orders with the fewest crossings that sweeps down and up come to."""
    if sum(map(len, layers)) > MOST_VERTICES or len(links) > MOST_LINKS:
        return layers
    before, after = neighbours(links)
    best = layers = min(layers, _by_first_reach(layers, after), key=lambda order: crossings(order, links))
    fewest = crossings(layers, links)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        layers = _swept(layers, before if sweep % 2 == 0 else after, up=sweep % 2 == 1, turned=sweep % 4 > 1)
        layers = _swapped(layers, before, after)
        count = crossings(layers, links)
        if count < fewest:
            best, fewest = layers, count
    return best


Neighbours: TypeAlias = dict[Vertex, list[Vertex]]


def neighbours(links: Iterable[tuple[Vertex, Vertex]]) -> tuple[Neighbours, Neighbours]:
    """For each vertex those before it, and those after it."""
    before: Neighbours = {}
    after: Neighbours = {}
    for left, right in links:
        before.setdefault(right, []).append(left)
        after.setdefault(left, []).append(right)
    return before, after


def _by_first_reach(layers: list[list[Vertex]], after: Mapping[Vertex, Sequence[Vertex]]) -> list[list[Vertex]]:
    """Vertices in the order in which one comes to them from the sources, so that branches stay together."""
    reached: dict[Vertex, None] = {}
    todo = [vertex for layer in reversed(layers) for vertex in reversed(layer)]
    while todo:
        vertex = todo.pop()
        if vertex not in reached:
            reached[vertex] = None
            todo.extend(reversed(after.get(vertex, ())))
    place = {vertex: position for position, vertex in enumerate(reached)}
    return [sorted(layer, key=place.__getitem__) for layer in layers]


def _swept(
    layers: list[list[Vertex]], neighbours: Mapping[Vertex, Sequence[Vertex]], up: bool, turned: bool
) -> list[list[Vertex]]:
    """Each layer sorted by the middle of its neighbours' places on the layer before it (after it, on the way up).

    `turned` puts those of equal middle the other way round, which a sweep would else never try.
    """
    result = [list(layer) for layer in layers]
    order = range(len(layers) - 2, -1, -1) if up else range(1, len(layers))
    for number in order:
        beside = result[number + 1 if up else number - 1]
        place = {vertex: float(position) for position, vertex in enumerate(beside)}
        layer = result[number][::-1] if turned else result[number]
        keys = {
            vertex: _middle([place[n] for n in neighbours.get(vertex, ()) if n in place], float(position))
            for position, vertex in enumerate(result[number])
        }
        result[number] = sorted(layer, key=keys.__getitem__)
    return result


def _middle(places: list[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _swapped(
    layers: list[list[Vertex]],
    before: Mapping[Vertex, Sequence[Vertex]],
    after: Mapping[Vertex, Sequence[Vertex]],
) -> list[list[Vertex]]:
    """Neighbours exchanged where that undoes crossings on both sides together."""
    place = {vertex: position for layer in layers for position, vertex in enumerate(layer)}
    for layer in layers:
        for i in range(len(layer) - 1):
            upper, lower = layer[i], layer[i + 1]
            gain = sum(
                _inversions(side.get(upper, ()), side.get(lower, ()), place)
                - _inversions(side.get(lower, ()), side.get(upper, ()), place)
                for side in (before, after)
            )
            if gain > 0:
                layer[i], layer[i + 1] = lower, upper
                place[lower], place[upper] = i, i + 1
    return layers


def _inversions(above: Sequence[Vertex], below: Sequence[Vertex], place: Mapping[Vertex, int]) -> int:
    return sum(place[a] > place[b] for a in above for b in below)


def crossings(layers: Sequence[Sequence[Vertex]], links: Iterable[tuple[Vertex, Vertex]]) -> int:
    """How many pairs of links cross; those that share an end don't (counted with a binary indexed tree)."""
    place = {vertex: position for layer in layers for position, vertex in enumerate(layer)}
    number = {vertex: i for i, layer in enumerate(layers) for vertex in layer}
    between: dict[int, list[tuple[int, int]]] = {}
    for left, right in links:
        if number[right] == number[left] + 1:
            between.setdefault(number[left], []).append((place[left], place[right]))
    return sum(_count(sorted(pairs)) for pairs in between.values())


def _count(pairs: Sequence[tuple[int, int]]) -> int:
    """Inversions among the right ends, as the left ends go down."""
    size = max(right for _, right in pairs) + 1
    tree = [0] * (size + 1)
    total = 0
    for seen, (_, right) in enumerate(pairs):
        position, not_above = right + 1, 0
        while position:
            not_above += tree[position]
            position -= position & -position
        total += seen - not_above
        position = right + 1
        while position <= size:
            tree[position] += 1
            position += position & -position
    return total
