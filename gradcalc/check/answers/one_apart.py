r"""Lists with dots in which one entry is another: `[\hat{y}_1, \dots, \hat{y}_k - 1, \dots, \hat{y}_K]`.

That one is at the class of the sample, where the problem's target is 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.check.answers.dots import is_dots, without_comma
from gradcalc.formula.tex.tree import Grid, Row

_AROUND = 3
"""The one entry, with one that is as all others on either side."""


def one_apart(grid: Grid) -> tuple[Grid, Row] | None:
    """The list without the entry that is another one, and that; None of what isn't such a list."""
    is_column = all(len(row) == 1 for row in grid.rows)
    if not is_column and len(grid.rows) != 1:
        return None
    cells = [without_comma(cell) for row in grid.rows for cell in row]
    dots = [at for at, cell in enumerate(cells) if len(cell) == 1 and is_dots(cell[0])]
    if len(dots) != 2 or not 0 < dots[0] < dots[1] < len(cells) - 1:
        return None
    between, kept = cells[dots[0] + 1 : dots[1]], [*cells[: dots[0] + 1], *cells[dots[1] + 1 :]]
    if len(between) == _AROUND and _are_alike([*cells[: dots[0]], between[0], between[-1], *cells[dots[1] + 1 :]]):
        between = between[1:2]
    if len(between) != 1:
        return None
    return Grid(grid.kind, tuple((cell,) for cell in kept) if is_column else (tuple(kept),)), between[0]


def constant(grid: Grid) -> Row | None:
    """What all entries of a list are that is shown with dots, `0, …, 0`; None where they differ."""
    cells = [cell for row in grid.rows for cell in row if not is_dots(cell[0])]
    return cells[0] if _are_alike(cells) else None


def _are_alike(cells: Sequence[Row]) -> bool:
    return all(cell == cells[0] for cell in cells)
