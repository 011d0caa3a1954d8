"""The formulas of a table entry, for one application of it: its parameters, and its arguments, put in."""

from __future__ import annotations

from gradcalc.formula.expr import Apply, Expr, substitute
from gradcalc.formula.parse import parse
from gradcalc.formula.table import lookup


def bound(text: str, node: Apply) -> Expr:
    """A formula of the entry, with the parameters of `node` as numbers and the arguments by their names.

    Raises FormulaError for a text that is no formula.
    """
    return parse(text, values=tuple(lookup(node.function).parameters(node.params).items()))


def applied(text: str, node: Apply) -> Expr:
    """The same, with the arguments of `node` in the place of their names."""
    return substitute(bound(text, node), dict(zip(lookup(node.function).args, node.args, strict=True)))
