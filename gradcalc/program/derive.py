"""The chain rule: from forward equations to the equations of the backward pass.

Symbolic reverse-mode differentiation (Griewank & Walther, Evaluating Derivatives, 2008, chapter 3), source to
source. The equations are walked from the last to the first; each application passes its upstream gradient on
to its arguments by the rule that the functions table holds for it; what reaches a name from all its uses is summed.

That is `_ChainRule`. Around it stand: the shortcuts through two functions at once (`shortcuts.py`), names for
gradients that would be written out too often (`large.py`), and the memory of equations that differ in names alone
(`alike.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gradcalc.formula.expr import ZERO, Apply, Expr, Name, call
from gradcalc.formula.smooth import smooth
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.program.alike import Memory, Received
from gradcalc.program.broadcasting import Shapes
from gradcalc.program.dependence import differentiable_in, passing_to
from gradcalc.program.large import LargeGradients
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.shortcuts import Passed, Shortcuts
from gradcalc.program.sums import Sums
from gradcalc.program.vjp import Rules, vjp


def backward(
    forward: Sequence[Equation],
    start: Mapping[str, Expr],
    wrt: Iterable[str],
    shapes: Mapping[str, Shape],
    axis: Axis = Axis.COLUMNS,
    assumed: frozenset[str] = frozenset(),
    rules: Mapping[tuple[str, str], str] | None = None,
) -> tuple[Equation, ...]:
    """The equations that compute the gradient with respect to `wrt` and every quantity on the way.

    `start` gives the gradient to start from: the number 1 for the scalar that is differentiated, or the name
    of a given upstream gradient. `shapes` has the shape of every name; a gradient has that of its quantity.
    `assumed` are names whose samples are known to sum to 1. `rules` replaces rules of the table, by function and
    argument: to see what comes of a mistaken one.
    Raises NoGradientError where a function on the way has no rule, ShapeError where a rule doesn't fit its arguments.
    """
    return _ChainRule(forward, start, tuple(wrt), Shapes(shapes, axis), assumed, rules or {}).derive()


class _ChainRule:
    def __init__(
        self,
        forward: Sequence[Equation],
        start: Mapping[str, Expr],
        wrt: tuple[str, ...],
        shapes: Shapes,
        assumed: frozenset[str],
        rules: Mapping[tuple[str, str], str],
    ) -> None:
        active = differentiable_in(forward, wrt)
        self.path = [equation for equation in passing_to(forward, start) if equation.name in active]
        self.start, self.wrt, self.shapes = start, wrt, shapes
        self.equations: list[Equation] = []
        self.sums = Sums(self.path, active, wrt, shapes)
        self.rules = Rules(rules)
        self.large = LargeGradients(self.rules, shapes, self.equations)
        self.shortcuts = Shortcuts(forward, self.path, start, assumed, shapes, allowed=not rules)
        self.memory = Memory(self.shortcuts.concern, shapes, self.sums.parts, self.equations)

    def derive(self) -> tuple[Equation, ...]:
        """Walk the equations from the last to the first, and sum what reaches each name."""
        for equation in reversed(self.path):
            upstream = self.start.get(equation.name, Name(gradient_name(equation.name)))
            for name, product, shape in self.memory.received(equation, upstream, self.passed_on):
                self.sums.add(name, product, shape)
            for name in self.sums.completed(equation):
                if name not in self.start:
                    self.emit(name, self.sums.total(name))
        for name in self.wrt:
            if name not in self.sums.parts and name not in self.start:
                self.emit(name, call("mul", ZERO, Name(name)))
        return tuple(self.equations)

    def passed_on(self, equation: Equation, upstream: Expr) -> Received:
        """From the gradient of an equation's value, down its formula, to what its names receive."""
        received: list[tuple[str, Expr, Shape]] = []
        todo = [self.shortcuts.kept.pop(equation.name, (smooth(equation.expr), upstream))]
        while todo:
            node, g = todo.pop()
            if isinstance(node, Name) and self.is_active(node):
                received.append((node.id, g, self.shapes.of(g)))
            elif isinstance(node, Apply) and self.is_active(node):
                todo.extend(self.to_arguments(node, g, equation))
        return tuple(received)

    def to_arguments(self, node: Apply, g: Expr, equation: Equation) -> list[Passed]:
        """The vector-Jacobian product of one application, for each argument that needs it."""
        entry = lookup(node.function)
        active = [i for i, arg in enumerate(node.args) if entry.passes_on(i) and self.is_active(arg)]
        if not active:
            return []
        upstream = self.large.named(g, entry, active)
        out = Name(equation.name) if node is equation.expr else node
        sizes = self.shapes.broadcast(node)
        passed = []
        for position in active:
            step = self.shortcuts.taken(node, position, upstream, sizes)
            if step is None:
                rule = self.rules.needed(node, position, equation.name)
                step = node.args[position], vjp(rule, node, position, upstream, out, sizes, self.shapes)
            passed.append(step)
        return passed

    def is_active(self, expr: Expr) -> bool:
        """Whether a gradient is wanted of something in it."""
        if isinstance(expr, Name):
            return expr.id in self.sums.parts
        return isinstance(expr, Apply) and any(map(self.is_active, expr.args))

    def emit(self, name: str, total: Expr) -> None:
        self.shapes.known[gradient_name(name)] = self.shapes.known[name]
        self.equations.append(Equation("backward", gradient_name(name), total, kind="gradient", quantity=name))
