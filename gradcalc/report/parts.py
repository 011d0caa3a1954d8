"""What is shown of a matrix that is too large to read: its ends, and what is to be seen, with dots for the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from gradcalc.formula.arrays import Mask

T = TypeVar("T")
Kept = list[int | None]
"""Which rows or columns are shown, in their order; None for the dots where some are left out."""


def in_part(sizes: Mapping[int, int], room: int, dots: int, seen: Collection[int] = ()) -> Kept:
    """Which rows or columns are shown where they, and the dots between them, may take so much `room`.

    `sizes` tells how much each takes of those that may be shown, which the last always may. Those that are to be
    `seen` come first, then the first and the last ones alternately; one is shown in any case.
    """
    count = max(sizes) + 1
    if len(sizes) == count and sum(sizes.values()) <= room:
        return [*range(count)]
    shown: list[int] = []
    for each in sorted(sizes, key=lambda i: (i not in seen, min(2 * i, 2 * (count - i) - 1))):
        tried = _dotted([*shown, each], count)
        if shown and sum(dots if i is None else sizes[i] for i in tried) > room:
            break
        shown.append(each)
    return _dotted(shown, count)


def ends(count: int, most: int, kept: int, seen: Collection[int] = ()) -> Kept:
    """All rows or columns where they are no more than `most`; else `kept` at each end, or fewer with those `seen`."""
    return [*range(count)] if count <= most else in_part(dict.fromkeys(range(count), 1), 2 * kept + 1, 1, seen)


def _dotted(shown: Sequence[int], count: int) -> Kept:
    parts: Kept = []
    for before, here in pairwise([-1, *sorted(shown), count]):
        parts += [None] * (here > before + 1) + [here] * (here < count)
    return parts


@dataclass(frozen=True, slots=True)
class Part:
    """The rows and columns of a matrix that are shown."""

    rows: Kept
    columns: Kept

    def of(self, matrix: Any) -> Any:
        """The entries that are shown; of a masked array masked as they are."""
        rows, columns = ([i for i in kept if i is not None] for kept in (self.rows, self.columns))
        if (len(rows), len(columns)) == matrix.shape:
            return matrix
        return matrix[np.ix_(rows, columns)]

    def dotted(self, cells: Sequence[Sequence[T]], across: T, down: T, both: T) -> list[list[T]]:
        """The cells of what is shown with others for what isn't: in a row, in a column, and where these cross."""
        filled = iter(cells)
        lines = [None if i is None else iter(next(filled)) for i in self.rows]
        return [
            [
                (both if j is None else down) if line is None else across if j is None else next(line)
                for j in self.columns
            ]
            for line in lines
        ]


def part(shape: tuple[int, ...], most: tuple[int, int], kept: tuple[int, int], seen: Mask | None) -> Part:
    """What is shown of a matrix: of more than `most` rows and columns the ends, and entries that are to be `seen`."""
    rows = ends(shape[0], most[0], kept[0], indices(seen, 0))
    return Part(rows, ends(shape[1], most[1], kept[1], indices(seen, 1, rows)))


def indices(seen: Mask | None, axis: int, rows: Kept | None = None) -> Collection[int]:
    """The rows (axis 0) or columns with an entry that is to be seen, where only these `rows` are shown."""
    if seen is None:
        return ()
    kept = seen if rows is None else seen[[i for i in rows if i is not None]]
    return frozenset(np.flatnonzero(kept.any(axis=1 - axis)).tolist())
