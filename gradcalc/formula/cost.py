"""Add up what formulas take before they are worked out: entries, which take memory, and multiplications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from gradcalc.formula.expr import Apply, Expr, Name, Num
from gradcalc.formula.shapes import applied_shape
from gradcalc.formula.table import Axis, Shape

CUBIC = ("inv", "solve", "det")
"""What goes through a square matrix once for each of its rows."""


class Cost:
    """Infers shapes bottom-up; `entries` are those of all values on the way, `work` about the multiplications."""

    def __init__(self, shapes: Mapping[str, Shape], axis: Axis) -> None:
        self.shapes, self.axis = shapes, axis
        self.entries = 0
        self.work = 0.0
        self.met: dict[int, tuple[Expr, Shape, int, float]] = {}

    def shape(self, expr: Expr) -> Shape:
        """The shape of a formula. Raises ShapeError where shapes don't fit."""
        if isinstance(expr, Num):
            return ()
        if isinstance(expr, Name):
            return self.shapes[expr.id]
        if id(expr) in self.met:  # which stands at several places: looked at once, it counts each time
            _, shape, entries, work = self.met[id(expr)]
            self.entries += entries
            self.work += work
            return shape
        before = self.entries, self.work
        args = [self.shape(arg) for arg in expr.args]
        shape = applied_shape(expr, args, self.axis)
        self.meet(expr, shape)
        self.entries += prod(shape)
        self.work += _work(expr, args, shape)
        self.met[id(expr)] = expr, shape, self.entries - before[0], self.work - before[1]
        return shape

    def meet(self, node: Apply, shape: Shape) -> None:
        """Look at the shape of an application; what refuses some raises here."""


def _work(node: Apply, args: Sequence[Shape], shape: Shape) -> float:
    if node.function == "matmul":
        return float(prod(shape)) * args[0][1]
    if node.function in CUBIC:
        return float(prod(args[0])) * (args[0] or (1,))[0] + float(prod(shape)) * (args[0] or (1,))[0]
    return float(sum(prod(each) for each in (*args, shape)))
