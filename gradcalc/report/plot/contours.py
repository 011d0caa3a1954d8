"""Lines along which a quantity on a grid has one value: marching squares (Lorensen and Cline 1987, in the plane)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array

Edge: TypeAlias = tuple[int, int, bool]
"""An edge of the grid, from a corner (row and column) to the next one to the right, or up (True)."""
Point: TypeAlias = tuple[float, float]


def contours(grid: Array, across: Array, up: Array, level: float) -> list[list[Point]]:
    """The lines at a level, each as points; `grid[i, j]` is the value at `(across[j], up[i])`.

    Between corners the value is taken to change evenly. Cells with a corner that isn't finite have no line.
    """
    joined: dict[Edge, list[Edge]] = {}
    for start, end in _segments(grid, level):
        joined.setdefault(start, []).append(end)
        joined.setdefault(end, []).append(start)
    return [[_point(edge, grid, across, up, level) for edge in line] for line in _lines(joined)]


def _segments(grid: Array, level: float) -> Iterator[tuple[Edge, Edge]]:
    """A piece of a line for each cell that it crosses, two in a saddle, from edge to edge."""
    above = grid > level
    around = np.stack([above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]])
    known = np.isfinite(grid[:-1, :-1] + grid[:-1, 1:] + grid[1:, 1:] + grid[1:, :-1])
    for i, j in np.argwhere(around.any(0) & ~around.all(0) & known).tolist():
        bottom, right, top, left = (i, j, False), (i, j + 1, True), (i + 1, j, False), (i, j, True)
        corners = around[:, i, j].tolist()
        turns = zip(corners, corners[1:] + corners[:1], (bottom, right, top, left), strict=True)
        crossed = [edge for one, other, edge in turns if one != other]
        if len(crossed) == 2:
            yield crossed[0], crossed[1]
            continue
        centre = bool(grid[i : i + 2, j : j + 2].mean() > level)
        if centre == corners[0]:
            yield from ((bottom, right), (top, left))
        else:
            yield from ((bottom, left), (right, top))


def _lines(joined: Mapping[Edge, list[Edge]]) -> Iterator[list[Edge]]:
    """The pieces put together; those that end at the grid's border are begun there, the others go round."""
    left = {edge: [*others] for edge, others in joined.items()}
    for first in sorted(left, key=lambda edge: len(joined[edge])):
        while left[first]:
            line = [first]
            while left[line[-1]]:
                after = left[line[-1]].pop()
                left[after].remove(line[-1])
                line.append(after)
            yield line


def _point(edge: Edge, grid: Array, across: Array, up: Array, level: float) -> Point:
    """Where the level is met on an edge."""
    i, j, upward = edge
    k, m = (i + 1, j) if upward else (i, j + 1)
    part = (level - grid[i, j]) / (grid[k, m] - grid[i, j])
    return float(across[j] + part * (across[m] - across[j])), float(up[i] + part * (up[k] - up[i]))
