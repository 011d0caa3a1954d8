r"""What a chain is about: `\nabla W^2`, `\frac{\partial L}{\partial W}`; in `W = W - r \nabla W` the new W."""

from __future__ import annotations

from gradcalc.check.answers.formulas import Admission
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.writeup.model import Derivation
from gradcalc.formula.expr import Expr, Name, names
from gradcalc.formula.write import code
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.sections import GIVEN, Quantity
from gradcalc.words import shorten


class Subjects:
    """Finds what chains say something of, in one solution."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.names = admission.called
        self.by_equation = {quantity.equation: quantity for quantity in self.names.catalogue.every}

    def of(self, chain: Derivation) -> Quantity | str:
        """The quantity on a chain's left side; else why it isn't marked."""
        left = self.formula(chain.sides[0].tex)
        if isinstance(left, str):
            return f"its left side can't be read: {left}"
        quantity = self.by_equation.get(left.id) if isinstance(left, Name) else None
        if quantity is None:
            return f"its left side, read as {shorten(code(left))}, is no quantity of the problem by itself"
        used = {name for side in chain.sides[1:] for name in self.used(side.tex)}
        return self.after(quantity, used)

    def after(self, quantity: Quantity, used: set[str]) -> Quantity | str:
        """The new value where the chain is an update, or rests on new values."""
        name = quantity.name
        updated = self.by_equation.get(new_name(name))
        is_update = {name, gradient_name(name)} <= used
        if updated is not None and (is_update or (quantity.section == "forward" and self.is_after(used))):
            return updated
        if quantity.section == GIVEN:
            return f"{shorten(name)} is given in the problem"
        return quantity

    def is_after(self, used: set[str]) -> bool:
        """Whether a chain rests on what the update has made."""
        return any(self.by_equation[name].section == "updated" for name in used if name in self.by_equation)

    def formula(self, tex: str) -> Expr | str:
        """A side by itself; why it can't be read."""
        try:
            return self.admission.interpreter.by_itself(tex)
        except NotReadable as error:
            return error.reason

    def used(self, tex: str) -> tuple[str, ...]:
        """The names in a side; none where it can't be read."""
        found = self.formula(tex)
        return () if isinstance(found, str) else names(found)
