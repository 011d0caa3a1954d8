"""`σ′(a)`: the derivative of a function of one number, as a formula, by the rule of the table."""

from __future__ import annotations

from gradcalc.formula.bound import bound
from gradcalc.formula.expr import ONE, Apply, Expr, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import lookup


def derivative(node: Apply, out: Expr | None = None) -> Expr | None:
    """The derivative of the function that is applied, at its argument; None where it is no function of one number.

    `out` is the value of the application, where that has a name.

    Its rule carries an upstream gradient back; from 1 it gives the derivative itself.
    """
    entry = lookup(node.function)
    if len(entry.args) != 1 or not entry.elementwise or not entry.gradient:
        return None
    argument = entry.args[0]
    rule = bound(entry.gradient[argument], node)
    return simplify(substitute(rule, {argument: node.args[0], "out": node if out is None else out, "g": ONE}))
