"""Graphs of any shape: vertices numbered from 1, each after those that lead to it, and edges between them."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np

from gradcalc.program.kinds import EDGE

Edges: TypeAlias = frozenset[tuple[int, int]]
"""From where to where each edge leads; the first number is the smaller one."""
SHARE: Final = 0.5
"""Of the edges that there can be, how many a graph at random has."""
LEAST: Final = 5
"""So many vertices has a graph at least."""


def is_edge(value: Any) -> bool:
    """Whether a value in a file is the kind of an edge's weight."""
    return isinstance(value, str) and value.strip() == EDGE


def letters_of_vertices(given: Any) -> set[str]:
    """The letters of names whose members are edges, among what a file gives: they count vertices."""
    every = (raw for raw, value in given.items() if is_edge(value)) if isinstance(given, dict) else ()
    return {part.strip() for raw in every for part in str(raw).partition("[")[2].rstrip("] ").split(",")}


def all_edges(count: int) -> Edges:
    """Every edge that there can be between so many vertices."""
    return frozenset((u, v) for v in range(1, count + 1) for u in range(1, v))


def random_edges(count: int, seed: int) -> Edges:
    """Some of them, the same ones for the same seed: from each vertex but the last, and to each but the first."""
    random = np.random.default_rng([count, seed])
    found = {edge for edge in sorted(all_edges(count)) if random.random() < SHARE}
    for vertex in range(1, count + 1):
        if vertex < count and all(u != vertex for u, _ in found):
            found.add((vertex, int(random.integers(vertex + 1, count + 1))))
        if vertex > 1 and all(v != vertex for _, v in found):
            found.add((int(random.integers(1, vertex)), vertex))
    return frozenset(found)
