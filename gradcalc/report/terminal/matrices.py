"""Draw a matrix: brackets, decimals under each other, and the middle left out where it's too large to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcalc.formula.arrays import Array, Mask
from gradcalc.report.numbers import WRONG, aligned, ends, entries, is_single
from gradcalc.report.terminal.boxes import Box, Mark, box, fenced

GAP = "  "
MAX_ROWS = 12
_KEPT_ROWS = 4
WRONG_ASCII = "x"
IN_PART = "Large matrices are shown in part; --format json has every number."
"""To be said wherever something was left out."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawn value, and whether a part of it was left out."""

    box: Box
    elided: bool = False


def draw(
    array: Array,
    digits: int,
    *,
    exact: bool = False,
    width: int = 80,
    ascii_only: bool = False,
    wrong: Mask | None = None,
    full: bool = False,
) -> Drawing:
    """The value as a box of at most `width` columns: a number, or a matrix in brackets, its wrong entries marked.

    With `full`, of as many columns as it takes.
    """
    if is_single(array):
        return Drawing(box(entries(array, digits, exact)[0][0]))
    if 0 in array.shape:
        return Drawing(box("[]"))
    dots = ("...", "...") if ascii_only else ("…", "⋮")
    tall, wide = (not full and size > most for size, most in zip(array.shape, (MAX_ROWS, 2 * width), strict=True))
    # More can't be shown, and formatting takes time.
    kept, marked = (_kept(each, tall, width if wide else 0) for each in (array, wrong))
    sign = WRONG_ASCII if ascii_only else WRONG
    cells = _signed([aligned(column) for column in _columns(kept, digits, exact)], marked, sign)
    columns, cut = (cells, False) if full else _fitting(cells, width - 2, dots[0])
    if tall:
        columns = [_with_gap(column, _KEPT_ROWS, dots[1] if column[0] != dots[0] else dots[0]) for column in columns]
    base = (len(columns[0]) - 1) // 2
    grid = box(*(GAP.join(row) for row in zip(*columns, strict=True)), base=base)
    if marked is not None:
        grid = replace(grid, marks=tuple(_marks(grid.lines, sign)))
    return Drawing(fenced(grid, "[", ascii_only), tall or cut)


def _kept(array: Array | Mask | None, tall: bool, columns: int) -> Any:
    """The rows that are shown, and no more columns than these."""
    if array is not None and tall:
        array = ends(array, _KEPT_ROWS, 0)
    return ends(array, columns, 1) if array is not None and columns else array


def _signed(columns: list[list[str]], wrong: Mask | None, sign: str) -> list[list[str]]:
    """The cells with a sign behind each wrong one, and room for it behind the others of its column."""
    if wrong is None:
        return columns
    return [
        [_behind(cell, sign if bad else " " * bool(bads.any())) for cell, bad in zip(column, bads, strict=True)]
        for column, bads in zip(columns, wrong.T, strict=True)
    ]


def _behind(cell: str, sign: str) -> str:
    number = cell.rstrip()
    return number + sign + cell[len(number) :]


def _marks(lines: Sequence[str], sign: str) -> Iterator[Mark]:
    """Where the numbers with the sign stand."""
    found = ((row, match) for row, line in enumerate(lines) for match in re.finditer(rf"\S+{sign}", line))
    return (Mark(row, match.start(), match.end(), "wrong") for row, match in found)


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
