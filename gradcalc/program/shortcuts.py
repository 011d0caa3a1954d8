"""Shortcuts through two functions at once, as textbooks take them: ŷ - y for the cross-entropy of a softmax."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypeAlias

from gradcalc.formula.expr import Apply, Expr, Name, substitute, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Pair, lookup, pair, pairs
from gradcalc.program.broadcasting import Broadcast, Shapes
from gradcalc.program.problem import Equation

Passed: TypeAlias = tuple[Expr, Expr]
"""A part of a formula, and the gradient that is passed on to it."""


class Shortcuts:
    """Finds where a pair of the table can be differentiated in one step.

    It can where the inner value is used by the outer function alone (`path` holds what is differentiated), has no
    gradient of its own in `start`, and holds what the pair requires (`assumed` are names whose samples sum to 1).
    """

    def __init__(
        self,
        forward: Sequence[Equation],
        path: Sequence[Equation],
        start: Collection[str],
        assumed: frozenset[str],
        shapes: Shapes,
        allowed: bool = True,
    ) -> None:
        self.outer = {each.outer for each in pairs()} if allowed else set()
        self.definitions = {equation.name: equation.expr for equation in forward}
        self.uses = Counter(node.id for eq in path for node in walk(eq.expr) if isinstance(node, Name))
        self.start, self.assumed, self.shapes = start, assumed, shapes
        self.kept: dict[str, Passed] = {}
        """The step to take from a named inner value, in place of its own formula."""

    def taken(self, node: Apply, position: int, g: Expr, sizes: Broadcast) -> Passed | None:
        """The step past an argument to what the inner function is applied to; None where the argument's own rule holds.

        A named inner value gets its gradient by that rule, for the reader; the step is kept for its turn.
        """
        found = self.found(node, position) if node.function in self.outer else None
        if found is None:
            return None
        arg = node.args[position]
        inner = self.inner(arg)
        assert inner is not None
        put = dict(zip(lookup(inner.function).args, inner.args, strict=True))
        put |= dict(zip(lookup(node.function).args, node.args, strict=True))
        product = substitute(parse(found.rule), {**put, "g": g, "out": arg})
        step = inner.args[0], self.shapes.reduced(product, self.shapes.of(inner.args[0]), sizes.full)
        if isinstance(arg, Name):
            self.kept[arg.id] = step
            return None
        return step

    def found(self, node: Apply, position: int) -> Pair | None:
        """The pair of a function and the inner function in one argument, where it may be taken."""
        entry, arg = lookup(node.function), node.args[position]
        inner = self.inner(arg)
        found = pair(entry.name, inner.function) if inner is not None and not (inner.params or node.params) else None
        if found is None or found.through != entry.args[position]:
            return None
        if isinstance(arg, Name) and (self.uses[arg.id] > 1 or arg.id in self.start):
            return None
        fits = found.requires is None or self.is_assumed(node.args[entry.args.index(found.requires)], arg)
        return found if fits else None

    def inner(self, arg: Expr) -> Apply | None:
        """The application that an argument is, or that its name stands for."""
        expr = self.definitions.get(arg.id) if isinstance(arg, Name) else arg
        return expr if isinstance(expr, Apply) else None

    def is_assumed(self, required: Expr, arg: Expr) -> bool:
        """Whether the samples of `required` sum to 1, each over the entries of a sample of `arg`."""
        known = isinstance(required, Name) and required.id in self.assumed
        return known and self.shapes.features(required) == self.shapes.features(arg)

    def concern(self, equation: Equation) -> bool:
        """Whether what an equation passes on depends on how its names are defined."""
        nodes = walk(equation.expr) if self.outer else ()
        outer = any(isinstance(node, Apply) and node.function in self.outer for node in nodes)
        return outer or equation.name in self.kept
