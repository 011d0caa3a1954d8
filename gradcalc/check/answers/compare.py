"""Compare written numbers with right ones, by the digits with which they were written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array, every, some, throughout
from gradcalc.formula.table import Shape

HALF_UNIT = 0.51
"""Half a unit of the last digit, and a little slack for halves that were rounded to even."""
NEAR, NEAR_WHOLE = 0.5, 0.05
"""A number with too few digits must at least be this near; otherwise 0 would be 'right to no decimals'. A whole number
is seldom meant as a rounding: 1 isn't 0.7, and -2 isn't -1.5."""
NEAR_CUT = 0.1
"""The same where digits are cut off: 0.29 may be 0.2997, and 0.2 is none of it."""
CLOSE = 0.01
"""A short number that is this near is one with too few digits, whatever else is written."""
SURELY_LEFT_OFF = 4
"""So many digits aren't left off by chance: of numbers with four digits, one in 10^4 ends with as many zeros."""
ONE_DIGIT = 10.0
MOST_UNITS = 1.01
"""Digits cut off or rounded away are at most one unit of the last one, but for slack."""
NEAR_CHANGE = 0.5
"""An updated value must show at least this much of the change; otherwise the old value would do."""
SOME_CHANGE = 0.9
"""However much was lost by rounding on the way, it must show that a step was made."""
NO_CHANGE = 3.0
"""A change of so few units may be lost by rounding on the way."""
FLOAT = 1e-12
"""What float64 may have lost on the way, as a part of the value."""

Fits = npt.NDArray[np.int_]
Mask = npt.NDArray[np.bool_]


class Fit(IntEnum):
    """How well one entry agrees."""

    WRONG = 0
    IMPRECISE = 1
    CORRECT = 2


WRONG, IMPRECISE, CORRECT = map(int, Fit)
"""The same as plain numbers, with which NumPy compares in a fifth of the time."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What counts as right: decimals asked for, or a tolerance that overrides them."""

    digits: int = 4
    rtol: float | None = None
    atol: float | None = None

    @property
    def overrides(self) -> bool:
        """Whether a tolerance stands in the place of the digits."""
        return self.rtol is not None or self.atol is not None


def fits(
    numbers: Numbers, right: Array, tolerance: Tolerance, slack: Array | float = 0.0, base: Array | None = None
) -> Fits:
    """For each entry, whether it is correct, imprecise or wrong: a Fit, in the shape that numbers and `right` share.

    `slack` is what rounding on the way may have changed; `base` is the old value of an updated parameter:
    then the change must agree as well as the value. Where the right value isn't finite, nothing is right.
    `right` may also be several such values along an axis before theirs; then so is what is returned.
    """
    with np.errstate(invalid="ignore"):
        error = np.abs(numbers.values - right) - FLOAT * np.abs(right)
    asked = asked_unit(numbers, tolerance.digits)
    if not tolerance.overrides:
        # Nearly all answers are right to all digits, or nowhere near: the rest needn't be asked.
        if every(error <= HALF_UNIT * asked):
            return throughout(error.shape, CORRECT)
        if every(error > MOST_UNITS * np.maximum(asked, numbers.unit) + slack):
            return throughout(error.shape, WRONG)
    with np.errstate(invalid="ignore"):
        size = np.abs(right if base is None else right - base)
    near = (near_enough(numbers) if base is None else NEAR_CHANGE) * size
    if base is not None:
        # However much is lost in rounding, a step must be seen, unless it is next to nothing.
        slack = np.where((error <= SOME_CHANGE * size) | (size <= NO_CHANGE * asked), slack, 0.0)
    allowed = HALF_UNIT * asked
    if tolerance.overrides:
        wide = (tolerance.atol or 0.0) + (tolerance.rtol or 0.0) * np.abs(right)
        allowed = wide if base is None else np.minimum(wide, np.maximum(near, allowed))
    one_short = is_one_short(numbers, asked) & (base is None)
    few = (numbers.unit > asked) & (error <= HALF_UNIT * numbers.unit + slack) & ((error <= near) | one_short)
    seen = (numbers.unit <= asked) | (error <= NEAR_CUT * size)
    cut_off = _is_cut_off(numbers, right, np.maximum(asked, numbers.unit)) & (error <= near) & seen
    imprecise = (few | cut_off) & (not tolerance.overrides)
    fit = np.where(error <= allowed + slack, CORRECT, np.where(imprecise, IMPRECISE, WRONG))
    return np.where(np.isfinite(error), fit, WRONG)


def is_one_short(numbers: Numbers, asked: Array) -> Mask:
    """Which numbers lack one digit at most, which shows enough of any value; 0 without decimals shows nothing."""
    return np.asarray((numbers.unit <= 1.01 * ONE_DIGIT * asked) & (numbers.unit < 1.0))


def _is_cut_off(numbers: Numbers, right: Array, unit: Array) -> Mask:
    """Whether digits were cut off where they should have been rounded."""
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(numbers.values - np.trunc(right / unit) * unit) <= 1e-3 * unit)


def near_enough(numbers: Numbers) -> Array:
    """For each number, the part of itself by which a value may differ from it if it has too few digits."""
    return np.where((numbers.unit >= 1.0) & ~numbers.scientific, NEAR_WHOLE, NEAR)


def digits_left_off(numbers: Numbers, digits: int) -> npt.NDArray[np.int_]:
    """How many of the digits asked for each number lacks, in the numbers' shape."""
    lacking = np.log10(np.maximum(numbers.unit / asked_unit(numbers, digits), 1.0))
    return np.rint(lacking).astype(np.int_)


def credible(fit: Fits, numbers: Numbers, right: Array, tolerance: Tolerance, left_off: int = 0) -> Fits:
    """The same without short numbers that are none: `0.31` for 0.3067 is 0.3100 with its zeros stripped.

    `left_off` is how many digits are left off on the rest of a sheet that has no number with all of them. `right` may
    be several values, as for `fits`.
    """
    short = np.where(fit == IMPRECISE, digits_left_off(numbers, tolerance.digits), 0)
    entries = tuple(range(-numbers.values.ndim, 0))
    doubtful = short.sum(axis=entries, keepdims=True) + left_off < SURELY_LEFT_OFF
    far = np.abs(numbers.values - right) > CLOSE * np.abs(right)
    return np.where(doubtful & (short > 0) & far, WRONG, fit)


def asked_unit(numbers: Numbers, digits: int) -> Array:
    """The unit of the last digit asked for, in the numbers' shape.

    That is a decimal place, or for a number with an exponent a significant digit if that is more: so `3e-5` is what
    `0.00003` is, right where four decimals are asked for and 0 would do. Of a computed array it is its own precision.
    """
    if numbers.computed:
        return numbers.unit
    if not some(numbers.scientific):
        return throughout(numbers.values.shape, 10.0**-digits)
    size = np.abs(numbers.values)
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    significant = 10.0 ** (exponent - max(digits - 1, 0))
    return np.where(numbers.scientific & (size > 0), np.maximum(significant, 10.0**-digits), 10.0**-digits)


def same_as(numbers: Numbers, value: Array, tolerance: Tolerance, slack: Array | float = 0.0) -> Mask:
    """For each entry, whether the number is `value` as far as it was written; 0 isn't everything below one half."""
    size, asked = np.abs(value), asked_unit(numbers, tolerance.digits)
    least = HALF_UNIT * asked + FLOAT * size
    near = np.where(is_one_short(numbers, asked), numbers.unit, near_enough(numbers) * size)
    written = np.minimum(HALF_UNIT * numbers.unit, near)
    with np.errstate(invalid="ignore"):
        error = np.abs(numbers.values - value)
    return np.asarray(np.isfinite(error) & (error <= np.maximum(least, written) + slack))


def laid_out(numbers: Numbers, shape: Shape) -> Numbers | None:
    """The numbers in `shape`: as they are, or a flat list or single number that fits it; None where none does."""
    if numbers.values.shape == shape:
        return numbers
    one = numbers.values.size == 1 and int(np.prod(shape)) == 1
    vector = numbers.flat and len(shape) == 2 and 1 in shape and numbers.values.size == shape[0] * shape[1]
    return reshaped(numbers, shape) if one or vector else None


def spread_out(numbers: Numbers, shape: Shape) -> Numbers | None:
    """One number in the place of every entry, as NumPy goes on with it; None for more than one."""
    if numbers.values.size != 1:
        return None
    (value,), (unit,), (scientific,) = (each.ravel() for each in (numbers.values, numbers.unit, numbers.scientific))
    full = Numbers(np.full(shape, value), np.full(shape, unit), np.full(shape, scientific))
    return replace(full, computed=numbers.computed)


def transposed(numbers: Numbers) -> Numbers:
    """Rows and columns exchanged."""
    given = None if numbers.given is None else numbers.given.T
    return replace(numbers, values=numbers.values.T, unit=numbers.unit.T, scientific=numbers.scientific.T, given=given)


def is_transposed(numbers: Numbers, right: Array, tolerance: Tolerance, slack: Array | float = 0.0) -> bool:
    """Whether the numbers are right but rows and columns are exchanged."""
    turned = transposed(numbers)
    fits = turned.values.shape == right.shape and right.size > 1 and numbers.values.ndim == 2
    return fits and every(same_as(turned, right, tolerance, slack)) and not _unchanged(numbers, turned)


def _unchanged(numbers: Numbers, turned: Numbers) -> bool:
    """Whether turning does nothing: the same shape, and the same numbers."""
    return numbers.values.shape == turned.values.shape and every(numbers.values == turned.values)


def is_laid_out_otherwise(numbers: Numbers, right: Array, tolerance: Tolerance) -> bool:
    """Whether the numbers are right, row by row or column by column, in another shape."""
    if numbers.values.size != right.size or right.ndim != 2:
        return False
    ways = (reshaped(numbers, right.shape), transposed(reshaped(numbers, right.shape[::-1])))
    return any(every(same_as(way, right, tolerance)) for way in ways)


def reshaped(numbers: Numbers, shape: Shape) -> Numbers:
    """The same numbers, row by row, in another shape."""
    given = None if numbers.given is None else numbers.given.reshape(shape)
    values, unit = numbers.values.reshape(shape), numbers.unit.reshape(shape)
    return replace(numbers, values=values, unit=unit, scientific=numbers.scientific.reshape(shape), given=given)


def relative_error(value: Array, right: Array) -> float:
    """How far two arrays of one shape are apart, as gradient checks say it: ‖a − b‖ / (‖a‖ + ‖b‖), from 0 to 1."""
    size = float(np.linalg.norm(value) + np.linalg.norm(right))
    return float(np.linalg.norm(value - right)) / size if size else 0.0


def filled(numbers: Numbers, value: Array) -> Numbers:
    """The numbers with entries of `value`, exactly, in the place of those that weren't given.

    They are laid out in its shape where they fit it; where they fit it with rows and columns exchanged, so is it.
    """
    placed = laid_out(numbers, value.shape)
    if placed is None and numbers.values.shape == value.shape[::-1]:
        placed, value = numbers, value.T
    if placed is None or placed.given is None:
        return numbers
    values, unit = np.where(placed.given, placed.values, value), np.where(placed.given, placed.unit, 0.0)
    return replace(placed, values=values, unit=unit, scientific=placed.scientific & placed.given)


def as_given(numbers: Numbers, value: Array) -> Array:
    """A value in the numbers' shape, as far as they are given; where they aren't, nothing differs from them."""
    return value if numbers.given is None else np.where(numbers.given, value, numbers.values)


class Closeness(IntEnum):
    """How closely a written number is some value; the smaller, the better."""

    TO_ALL_DIGITS = 0
    AS_ASKED = 1
    TO_FEW_DIGITS = 2
    BUT_FOR_ROUNDING = 3
    NOT = 4


def closeness(numbers: Numbers, value: Array, tolerance: Tolerance, slack: Array | float = 0.0) -> Fits:
    """For each entry, the Closeness of the number and the value, in the numbers' shape, which `value` has too."""
    error = np.abs(numbers.values - value) - 1e3 * FLOAT * np.abs(value)
    asked = asked_unit(numbers, tolerance.digits)
    near = (error <= near_enough(numbers) * np.abs(value)) | is_one_short(numbers, asked)
    few = (error <= HALF_UNIT * numbers.unit) & near
    levels = [error <= HALF_UNIT * np.minimum(numbers.unit, asked), error <= HALF_UNIT * asked, few]
    levels.append(error <= HALF_UNIT * asked + slack)
    return np.select(levels, [*Closeness][:-1], Closeness.NOT)
