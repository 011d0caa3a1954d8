"""The differential of a formula: what its value changes by to first order, where one name changes.

By the rules of the table: entry by entry a rule carries a change on as it carries a gradient back, and so does the
softmax, whose Jacobian is symmetric. Sums and products of matrices are as in the Matrix Cookbook (2012), section 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gradcalc.formula.bound import applied, bound
from gradcalc.formula.expr import ONE, Apply, Expr, Name, add, call, names, rebuild, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import AXIS, lookup
from gradcalc.program.broadcasting import Shapes

_SYMMETRIC: Final = frozenset(("softmax",))
_LINEAR: Final = frozenset(("add", "neg", "identity", "transpose", "sum", "mean", "part"))
_BILINEAR: Final = frozenset(("matmul", "inner"))


class NoDifferentialError(Exception):
    """A function has no rule for differentials here; its gradient has to be taken as it is."""


@dataclass(frozen=True, slots=True)
class Differential:
    """Differentials in which one name changes by `change`; `value` is the name of the whole formula's value."""

    name: str
    change: Expr
    value: Expr
    shapes: Shapes

    def of(self, expr: Apply) -> Expr:
        """That of a formula which holds the name. Raises NoDifferentialError."""
        return simplify(self._of(expr, self.value))

    def _inside(self, expr: Expr) -> Expr:
        if expr == Name(self.name):
            return self.change
        assert isinstance(expr, Apply)
        return self._of(expr, expr)

    def _of(self, node: Apply, out: Expr) -> Expr:
        entry = lookup(node.function)
        varying = [i for i, arg in enumerate(node.args) if self.name in names(arg) and entry.passes_on(i)]
        changes = {i: self._inside(node.args[i]) for i in varying}
        if node.function in _LINEAR:
            args = [changes[i] for i in varying]
            return add(*args) if node.function == "add" else rebuild(node, tuple(args))
        if node.function in _BILINEAR:
            return add(*(rebuild(node, _with(node.args, i, change)) for i, change in changes.items()))
        if entry.elementwise or node.function in _SYMMETRIC:
            return add(*(self._carried(node, i, change, out) for i, change in changes.items()))
        if entry.role == "loss":
            return add(*(self._paired(node, i, change) for i, change in changes.items()))
        if entry.definition is None or entry.per_sample:
            raise NoDifferentialError
        return self._inside(applied(entry.definition, node))

    def _carried(self, node: Apply, position: int, change: Expr, out: Expr) -> Expr:
        """The rule for an argument with its change in the place of the gradient."""
        entry = lookup(node.function)
        rule = entry.gradient.get(entry.argument(position))
        if rule is None:
            raise NoDifferentialError
        put = {} if entry.variadic else dict(zip(entry.args, node.args, strict=True))
        return substitute(bound(rule, node), {**put, "g": change, "out": out})

    def _paired(self, node: Apply, position: int, change: Expr) -> Expr:
        """Of a loss: ⟨its gradient, the change⟩, a number for each sample."""
        gradient = simplify(self._carried(node, position, ONE, node))
        own = tuple(each for each in node.params if each[0] == AXIS)
        return Apply("inner", (gradient, change), own)


def _with(args: Sequence[Expr], position: int, change: Expr) -> tuple[Expr, ...]:
    return (*args[:position], change, *args[position + 1 :])


def factors(expr: Expr) -> list[Expr]:
    """The factors of a product of matrices, in order."""
    if isinstance(expr, Apply) and expr.function == "matmul":
        return [each for arg in expr.args for each in factors(arg)]
    return [expr]


def product(matrices: Iterable[Expr]) -> Expr:
    """Their product, from the left."""
    first, *others = matrices
    for each in others:
        first = call("matmul", first, each)
    return first
