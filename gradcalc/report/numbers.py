"""Write a number as homework does: so many decimals, exact integers as integers, never `-0`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.table import Axis, Shape

LARGE = 1e7
SHORT_DECIMALS = 6
FEW = 4
_LEAST_EXPONENT = -4
"""Of significant digits: with more zeros behind the point than this, a number has an exponent."""
MISSING = "null"
"""As a sheet has it where an entry isn't answered."""
WRONG = "✗"
"""What marks a wrong entry, whether or not there is colour."""
DUST = 1e-15
"""An entry so much smaller than the largest of its matrix is what rounding left of a zero."""
_SEEN = 200.0
"""Where the largest entry has so many times the least that is seen, smaller ones are as good as zero beside it."""


class Significant(int):
    """So many significant digits, where a plain number counts decimals.

    An `int`, as nobody between a document and the numbers in it does more with digits than hand them on.
    """


def computed(value: float, digits: int) -> str:
    """A result: `digits` decimals, trailing zeros kept; `0` and `3` only where the value is exactly that."""
    if not math.isfinite(value):
        return _not_finite(value)
    if isinstance(digits, Significant):
        return _significant(value, digits)
    if abs(value) >= LARGE or 0 < abs(value) < 0.5 * 10**-digits:
        return scientific(value, digits)
    return str(int(value)) if value == int(value) else f"{value:.{digits}f}"


def _significant(value: float, digits: int) -> str:
    """`0.123457`, `12345.7`, `1.23457e-7`: the same count of digits from the first that isn't zero."""
    if value == int(value) and abs(value) < LARGE:
        return str(int(value))
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if not _LEAST_EXPONENT <= int(exponent) < digits:
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.{digits - 1 - int(exponent)}f}"


def given(value: float, digits: int) -> str:
    """A number of the problem: as short as it is, `3` or `0.25`; a long one as a result would be."""
    text = repr(float(value)).removesuffix(".0")
    decimals = len(text.partition(".")[2])
    if value == 0 or "e" in text or "n" in text or decimals > max(digits, SHORT_DECIMALS):
        return computed(value, digits)
    return computed(value, digits) if abs(value) >= LARGE else text


def scientific(value: float, digits: int) -> str:
    """`1.2346e-7`, without zeros that say nothing (`1e-7`)."""
    mantissa, exponent = f"{value:.{max(digits, 2)}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"


def entries(array: Array, digits: int, exact: bool = False) -> list[list[str]]:
    """The entries of a matrix (a scalar is 1×1) as text; `exact` for numbers given by the problem.

    An entry that is smaller than the digits shown reads as zero with decimals beside larger ones; where all are so
    small that little would be seen of them, they share one exponent. Significant digits are those of each entry by
    itself, but for what rounding left of a zero. Of a masked array, what is masked isn't there.
    """
    matrix = np.atleast_2d(array)
    if exact:
        # Only a masked array has a mask; to ask numpy.ma, which few reports need, would take its time to load.
        there = ~np.broadcast_to(getattr(matrix, "mask", False), matrix.shape)
        rows = zip(np.asarray(matrix), there, strict=True)
        return [
            [given(float(x), digits) if is_there else MISSING for x, is_there in zip(*row, strict=True)] for row in rows
        ]
    largest = _largest(matrix)
    tiny = largest * DUST if isinstance(digits, Significant) else 0.5 * 10.0**-digits
    if isinstance(digits, Significant) or largest >= _SEEN * tiny:
        return [[_entry(float(x), digits, tiny) for x in row] for row in matrix]
    if largest and ((matrix != 0) & (np.abs(matrix) < tiny)).any():
        return _with_one_exponent(matrix, digits, math.floor(math.log10(largest)))
    return [[computed(float(x), digits) for x in row] for row in matrix]


def _entry(value: float, digits: int, tiny: float) -> str:
    if value == 0 or not abs(value) < tiny:
        return computed(value, digits)
    return f"{0.0:.{digits - isinstance(digits, Significant)}f}"


def _with_one_exponent(matrix: Array, digits: int, exponent: int) -> list[list[str]]:
    """`-0.4946e-4` and `1.0000e-4`; without the zeros at the ends that say nothing."""
    half = -exponent // 2  # of the smallest numbers there are, the power is none of float64
    rounded = np.round(matrix * 10.0**half * 10.0 ** (-exponent - half), digits)
    decimals = next(d for d in range(digits + 1) if d == digits or (np.round(rounded, d) == rounded).all())
    return [[f"{x:.{decimals}f}e{exponent}" if x else computed(x, digits) for x in row] for row in rounded.tolist()]


def _largest(matrix: Array) -> float:
    finite = matrix[np.isfinite(matrix)]
    return float(np.abs(finite).max()) if finite.size > 1 else 0.0


def marked(rows: list[list[str]], wrong: Mask | None, sign: str = WRONG) -> list[list[str]]:
    """The entries, the wrong ones with a sign behind them."""
    if wrong is None:
        return rows
    return [
        [cell + sign * bool(bad) for cell, bad in zip(row, bads, strict=True)]
        for row, bads in zip(rows, np.atleast_2d(wrong), strict=True)
    ]


def is_vector(shape: Shape, axis: Axis) -> bool:
    """Whether a matrix is written as a flat list: a single sample, a column or under the row notation a row."""
    return len(shape) == 2 and shape[1 - axis] == 1


def is_short(shape: Shape, axis: Axis) -> bool:
    """Whether a value takes little room on a line: a number, or a flat list of a few."""
    return not shape or (is_vector(shape, axis) and max(shape) <= FEW)


def is_single(array: Array) -> bool:
    """Whether a value is one number, though it may be a matrix of 1×1: it's shown without brackets."""
    return array.size == 1


def bracketed(rows: Sequence[Sequence[str]], shape: Shape, axis: Axis) -> str:
    """The entries of a value of this shape in one line: `0.3927`, `[0.6267, 0.3733]`, `[[3, 6], [4, 5]]`."""
    if shape in ((), (1, 1)):
        return rows[0][0]
    if is_vector(shape, axis):
        return f"[{', '.join(cell for row in rows for cell in row)}]"
    return f"[{', '.join(f'[{joined}]' for joined in map(', '.join, rows))}]"


def aligned(column: Iterable[str]) -> list[str]:
    """The numbers of one column padded so that their decimal points stand under each other."""
    cells = list(column)
    whole = max(map(_whole_part, cells), default=0)
    left = [" " * (whole - _whole_part(cell)) + cell for cell in cells]
    width = max(map(len, left), default=0)
    return [cell.ljust(width) for cell in left]


def _whole_part(cell: str) -> int:
    """How many characters stand before the decimal point (or its place)."""
    return next((i for i, char in enumerate(cell) if char in ".e"), len(cell))


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"
