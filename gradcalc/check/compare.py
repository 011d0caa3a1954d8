"""Compare written numbers with right ones, by the digits with which they were written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers import Numbers
from gradcalc.formula.table import Shape
from gradcalc.program.problem import Array

HALF_UNIT = 0.51
"""Half a unit of the last digit, and a little slack for halves that were rounded to even."""
NEAR = 0.05
"""A number with too few digits must at least be this near; otherwise 0 would be 'right to no decimals'."""

Fits = npt.NDArray[np.int_]


class Fit(IntEnum):
    """How well one entry agrees."""

    WRONG = 0
    IMPRECISE = 1
    CORRECT = 2


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What counts as right: decimals asked for, or a tolerance that overrides them."""

    digits: int = 4
    rtol: float | None = None
    atol: float | None = None


def fits(
    numbers: Numbers, right: Array, tolerance: Tolerance, slack: Array | float = 0.0, base: Array | None = None
) -> Fits:
    """For each entry, whether it is correct, imprecise or wrong; shapes must be equal.

    `slack` is what rounding on the way may have changed; `base` is the old value of an updated parameter:
    then the change must agree as well as the value.
    """
    error = np.abs(numbers.values - right)
    change = np.abs(right if base is None else right - base)
    if tolerance.rtol is not None or tolerance.atol is not None:
        allowed = (tolerance.atol or 0.0) + (tolerance.rtol or 0.0) * change
        return np.where(error <= allowed + slack, Fit.CORRECT, Fit.WRONG)
    asked = asked_unit(numbers, tolerance.digits)
    noise = 1e-15 * np.abs(right)
    correct = error <= HALF_UNIT * asked + slack + noise
    near = 0.5 * change if base is not None else NEAR * np.abs(right)
    imprecise = (numbers.unit > asked) & (error <= HALF_UNIT * numbers.unit + slack) & (error <= near)
    return np.where(correct, Fit.CORRECT, np.where(imprecise, Fit.IMPRECISE, Fit.WRONG))


def asked_unit(numbers: Numbers, digits: int) -> Array:
    """The unit of the last digit asked for: a decimal place, or with an exponent a significant digit."""
    size = np.abs(numbers.values)
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    return np.where(numbers.scientific, 10.0 ** (exponent - max(digits - 1, 0)), 10.0**-digits)


def same_as(numbers: Numbers, value: Array, tolerance: Tolerance, slack: Array | float = 0.0) -> npt.NDArray[np.bool_]:
    """For each entry, whether the number is `value` as far as it was written."""
    unit = np.maximum(asked_unit(numbers, tolerance.digits), numbers.unit)
    allowed = HALF_UNIT * unit + slack + 1e-15 * np.abs(value)
    return np.abs(numbers.values - value) <= allowed


def laid_out(numbers: Numbers, shape: Shape) -> Numbers | None:
    """The numbers in `shape`: as they are, or a flat list or single number that fits it; None where none does."""
    written = np.shape(numbers.values)
    if written == shape:
        return numbers
    one = numbers.values.size == 1 and int(np.prod(shape)) == 1
    vector = numbers.flat and len(shape) == 2 and 1 in shape and numbers.values.size == shape[0] * shape[1]
    return _reshaped(numbers, shape) if one or vector else None


def transposed(numbers: Numbers) -> Numbers:
    """Rows and columns exchanged."""
    return replace(numbers, values=numbers.values.T, unit=numbers.unit.T, scientific=numbers.scientific.T)


def _reshaped(numbers: Numbers, shape: Shape) -> Numbers:
    return Numbers(
        numbers.values.reshape(shape), numbers.unit.reshape(shape), numbers.scientific.reshape(shape), numbers.flat
    )
