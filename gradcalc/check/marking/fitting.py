"""How the numbers of a sheet fit values: with all digits, with too few of them, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from gradcalc.check.answers.compare import (
    IMPRECISE,
    SURELY_LEFT_OFF,
    Fits,
    Tolerance,
    asked_unit,
    credible,
    digits_left_off,
    fits,
    laid_out,
)
from gradcalc.check.answers.model import Numbers
from gradcalc.check.marking.against_key import AgainstKey
from gradcalc.formula.arrays import Array, some
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


class Fitting:
    """Compares answers with values, and keeps what can only be said of the whole sheet: whether digits are left off."""

    def __init__(
        self,
        answers: Mapping[str, Numbers],
        known: Mapping[str, Quantity],
        solution: Solution,
        tolerance: Tolerance,
    ) -> None:
        self.answers, self.known, self.solution, self.tolerance = answers, known, solution, tolerance

    def fits(self, numbers: Numbers, value: Array, slack: Array | float, base: Array | None) -> Fits:
        """For each entry, whether it is right; a short number only where it may well be one with too few digits."""
        return self.credible(fits(numbers, value, self.tolerance, slack, base), numbers, value)

    def credible(self, fit: Fits, numbers: Numbers, value: Array) -> Fits:
        """The same fit where no number is short; else without short numbers that are none."""
        return credible(fit, numbers, value, self.tolerance, self.left_off) if some(fit == IMPRECISE) else fit

    def by_key(self, equation: Equation, written: Numbers, numbers: Numbers, base: Array | None) -> Fits:
        """How an answer as it was `written` fits the right value; `numbers` has it in the value's shape."""
        known = self._against_key.fits.get(equation.name) if written is self.answers.get(equation.name) else None
        return self.fits(numbers, self.solution.values[equation.name], 0.0, base) if known is None else known

    @property
    def is_all_right(self) -> bool:
        """Whether every entry of every answer on the sheet fits the right value."""
        return len(self._against_key.right) == len(self.answers)

    def right(self, name: str) -> Numbers | None:
        """The answer of that name in the right value's shape, where every entry fits that; else None."""
        return self._against_key.placed[name] if name in self._against_key.right else None

    @cached_property
    def _against_key(self) -> AgainstKey:
        """How the answers on the sheet fit the right values."""
        return AgainstKey(self.answers, self.known, self.solution, self.tolerance)

    @cached_property
    def left_off(self) -> int:
        """How many digits are left off on a sheet on which no number has all that are asked for."""
        count = 0
        for name, written in self.answers.items():
            numbers = laid_out(written, np.shape(self.solution.values[name]))
            has_all = written.unit <= asked_unit(written, self.tolerance.digits)
            if some(has_all if written.given is None else has_all & written.given):
                return 0
            if numbers is not None:
                short = fits(numbers, self.solution.values[name], self.tolerance) == IMPRECISE
                count += int(digits_left_off(numbers, self.tolerance.digits)[short].sum())
        return count

    def rounded_to(self, numbers: Numbers) -> Array:
        """The size of the last digits of numbers for which no value is known: at most of those asked for.

        Where the whole sheet has fewer digits, that of the digits written.
        """
        asked = asked_unit(numbers, self.tolerance.digits)
        return numbers.unit if self.left_off >= SURELY_LEFT_OFF else np.minimum(numbers.unit, asked)
