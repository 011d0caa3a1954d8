"""What a bracket behind a value says: an entry or a part of it, counted from 1, both ends included.

`x[2]`, `W[1,2]`, `W[:,1]`, `x[2:4]`: as MATLAB and Julia count, and as reports print entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from gradcalc.formula.table import Shape, ShapeMismatch

ALONE: Final = 0
"""In place of the end of a range, where one row or column is meant by itself."""
TO_THE_END: Final = -1
NOT_THERE: Final = 0
"""In place of a column, where there is one index: a vector's; and of further axes, which only images have."""
PARAMS: Final = ("row", "row_to", "column", "column_to", "third", "third_to", "fourth", "fourth_to")
"""The parameters of `part` and `place`: from and to which row and column; of a vector the row is its entry, of images
these are the first and the second axis."""
MATRIX_PARAMS: Final = PARAMS[:4]
PASSED_ON: Final = ", ".join(f"{name}={name}" for name in PARAMS)
"""How a gradient's rule passes an index on."""
FIRST: Final = tuple((name, 1.0 if name == "row" else 0.0) for name in PARAMS)
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


AXES: Final = ("n", "c", "i", "j")
"""What the axes of images are called: sample, channel, row, column; leading ones may not be there."""


def parsed(text: str) -> tuple[Along, ...]:
    """What stands between the brackets, as `written` writes it."""
    return tuple(map(_parsed, text.split(",")))


def _parsed(text: str) -> Along:
    first, colon, last = text.partition(":")
    return Along(int(first or 1), int(last or TO_THE_END) if colon else ALONE)


def params_of(index: tuple[Along, ...]) -> tuple[tuple[str, float], ...]:
    """One to four of them as parameters of `part`; axes that aren't there are left out, but for the column."""
    numbers = [number for along in index for number in along]
    if len(index) == 1:
        numbers += Along(NOT_THERE)
    return tuple(zip(PARAMS, map(float, numbers), strict=False))


def shortened(params: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Parameters of `part` without further axes that aren't there."""
    return tuple((name, number) for name, number in params if name in MATRIX_PARAMS or number != NOT_THERE)


def index_of(params: Mapping[str, float]) -> tuple[Along, ...] | None:
    """The other way round; None where the parameters, of which the first four must be there, are no index."""
    numbers = [params.get(name, usual) for name, usual in zip(PARAMS, (*[0.5] * 4, *[0.0] * 4), strict=True)]
    if not all(number.is_integer() for number in numbers):
        return None
    whole = [int(number) for number in numbers]
    every = [Along(first, last) for first, last in zip(whole[::2], whole[1::2], strict=True)]
    count = next((i for i, along in enumerate(every) if along == Along(NOT_THERE)), len(every))
    index, rest = tuple(every[:count]), every[count:]
    fine = all(each.first >= 1 and (each.last < 1 or each.last >= each.first) for each in index)
    fine = fine and all(each.last >= TO_THE_END for each in index)
    return index if index and fine and all(each == Along(NOT_THERE) for each in rest) else None


def written(params: Mapping[str, float]) -> str | None:
    """The bracket, as it is typed; None where the parameters are no index."""
    index = index_of(params)
    return None if index is None else f"[{','.join(each.written for each in index)}]"


def region(shape: Shape, params: Mapping[str, float]) -> tuple[slice, ...]:
    """The rows and the columns (of images all axes), counted from 0, of a part.

    Raises ShapeMismatch where it isn't there.
    """
    return _region(shape, tuple(params.items()))


@lru_cache(maxsize=4096)
def _region(shape: Shape, params: tuple[tuple[str, float], ...]) -> tuple[slice, ...]:
    index = index_of(dict(params))
    if index is None:
        raise ShapeMismatch("an index is a whole number from 1")
    if not shape:
        raise ShapeMismatch("a number has no entries")
    if len(shape) > 2 and len(index) != len(shape):
        letters = ",".join(AXES[-len(shape) :])
        raise ShapeMismatch(f"{spelled(shape)} has {len(shape)} axes: write an index for each, [{letters}]")
    if len(index) > len(shape):
        raise ShapeMismatch(f"a matrix has rows and columns: an index of it has two numbers, not {len(index)}")
    if len(index) == 1 and 1 not in shape:
        rows, columns = shape
        raise ShapeMismatch(f"a matrix of {rows}×{columns} has rows and columns: write [2,1], or [2,:] for a row")
    if len(index) == 1:
        index = (ALL, *index) if shape[0] == 1 else (*index, ALL)
    try:
        return tuple(each.within(size) for each, size in zip(index, shape, strict=True))
    except IndexError:
        raise ShapeMismatch(f"there is no such part: {_there_is(shape)}") from None


def spelled(shape: Shape) -> str:
    """`2×3`."""
    return "×".join(map(str, shape))


def _there_is(shape: Shape) -> str:
    if len(shape) > 2:
        return f"it is {spelled(shape)}"
    rows, columns = shape
    if 1 in shape:
        return f"entries are 1 to {max(shape)}" if max(shape) > 1 else "the only entry is 1"
    return f"rows are 1 to {rows}, columns 1 to {columns}"


def part_shape(shape: Shape, params: Mapping[str, float]) -> Shape:
    """The shape of a part: a number for one entry, a column of a matrix a column. Raises ShapeMismatch."""
    return _part_shape(shape, tuple(params.items()))


@lru_cache(maxsize=4096)
def _part_shape(shape: Shape, params: tuple[tuple[str, float], ...]) -> Shape:
    found = _region(shape, params)
    index = index_of(dict(params)) or ()
    if all(each.last == ALONE for each in index):
        return ()
    return tuple(each.stop - each.start for each in found)
