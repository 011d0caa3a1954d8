"""Tell where an application of a function has no derivative, and where a formula passes from one rule to another."""

from __future__ import annotations

from gradcalc.formula.bound import applied
from gradcalc.formula.expr import Apply, Expr, walk
from gradcalc.formula.table import known, lookup


def distances(node: Apply) -> tuple[Expr, ...]:
    """Formulas over the arguments; where one of them is zero, the function has no derivative."""
    if not known(node.function) or not lookup(node.function).kinks:
        return ()
    return tuple(applied(kink, node) for kink in lookup(node.function).kinks)


def switches(expr: Expr) -> tuple[Expr, ...]:
    """What changes its sign where a formula passes from one rule to another.

    These are its kinks, and those within definitions: Huber's loss is smooth at delta, and another one beyond.
    """
    found: dict[Expr, None] = {}
    for node in walk(expr):
        if isinstance(node, Apply) and known(node.function):
            entry = lookup(node.function)
            found |= dict.fromkeys(distances(node))
            if entry.definition is not None and not entry.kinks and len(node.args) == len(entry.args):
                found |= dict.fromkeys(switches(applied(entry.definition, node)))
    return tuple(found)
