"""Write the square of a norm as the sum of squares that it is: a square undoes the norm's kink at 0."""

from __future__ import annotations

from gradcalc.formula.expr import Apply, Expr, Num, call, transform

_TWO = Num(2.0)


def smooth(expr: Expr) -> Expr:
    """The formula with `sum(w ** 2)` for `norm(w) ** 2`: as differentiable as it can be."""
    return transform(expr, _square_of_norm)


def _square_of_norm(node: Expr) -> Expr:
    if not (isinstance(node, Apply) and node.function == "pow" and node.args[1] == _TWO):
        return node
    base = node.args[0]
    return call("sum", call("pow", base.args[0], _TWO)) if isinstance(base, Apply) and base.function == "norm" else node
