"""`σ′(a)`: the derivative of a function of one number, as a formula, by the rule of the table."""

from __future__ import annotations

from gradcalc.formula.bound import bound
from gradcalc.formula.expr import ONE, Apply, Expr, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Function, lookup
from gradcalc.formula.unknown import ENTRYWISE


def derivative(node: Apply, out: Expr | None = None) -> Expr | None:
    """The derivative of the function that is applied, at its argument; None where it is no function of one number.

    `out` is the value of the application, where that has a name.

    Its rule carries an upstream gradient back; from 1 it gives the derivative itself.
    """
    entry = lookup(node.function)
    if not is_of_one_number(entry) or not entry.gradient:
        return None
    put = dict(zip(entry.args, node.args, strict=True))
    rule = bound(entry.gradient[entry.args[-1]], node)
    return simplify(substitute(rule, {**put, "out": node if out is None else out, "g": ONE}))


def is_of_one_number(entry: Function) -> bool:
    """Whether a function goes entry by entry and has one argument, beside what tells which unknown function it is."""
    return entry.elementwise and (len(entry.args) == 1 or entry.name in ENTRYWISE)
