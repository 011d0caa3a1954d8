"""Arrays of numbers as they were written: one number, a flat list, rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral
from gradcalc.formula.table import Axis

Rows: TypeAlias = Sequence[Sequence[Numeral]]


def scalar(number: Numeral) -> Numbers:
    """One number."""
    return Numbers(np.array(number.value), np.array(number.unit), np.array(number.scientific))


def flat(row: Sequence[Numeral], axis: Axis) -> Numbers:
    """A flat list: a column, or a row where samples are rows."""
    return _numbers([row], (len(row), 1) if axis is Axis.COLUMNS else (1, len(row)), flat=True)


def matrix(rows: Rows) -> Numbers:
    """Rows, all as long as the first. Raises NotReadable."""
    width = len(rows[0])
    for i, row in enumerate(rows, 1):
        if len(row) != width:
            raise NotReadable(f"row {i} has {_count(len(row))}, but row 1 has {width}: all rows must be equally long")
    return _numbers(rows, (len(rows), width), flat=False)


def _numbers(rows: Rows, shape: tuple[int, int], flat: bool) -> Numbers:
    every = [number for row in rows for number in row]
    return Numbers(
        np.array([number.value for number in every], dtype=np.float64).reshape(shape),
        np.array([number.unit for number in every], dtype=np.float64).reshape(shape),
        np.array([number.scientific for number in every], dtype=np.bool_).reshape(shape),
        flat,
    )


def _count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
