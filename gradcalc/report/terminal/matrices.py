"""Draw a matrix: brackets, decimals under each other, and the middle left out where it's too large to read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from gradcalc.formula.arrays import Array, Mask
from gradcalc.report.numbers import WRONG, aligned, entries, is_single
from gradcalc.report.parts import Kept, Part, ends, in_part, indices
from gradcalc.report.terminal.boxes import Box, Mark, box, fenced

GAP = "  "
MAX_ROWS = 12
_KEPT_ROWS = 4
WRONG_ASCII = "x"
IN_PART = "Large matrices are shown in part; --full or --format json has every number."
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
    seen: Mask | None = None,
) -> Drawing:
    """The value as a box of at most `width` columns: a number, or a matrix in brackets, its wrong entries marked.

    What is left out for that has no entries that are wrong or to be `seen`, as far as these have room. With `full`, of
    as many columns as it takes.
    """
    if is_single(array):
        return Drawing(box(entries(array, digits, exact)[0][0]))
    if 0 in array.shape:
        return Drawing(box("[]"))
    across, down = ("...", "...") if ascii_only else ("…", "⋮")
    sign = WRONG_ASCII if ascii_only else WRONG
    seen = wrong if seen is None else seen
    rows = [*range(array.shape[0])] if full else ends(array.shape[0], MAX_ROWS, _KEPT_ROWS, indices(seen, 0))
    near = indices(seen, 1, rows)
    tried = Part(rows, [*range(array.shape[1])] if full else _candidates(array.shape[1], width, near))
    marked = None if wrong is None else tried.of(wrong)
    cells = [aligned(column) for column in _columns(tried.of(array), digits, exact)]
    drawn = dict(zip((i for i in tried.columns if i is not None), _signed(cells, marked, sign), strict=True))
    shown = tried.columns if full else _fitting(drawn, width - 2, len(across), near)
    columns = [[across] * len(rows) if i is None else _dotted(drawn[i], rows, down) for i in shown]
    grid = box(*(GAP.join(row) for row in zip(*columns, strict=True)), base=(len(rows) - 1) // 2)
    if wrong is not None:
        grid = replace(grid, marks=tuple(_marks(grid.lines, sign)))
    return Drawing(fenced(grid, "[", ascii_only), None in rows or None in shown)


def _candidates(count: int, width: int, near: Collection[int]) -> Kept:
    """The columns that may be shown in so many of the screen: formatting more takes time."""
    width = max(width, 1)  # one is shown in any case, beside a name that is longer than the line too
    if count <= 2 * width:
        return [*range(count)]
    return sorted({*range(width), *range(count - width, count), *sorted(near)[:width]})


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


def _dotted(column: Sequence[str], rows: Kept, dots: str) -> list[str]:
    """A column with dots where rows are left out."""
    width, cells = len(column[0]), iter(column)
    return [dots.center(width)[: max(width, len(dots))] if i is None else next(cells) for i in rows]


def _fitting(columns: dict[int, list[str]], width: int, dots: int, near: Collection[int]) -> Kept:
    """The columns that fit into `width` with a gap between any two."""
    sizes = {i: len(column[0]) + len(GAP) for i, column in columns.items()}
    return in_part(sizes, width + len(GAP), dots + len(GAP), near)
