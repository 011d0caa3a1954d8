"""Tell where an application of a function has no derivative."""

from __future__ import annotations

from gradcalc.formula.bound import applied
from gradcalc.formula.expr import Apply, Expr
from gradcalc.formula.table import known, lookup


def distances(node: Apply) -> tuple[Expr, ...]:
    """Formulas over the arguments; where one of them is zero, the function has no derivative."""
    if not known(node.function) or not lookup(node.function).kinks:
        return ()
    return tuple(applied(kink, node) for kink in lookup(node.function).kinks)
