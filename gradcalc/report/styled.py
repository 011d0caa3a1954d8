"""Write products and losses as a style has them: in a course ⟨u, v⟩ of one sample is uᵀv, and ⟨u, u⟩ is ‖u‖².

A formula is turned into another one of the same value, so that numbers can be put into it, and it can be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gradcalc.errors import GradcalcError
from gradcalc.formula.bound import applied
from gradcalc.formula.expr import Apply, Expr, Num, call, mul, names, transform
from gradcalc.formula.names import Names
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape, known, lookup
from gradcalc.report.scalars import ONE

_BY_FORMULA: Final = frozenset(("half_squared_error", "squared_error", "cross_entropy", "binary_cross_entropy"))
"""Losses that courses write out; others have names there, too."""
_INNER: Final = ("inner", "dot")


@dataclass(frozen=True)
class InStyle:
    """The formulas of one report; with `one_sample` all that has no shape is a sample, as in definitions."""

    names: Names
    shapes: Mapping[str, Shape]
    axis: Axis = Axis.COLUMNS
    one_sample: bool = False

    def __call__(self, expr: Expr) -> Expr:
        """The formula as the style has it."""
        return transform(expr, self._node) if self.names.style == "course" else expr

    def _node(self, node: Expr) -> Expr:
        if not isinstance(node, Apply) or not known(node.function):
            return node
        if node.function in _INNER:
            return self._inner(*node.args) or node
        if node.function == "outer" and self._is_sample(*node.args):
            return call("matmul", node.args[0], _turned(node.args[1]))
        named = node.function in self.names.functions
        if node.function in _BY_FORMULA and not named and self._is_sample(*node.args):
            loss = lookup(node.function).definition
            assert loss is not None
            return transform(applied(loss, node), self._node)
        return node

    def _inner(self, left: Expr, right: Expr) -> Expr | None:
        """uᵀv of columns, u vᵀ of rows; the gradient second, where only one of them has one."""
        if right == Num(1.0) and self._is_sample(left):
            return call("sum", left)
        if not self._is_sample(left, right):
            return None
        if left == right:
            return call("pow", left if self._is_number(left) else call("norm", left), Num(2.0))
        if self._is_number(left):
            return mul(left, right)
        if self._has_gradient(left) and not self._has_gradient(right):
            left, right = right, left
        if self.axis is Axis.COLUMNS:
            return call("matmul", _turned(left), right)
        return call("matmul", left, _turned(right))

    def _is_sample(self, *args: Expr) -> bool:
        """Whether these are one sample of the same size each, so that none is stretched to fit."""
        found = {self._shape(arg) for arg in args}
        if found == {None}:
            return self.one_sample
        return len(found) == 1 and all(shape in ONE or (shape and shape[1 - self.axis] == 1) for shape in found)

    def _is_number(self, expr: Expr) -> bool:
        return self._shape(expr) in ONE

    def _shape(self, expr: Expr) -> Shape | None:
        """None where a name has no shape."""
        try:
            return shape_of(expr, {} if self.one_sample else self.shapes, self.axis)
        except (KeyError, GradcalcError):
            return None

    def _has_gradient(self, expr: Expr) -> bool:
        return any(name in self.names.gradients for name in names(expr))


def _turned(expr: Expr) -> Expr:
    is_turned = isinstance(expr, Apply) and expr.function == "transpose"
    return expr.args[0] if isinstance(expr, Apply) and is_turned else call("transpose", expr)
