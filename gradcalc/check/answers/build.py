"""Arrays of numbers as they were written: one number, a flat list, rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis

Rows: TypeAlias = Sequence[Sequence[Numeral]]
_SMALL: Final = 1_000
"""The units of so many numbers are kept."""


def scalar(number: Numeral) -> Numbers:
    """One number."""
    return Numbers(np.array(number.value), np.array(number.unit), np.array(number.scientific))


def flat(row: Sequence[Numeral], axis: Axis) -> Numbers:
    """A flat list: a column, or a row where samples are rows."""
    return _numbers(row, (len(row), 1) if axis is Axis.COLUMNS else (1, len(row)), flat=True)


def matrix(rows: Rows) -> Numbers:
    """Rows, all as long as the first. Raises NotReadable."""
    width = len(rows[0])
    for i, row in enumerate(rows, 1):
        if len(row) != width:
            raise NotReadable(f"row {i} has {_count(len(row))}, but row 1 has {width}: all rows must be equally long")
    return _numbers([*chain.from_iterable(rows)], (len(rows), width), flat=False)


def _numbers(every: Sequence[Numeral], shape: tuple[int, int], flat: bool) -> Numbers:
    values = np.array([number.value for number in every]).reshape(shape)
    kinds = {(number.unit, number.scientific) for number in every}
    if len(kinds) == 1 and len(every) <= _SMALL:
        return Numbers(values, *_alike(shape, *kinds.pop()), flat)
    unit = np.array([number.unit for number in every]).reshape(shape)
    return Numbers(values, unit, np.array([number.scientific for number in every]).reshape(shape), flat)


@lru_cache(maxsize=256)
def _alike(shape: tuple[int, int], unit: float, scientific: bool) -> tuple[Array, npt.NDArray[np.bool_]]:
    """The units of numbers that are all written to the same digit, as most are; made once, and not to be changed."""
    units, exponents = np.full(shape, unit), np.full(shape, scientific)
    units.setflags(write=False)
    exponents.setflags(write=False)
    return units, exponents


def _count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
