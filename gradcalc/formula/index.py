"""What a bracket behind a value says: an entry or a part of it, counted from 1, both ends included.

`x[2]`, `W[1,2]`, `W[:,1]`, `x[2:4]`: as MATLAB and Julia count, and as reports print entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from gradcalc.formula.table import Shape, ShapeMismatch

ALONE: Final = 0
"""In place of the end of a range, where one row or column is meant by itself."""
TO_THE_END: Final = -1
NO_COLUMN: Final = 0
"""In place of a column, where there is one index: a vector's."""
PARAMS: Final = ("row", "row_to", "column", "column_to")
"""The parameters of `part` and `place`: from and to which row and column; of a vector the row is its entry."""
PASSED_ON: Final = ", ".join(f"{name}={name}" for name in PARAMS)
"""How a gradient's rule passes an index on."""
FIRST: Final = (("row", 1.0), ("row_to", 0.0), ("column", 0.0), ("column_to", 0.0))
"""Those of the first entry of a vector."""


class Along(NamedTuple):
    """What is taken along one axis: one index, or a range from `first` to `last`."""

    first: int
    last: int = ALONE

    @property
    def written(self) -> str:
        """As it is typed."""
        if self.last == ALONE:
            return str(self.first)
        first = "" if self.first == 1 and self.last == TO_THE_END else str(self.first)
        return f"{first}:{'' if self.last == TO_THE_END else self.last}"

    def within(self, size: int) -> slice:
        """The places, counted from 0, of so many. Raises IndexError where there are none such."""
        last = {ALONE: self.first, TO_THE_END: size}.get(self.last, self.last)
        if not 1 <= self.first <= last <= size:
            raise IndexError
        return slice(self.first - 1, last)


ALL: Final = Along(1, TO_THE_END)


def parsed(text: str) -> tuple[Along, ...]:
    """What stands between the brackets, as `written` writes it."""
    return tuple(map(_parsed, text.split(",")))


def _parsed(text: str) -> Along:
    first, colon, last = text.partition(":")
    return Along(int(first or 1), int(last or TO_THE_END) if colon else ALONE)


def params_of(index: tuple[Along, ...]) -> tuple[tuple[str, float], ...]:
    """One or two of them as parameters of `part`."""
    row, column = index if len(index) == 2 else (index[0], Along(NO_COLUMN))
    return tuple(zip(PARAMS, map(float, (*row, *column)), strict=True))


def index_of(params: Mapping[str, float]) -> tuple[Along, ...] | None:
    """The other way round; None where the parameters, all four, are no index."""
    numbers = [params.get(name, 0.5) for name in PARAMS]
    if not all(number.is_integer() for number in numbers):
        return None
    i, i_to, j, j_to = map(int, numbers)
    index = (Along(i, i_to),) if j == NO_COLUMN else (Along(i, i_to), Along(j, j_to))
    fine = all(each.first >= 1 and (each.last < 1 or each.last >= each.first) for each in index)
    return index if fine and min(i_to, j_to) >= TO_THE_END and (j != NO_COLUMN or j_to == ALONE) else None


def written(params: Mapping[str, float]) -> str | None:
    """The bracket, as it is typed; None where the parameters are no index."""
    index = index_of(params)
    return None if index is None else f"[{','.join(each.written for each in index)}]"


def region(shape: Shape, params: Mapping[str, float]) -> tuple[slice, ...]:
    """The rows and the columns, counted from 0, of a part. Raises ShapeMismatch where it isn't there."""
    index = index_of(params)
    if index is None:
        raise ShapeMismatch("an index is a whole number from 1")
    if not shape:
        raise ShapeMismatch("a number has no entries")
    if len(index) == 1 and 1 not in shape:
        rows, columns = shape
        raise ShapeMismatch(f"a matrix of {rows}×{columns} has rows and columns: write [2,1], or [2,:] for a row")
    if len(index) == 1:
        index = (ALL, *index) if shape[0] == 1 else (*index, ALL)
    try:
        return tuple(each.within(size) for each, size in zip(index, shape, strict=True))
    except IndexError:
        raise ShapeMismatch(f"there is no such part: {_there_is(shape)}") from None


def _there_is(shape: Shape) -> str:
    rows, columns = shape
    if 1 in shape:
        return f"entries are 1 to {max(shape)}" if max(shape) > 1 else "the only entry is 1"
    return f"rows are 1 to {rows}, columns 1 to {columns}"


def part_shape(shape: Shape, params: Mapping[str, float]) -> Shape:
    """The shape of a part: a number for one entry, a column of a matrix a column. Raises ShapeMismatch."""
    found = region(shape, params)
    index = index_of(params) or ()
    if all(each.last == ALONE for each in index):
        return ()
    rows, columns = (each.stop - each.start for each in found)
    return rows, columns
