"""Tell where an application of a function has no derivative."""

from __future__ import annotations

from gradcalc.formula.expr import Apply, Expr, Num, substitute
from gradcalc.formula.parse import parse
from gradcalc.formula.table import known, lookup


def distances(node: Apply) -> tuple[Expr, ...]:
    """Formulas over the arguments; where one of them is zero, the function has no derivative."""
    if not known(node.function) or not lookup(node.function).kinks:
        return ()
    entry = lookup(node.function)
    put: dict[str, Expr] = dict(zip(entry.args, node.args, strict=True))
    put |= {name: Num(value) for name, value in {**entry.params, **dict(node.params)}.items()}
    return tuple(substitute(parse(kink), put) for kink in entry.kinks)
