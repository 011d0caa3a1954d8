"""Whether there is work in numbers: what is carried from a wrong answer earns points, and must be calculated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.check.answers.compare import HALF_UNIT
from gradcalc.formula.arrays import Array, every
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


class Work:
    """Tells numbers that nobody calculated: zeros, ones, one number throughout, something given, an old value.

    A single number may be given, or have one digit (0.1, 40), by chance; not where the right one has all its digits.
    All is compared to the digits asked for; where the right value is just that, it is no sign of anything.
    """

    def __init__(self, solution: Solution, digits: int) -> None:
        self.solution = solution
        self.digits = digits
        self.half_unit = HALF_UNIT * 10.0**-digits
        self.right: Mapping[str, Array] = solution.values

    def is_in(self, value: Array, equation: Equation) -> bool:
        """Whether a value that isn't the right one shows work."""
        right = self.right[equation.name]
        if self.is_trivial(value) or self.is_given(value):
            return self.is_trivial(right) or self.is_given(right)
        if value.size == 1 and self.has_all_digits(right) and (self.has_one_digit(value) or self.is_given(value, 1)):
            return False
        return not self.is_unchanged(value, equation)

    def is_effortless(self, value: Array, equation: Equation) -> bool:
        """Whether a value could be written without calculating, whatever the right one is."""
        if value.size == 1 and (self.has_one_digit(value, 1) or self.is_given(value, 1)):
            return True
        return self.is_trivial(value) or self.is_given(value) or self.is_unchanged(value, equation)

    def is_trivial(self, value: Array) -> bool:
        """Whether every entry is 0, 1 or -1, or all entries are the same."""
        if value.size > 1 and value.max() - value.min() <= self.half_unit:
            return True
        size = np.abs(value)
        return every(np.minimum(size, np.abs(size - 1.0)) <= self.half_unit)

    def has_all_digits(self, value: Array) -> bool:
        """Whether a single number has a digit other than 0 among the last two that are asked for."""
        with np.errstate(invalid="ignore"):
            return every(np.abs(value - np.round(value, self.digits - 2)) > self.half_unit)

    def has_one_digit(self, value: Array, least: float = 100.0) -> bool:
        """Whether a single number has one digit other than 0, and at least so many units of the last one asked for."""
        first = np.floor(np.log10(np.maximum(np.abs(value), 2 * least * self.half_unit)))
        with np.errstate(over="ignore", invalid="ignore"):
            return every(np.abs(value - np.round(value / 10.0**first) * 10.0**first) <= self.half_unit)

    def is_given(self, value: Array, least: int = 2) -> bool:
        """Whether it is copied from what is given, and has at least so many entries."""
        given = self.solution.problem.given.values()
        return value.size >= least and any(self.same(value, other) for other in given)

    def is_unchanged(self, value: Array, equation: Equation) -> bool:
        """Whether a value after the update is the one before it, though it must have changed."""
        if equation.section not in ("update", "after") or equation.quantity == equation.name:
            return False
        old = self.right[self.solution.before(equation)]
        return self.same(value, old) and not self.same(self.right[equation.name], old)

    def same(self, value: Array, other: Array) -> bool:
        """Whether two values have the same entries, row by row, to the digits asked for; of whatever shape."""
        if value.size != other.size:
            return False
        return every(np.abs(value.ravel() - other.ravel()) <= self.half_unit)
