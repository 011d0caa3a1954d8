"""Arrays of numbers as they were written: one number, a flat list, rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import numpy as np

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral
from gradcalc.formula.arrays import throughout
from gradcalc.formula.table import Axis

Rows: TypeAlias = Sequence[Sequence[Numeral]]


@lru_cache(maxsize=1024)
def scalar(number: Numeral) -> Numbers:
    """One number; not to be changed, as all who wrote it share it."""
    return shared(Numbers(np.array(number.value), np.array(number.unit), np.array(number.scientific)))


def shared(numbers: Numbers) -> Numbers:
    """The same numbers, which nobody can change from here on."""
    for array in (numbers.values, numbers.unit, numbers.scientific):
        array.setflags(write=False)
    return numbers


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
    if len(kinds) == 1:
        ((alike, scientific),) = kinds
        return Numbers(values, throughout(shape, alike), throughout(shape, scientific), flat)
    unit = np.array([number.unit for number in every]).reshape(shape)
    return Numbers(values, unit, np.array([number.scientific for number in every]).reshape(shape), flat)


def _count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
