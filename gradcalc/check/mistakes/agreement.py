"""How well an explanation of one answer agrees with the other answers on the sheet, when it is carried on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import numpy as np

from gradcalc.check.answers.compare import HALF_UNIT, Tolerance, as_given, asked_unit, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.formula.arrays import Array, every, spread
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr
from gradcalc.program.problem import Equation

UNITS = 3.0
PART = 0.005
MOST_FOLLOWED = 120
"""How many equations are worked out for one explanation: what lies further on says little of it."""
SLIGHT, SOME, WHOLE = 0.1, 0.3, 1.0
"""What an answer counts that is off by some units, by a small part of itself, or altogether."""


class Agreement:
    """Carries what a student must have had through the equations, and compares it with what was written."""

    def __init__(self, ledger: Ledger, answers: Mapping[str, Numbers], tolerance: Tolerance) -> None:
        self.ledger, self.answers, self.tolerance = ledger, answers, tolerance
        turn = ledger.turn
        self.last = max((turn[name] for name in answers if name in turn), default=-1)
        """Where the last answer stands: what comes after it has nothing to be compared with."""

    def disagreement(self, values: Mapping[str, Array], end: str, again: Mapping[str, Expr] | None = None) -> float:
        """How many other answers don't follow from `values`; those that nearly do count for less.

        `values` are those of the quantities from a mistake to the answer `end` that it explains; `again` has
        the wrong formulas of later quantities, if the same mistake is made there.
        """
        student, total = _Student(self.ledger, values, end, again or {}), 0.0
        turn = self.ledger.turn
        first = min(turn[name] for name in values)
        for equation in islice(self.ledger.order, first, self.last + 1):
            value = student.value(equation)
            if student.worked > MOST_FOLLOWED:
                break
            if value is None:
                continue
            count, written = self.against(equation.name, value)
            total += count
            if count == WHOLE and written is not None:
                student.has(equation.name, written)
        return total

    def following(self, values: Mapping[str, Array], end: str, again: Mapping[str, Expr]) -> dict[str, Array]:
        """What later quantities come to, where they follow from what a student must have had."""
        student, found = _Student(self.ledger, values, end, again), {}
        for equation in islice(self.ledger.order, min(self.ledger.turn[name] for name in values), self.last + 1):
            value = student.value(equation)
            if value is not None:
                found[equation.name] = value
            if student.worked > MOST_FOLLOWED:
                break
        return found

    def against(self, name: str, value: Array) -> tuple[float, Array | None]:
        """How far an answer is from a value, from 0 to 1, and the answer itself."""
        given = self.answers.get(name)
        placed = None if given is None else laid_out(given, value.shape)
        if placed is None:
            return 0.0, None
        unit = np.maximum(asked_unit(placed, self.tolerance.digits), placed.unit)
        error = np.abs(placed.values - as_given(placed, value))
        if every(error <= HALF_UNIT * unit):
            return 0.0, placed.values
        if every(error <= UNITS * unit):
            return SLIGHT, placed.values
        return SOME if every(error <= UNITS * unit + PART * np.abs(value)) else WHOLE, placed.values


class _Student:
    """Goes through the equations with values of a student's, in the place of those in the ledger."""

    def __init__(self, ledger: Ledger, values: Mapping[str, Array], end: str, again: Mapping[str, Expr]) -> None:
        self.ledger, self.given, self.end, self.again = ledger, values, end, again
        self.values = {**ledger.exact, **values}
        self.changed = set(values)
        self.met = True
        self.worked = 0
        """How many equations were worked out."""

    def value(self, equation: Equation) -> Array | None:
        """What the student must have had for a quantity; None where it is given, untouched or without a value."""
        name, uses = equation.name, self.ledger.uses[equation.name]
        if name == self.end:
            self.met = False
            self.changed |= self.ledger.origin.keys()
        again = None if self.met else self.again.get(name)
        follows = again is not None or not self.changed.isdisjoint(uses)
        if name in self.given or (self.met and not follows):
            return None
        if not follows:
            return self.values[name]
        shape = self.ledger.solution.shapes[name]
        self.worked += 1
        value = attempt(equation.expr if again is None else again, self.values, self.ledger.axis)
        if value is None or value.shape not in (shape, ()):
            return None
        return self.has(name, spread(value, shape))

    def has(self, name: str, value: Array) -> Array:
        self.values[name] = value
        self.changed.add(name)
        return value
