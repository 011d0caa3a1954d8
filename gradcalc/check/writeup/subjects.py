r"""What a chain is about: `\nabla W^2`, `\frac{\partial L}{\partial W}`; in `W = W - r \nabla W` the new W."""

from __future__ import annotations

from gradcalc.check.answers.formulas import Admission
from gradcalc.formula.expr import Expr, Name
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

    def of(self, left: Expr, used: set[str]) -> Quantity | str:
        """The quantity that a left side names, where the others use these names; else why there is none."""
        quantity = self.by_equation.get(left.id) if isinstance(left, Name) else None
        if quantity is None:
            return f"{shorten(code(left))} is no quantity of the problem by itself"
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
