"""Draw a matrix: brackets, decimals under each other, and the middle left out where it's too large to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.report.numbers import aligned, entries
from gradcalc.report.terminal.boxes import Box, box, fenced

GAP = "  "
MAX_ROWS = 12
_KEPT_ROWS = 4
IN_PART = "Large matrices are shown in part; --format json has every number."
"""To be said wherever something was left out."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn value, and whether a part of it was left out."""

    box: Box
    elided: bool = False


def draw(array: Array, digits: int, *, exact: bool = False, width: int = 80, ascii_only: bool = False) -> Drawing:
    """The value as a box of at most `width` columns: a number, or a matrix in brackets."""
    if array.ndim == 0:
        return Drawing(box(entries(array, digits, exact)[0][0]))
    if 0 in array.shape:
        return Drawing(box("[]"))
    dots = ("...", "...") if ascii_only else ("…", "⋮")
    tall, wide = array.shape[0] > MAX_ROWS, array.shape[1] > 2 * width
    kept = _edges(array, _KEPT_ROWS, 0) if tall else array
    kept = _edges(kept, width, 1) if wide else kept  # More can't be shown, and formatting takes time.
    columns, cut = _fitting([aligned(column) for column in _columns(kept, digits, exact)], width - 2, dots[0])
    if tall:
        columns = [_with_gap(column, _KEPT_ROWS, dots[1] if column[0] != dots[0] else dots[0]) for column in columns]
    base = (len(columns[0]) - 1) // 2
    grid = box(*(GAP.join(row) for row in zip(*columns, strict=True)), base=base)
    return Drawing(fenced(grid, "[", ascii_only), tall or cut)


def _edges(array: Array, count: int, axis: int) -> Array:
    """The first and the last rows (axis 0) or columns (axis 1)."""
    return np.concatenate(np.split(array, [count, array.shape[axis] - count], axis)[::2], axis)


def _columns(array: Array, digits: int, exact: bool) -> list[list[str]]:
    return [list(column) for column in zip(*entries(array, digits, exact), strict=True)]


def _with_gap(column: Sequence[str], after: int, dots: str) -> list[str]:
    width = len(column[0])
    return [*column[:after], dots.center(width)[: max(width, len(dots))], *column[after:]]


def _fitting(columns: list[list[str]], width: int, dots: str) -> tuple[list[list[str]], bool]:
    """The columns that fit into `width`, first and last ones alternately, dots between them."""
    sizes = [len(column[0]) + len(GAP) for column in columns]
    if sum(sizes) - len(GAP) <= width:
        return columns, False
    room = width - len(dots)
    first, last = 0, 0
    while first + last < len(columns):
        front = first <= last
        room -= sizes[first] if front else sizes[-1 - last]
        if room < 0 and first:
            break
        first, last = first + front, last + (not front)
    gap = [dots] * len(columns[0])
    return [*columns[:first], gap, *columns[len(columns) - last :]], True
