"""How well an explanation of one answer agrees with the other answers on the sheet, when it is carried on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.check.answers import Numbers
from gradcalc.check.compare import HALF_UNIT, Tolerance, asked_unit, laid_out
from gradcalc.check.evaluate import attempt
from gradcalc.check.ledger import Ledger
from gradcalc.formula.expr import Expr
from gradcalc.program.problem import Array

UNITS = 3.0
PART = 0.005
SLIGHT, SOME, WHOLE = 0.1, 0.3, 1.0
"""What an answer counts that is off by some units, by a small part of itself, or altogether."""


class Agreement:
    """Carries what a student must have had through the equations, and compares it with what was written."""

    def __init__(self, ledger: Ledger, answers: Mapping[str, Numbers], tolerance: Tolerance) -> None:
        self.ledger, self.answers, self.tolerance = ledger, answers, tolerance

    def disagreement(self, values: Mapping[str, Array], end: str, again: Mapping[str, Expr] | None = None) -> float:
        """How many other answers don't follow from `values`; those that nearly do count for less.

        `values` are those of the quantities from a mistake to the answer `end` that it explains; `again` has
        the wrong formulas of later quantities, if the same mistake is made there.
        """
        again = again or {}
        have = {**self.ledger.exact, **values}
        changed, total, met = set(values), 0.0, True
        for equation in self.ledger.solution.equations:
            name = equation.name
            met = met and name != end
            touched = changed if met else changed | self.ledger.origin.keys()
            follows = not touched.isdisjoint(self.ledger.uses[name]) or (name in again and not met)
            if name in values or (met and not follows):
                continue
            if follows and not self.follow(
                equation.name, equation.expr if met else again.get(name, equation.expr), have
            ):
                continue
            count, written = self.against(name, have[name])
            total += count
            if count == WHOLE and written is not None:
                have[name] = written
            if follows or count == WHOLE:
                changed.add(name)
        return total

    def follow(self, name: str, expr: Expr, have: dict[str, Array]) -> bool:
        value, shape = attempt(expr, have, self.ledger.axis), self.ledger.solution.shapes[name]
        if value is None or value.shape not in (shape, ()):
            return False
        have[name] = np.broadcast_to(value, shape)
        return True

    def against(self, name: str, value: Array) -> tuple[float, Array | None]:
        """How far an answer is from a value, from 0 to 1, and the answer itself."""
        given = self.answers.get(name)
        placed = None if given is None else laid_out(given, value.shape)
        if placed is None:
            return 0.0, None
        unit = np.maximum(asked_unit(placed, self.tolerance.digits), placed.unit)
        error = np.abs(placed.values - value)
        if (error <= HALF_UNIT * unit).all():
            return 0.0, placed.values
        if (error <= UNITS * unit).all():
            return SLIGHT, placed.values
        return SOME if (error <= UNITS * unit + PART * np.abs(value)).all() else WHOLE, placed.values
