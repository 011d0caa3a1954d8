"""Give a large gradient a name of its own, where a formula would otherwise write it out too often or too deep."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.formula.expr import Apply, Expr, Name, walk
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Function
from gradcalc.program.broadcasting import Shapes
from gradcalc.program.problem import Equation
from gradcalc.program.vjp import Rules

DEEP, LARGE = 12, 60
"""An upstream gradient nested deeper than this, or with more nodes, gets a name of its own."""


class LargeGradients:
    """Names upstream gradients `g1`, `g2`, …, each by an equation that is added to `equations`."""

    def __init__(self, rules: Rules, shapes: Shapes, equations: list[Equation]) -> None:
        self.rules, self.shapes, self.equations = rules, shapes, equations

    def named(self, g: Expr, entry: Function, positions: Sequence[int]) -> Expr:
        """`g`, or a new name for it, before a function passes it on to the arguments at these positions."""
        if not isinstance(g, Apply) or not (self.rules.mentions(entry, positions) > 1 or _is_large(g)):
            return g
        number = 1
        while f"g{number}" in self.shapes.known:
            number += 1
        self.shapes.known[f"g{number}"] = self.shapes.of(g)
        self.equations.append(Equation("backward", f"g{number}", simplify(g)))
        return Name(f"g{number}")


def _is_large(g: Expr) -> bool:
    return _depth(g) > DEEP or sum(1 for _ in walk(g)) > LARGE


def _depth(expr: Expr) -> int:
    depth, level = 0, [expr]
    while level:
        level = [arg for node in level if isinstance(node, Apply) for arg in node.args]
        depth += 1
    return depth
