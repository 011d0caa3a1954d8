"""The formulas of a table entry: as the entry has them, or for one application, parameters and arguments put in."""

from __future__ import annotations

from dataclasses import replace

from gradcalc.formula.expr import Apply, Expr, substitute, transform
from gradcalc.formula.index import FIRST
from gradcalc.formula.parse import parse
from gradcalc.formula.table import lookup

AXIS = "axis"
"""The parameter by which a reduction goes along rows or columns; its formulas pass it on."""


def unbound(text: str) -> Expr:
    """A formula of an entry over its arguments and parameters, a reduction's for all entries, a part's for the first.

    Raises FormulaError for a text that is no formula.
    """
    return transform(parse(text, values=((AXIS, -1.0), *FIRST)), _of_all_entries)


def _of_all_entries(node: Expr) -> Expr:
    return replace(node, params=()) if isinstance(node, Apply) and node.params == ((AXIS, -1.0),) else node


def bound(text: str, node: Apply) -> Expr:
    """A formula of the entry, with the parameters of `node` as numbers and the arguments by their names.

    Raises FormulaError for a text that is no formula.
    """
    return parse(text, values=tuple(lookup(node.function).parameters(node.params).items()))


def applied(text: str, node: Apply) -> Expr:
    """The same, with the arguments of `node` in the place of their names."""
    return substitute(bound(text, node), dict(zip(lookup(node.function).args, node.args, strict=True)))
