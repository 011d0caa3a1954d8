r"""What a chain is about: `\nabla W^2`, `\frac{\partial L}{\partial W}`; in `W = W - r \nabla W` the new W."""

from __future__ import annotations

from typing import Final

import numpy as np

from gradcalc.check.answers.compare import HALF_UNIT
from gradcalc.check.answers.formulas import Admission
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.shapes import as_row
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr, Name, Num, names, walk
from gradcalc.formula.write import code
from gradcalc.optimizers.rule import RATE
from gradcalc.program.further import SHAPES
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.sections import GIVEN, Quantity
from gradcalc.words import shorten

_NEARER: Final = 0.25
"""How much nearer numbers are to a new value that are meant as that."""


class Subjects:
    """Finds what chains say something of, in one solution."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.names = admission.called
        self.by_equation = {quantity.equation: quantity for quantity in self.names.catalogue.every}
        parameters = admission.solution.problem.parameters
        new = {name: new_name(name) for name in parameters if new_name(name) in self.by_equation}
        self.updated = {old.partition("[")[0]: made.partition("[")[0] for old, made in new.items()}
        """The names of the new values of parameters; of a family's members that of the new family."""

    def of(self, left: Expr, used: set[str]) -> Quantity | str:
        """The quantity that a left side names, where the others use these names; else why there is none."""
        quantity = self.by_equation.get(left.id) if isinstance(left, Name) else None
        if quantity is None:
            return f"{shorten(code(left))} is no quantity of the problem by itself"
        return self.after(quantity, used)

    def shape(self, left: str, right: str) -> tuple[Quantity, str]:
        """The shape that a row says, of which quantity, and as a formula. Raises NotReadable."""
        interpreter = self.admission.interpreter
        of = interpreter.by_itself(left)
        quantity = self.names.get(SHAPES, of.id) if isinstance(of, Name) else None
        shape = self.admission.solution.shapes.get(of.id) if isinstance(of, Name) else None
        if quantity is None or shape is None:
            raise NotReadable(f"{shorten(code(of))} is no quantity of the problem by itself")
        sides, sizes = interpreter.sides(right)
        if (len(sizes) == 1 and 1 not in shape) or (1 in shape and tuple(sizes) == shape[::-1] != shape):
            raise NotReadable("a vector may lie otherwise than in the problem, or be one of several")
        return quantity, str(as_row("×".join(sides), shape))

    def after(self, quantity: Quantity, used: set[str]) -> Quantity | str:
        """The new value where the chain is an update, or rests on new values."""
        name = quantity.name
        updated = self.by_equation.get(new_name(name))
        is_update = quantity.section == GIVEN and name in used and not used.isdisjoint((gradient_name(name), RATE))
        if updated is not None and (is_update or (quantity.section == "forward" and self.is_after(used))):
            return updated
        if quantity.section == GIVEN:
            return f"{shorten(name)} is given in the problem"
        return quantity

    def worked_out(self, chain: Formulas, said: Quantity) -> Quantity:
        r"""The gradient that a chain works out: `\frac{\partial J}{\partial v} = \frac{\partial J}{\partial \theta}
        \frac{\partial \theta}{\partial U} = v (\hat{y} - y)^\top` is about U, with a slip on its left side.

        So it is where the first line is a chain of derivatives that ends in another parameter, a line behind it is the
        gradient on that, and none is what the left side says.
        """
        by = chain.taken_by(1)
        other = self.by_equation.get(gradient_name(by)) if by is not None and said.section == "gradients" else None
        if other is None or other == said:
            return said
        lines = [each for each in chain.read[2:] if each is not None]
        if any(self.is_value(line, said) for line in lines) or not any(self.is_value(line, other) for line in lines):
            return said
        self.admission.interpreter.remarks[other.equation] = f"the left side says {said.name}, the chain is about {by}"
        return other

    def in_numbers(self, chain: Formulas, said: Quantity) -> Quantity:
        """The value after the update, of a chain that comes to numbers much nearer to that than to the one before."""
        solution, updated = self.admission.interpreter.solution, self.by_equation.get(new_name(said.name))
        end = next((each for each in reversed(chain.read[1:]) if each is not None), None)
        if said.section not in ("forward", "loss") or updated is None or end is None or names(end):
            return said
        value = attempt(end, {}, solution.problem.axis)
        before, after = (solution.values.get(each.equation) for each in (said, updated))
        if value is None or before is None or after is None or value.size != before.size:
            return said
        away, near = (float(np.max(np.abs(value.ravel() - each.ravel()))) for each in (before, after))
        half = HALF_UNIT * 10.0 ** -max((each.decimals or 0 for each in walk(end) if isinstance(each, Num)), default=0)
        return updated if near < _NEARER * away or near <= half < away else said

    def is_value(self, formula: Expr, quantity: Quantity) -> bool:
        """Whether a formula comes to what a quantity is, in whatever layout."""
        solution = self.admission.interpreter.solution
        found, right = attempt(formula, solution.values, solution.problem.axis), solution.values[quantity.equation]
        return found is not None and any(
            np.shape(each) == np.shape(right) and np.allclose(each, right) for each in (found, found.T)
        )

    def is_after(self, used: set[str]) -> bool:
        """Whether a chain rests on what the update has made."""
        return any(self.by_equation[name].section == "updated" for name in used if name in self.by_equation)
