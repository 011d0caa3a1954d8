"""Arrays of numbers as they were written: one number, a flat list, rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral
from gradcalc.formula.table import Axis

Rows: TypeAlias = Sequence[Sequence[Numeral]]
_SMALL: Final = 1_000
"""Arrays of so many entries are kept."""


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
    units, scientific = [number.unit for number in every], [number.scientific for number in every]
    return Numbers(
        np.array([number.value for number in every], dtype=np.float64).reshape(shape),
        np.array(units, dtype=np.float64).reshape(shape) if len({*units}) > 1 else _same(shape, units[0]),
        np.array(scientific, dtype=np.bool_).reshape(shape) if len({*scientific}) > 1 else _same(shape, scientific[0]),
        flat,
    )


def _same(shape: tuple[int, int], entry: float | bool) -> npt.NDArray[Any]:
    """An array of the same entry throughout: most numbers are written to the same digit."""
    return _kept(shape, entry) if shape[0] * shape[1] <= _SMALL else np.full(shape, entry)


@lru_cache(maxsize=256, typed=True)
def _kept(shape: tuple[int, int], entry: float | bool) -> npt.NDArray[Any]:
    """The same, made once for all, so that it can't be changed."""
    array = np.full(shape, entry)
    array.setflags(write=False)
    return array


def _count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
