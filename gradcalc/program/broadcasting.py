"""Undo broadcasting: the gradient of what was broadcast along an axis is the sum along that axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from gradcalc.formula.counts import of_shapes
from gradcalc.formula.expr import Apply, Expr, Num, call, mul, transform, walk
from gradcalc.formula.factors import flattened
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import applied_shape, broadcast, shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import SIZES, Axis, Shape, lookup


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The shapes of an application's arguments and of its value.

    `full` is the shape that the arguments are broadcast to; None for a function that doesn't broadcast them.
    """

    args: tuple[Shape, ...]
    value: Shape
    full: Shape | None


class Shapes:
    """The shapes of names, and what follows from them for gradients."""

    def __init__(self, known: Mapping[str, Shape], axis: Axis) -> None:
        self.known = dict(known)
        self.axis = axis

    def of(self, expr: Expr) -> Shape:
        """The shape of an expression. Raises ShapeError."""
        return shape_of(expr, self.known, self.axis)

    def features(self, expr: Expr) -> int:
        """How many entries a sample has. Raises ShapeError."""
        return (self.of(expr) or (1, 1))[self.axis]

    def broadcast(self, node: Apply) -> Broadcast:
        """The shapes round an application. Raises ShapeError."""
        entry = lookup(node.function)
        args = tuple(self.of(arg) for arg in node.args)
        value = applied_shape(node, args, self.axis)
        if entry.elementwise:
            return Broadcast(args, value, value)
        return Broadcast(args, value, broadcast(args, {}, self.axis) if entry.repeats else None)

    def reduced(self, contribution: Expr, wanted: Shape, full: Shape | None) -> Expr:
        """`contribution` summed over the axes along which an argument of the shape `wanted` was broadcast to `full`.

        `full` is None where nothing was broadcast. Raises ShapeError.
        """
        contribution = self.tidy(contribution)
        shape = self.of(contribution)
        wide = full or shape or (1, 1)
        narrow = wanted if len(wanted) == len(wide) else (1,) * len(wide)
        repeated = [along for along, size in enumerate(narrow) if size == 1 and wide[along] > 1]
        summed = [along for along in repeated if shape and shape[along] > 1]
        # Along the other axes all entries are the same, and needn't be written out to be summed.
        count = prod(wide[along] for along in repeated if along not in summed)
        if shape and not wanted:
            contribution = call("sum", contribution)
        else:
            for along in summed:
                contribution = call("sum", contribution, axis=float(along))
        return contribution if count == 1 else simplify(mul(Num(float(count)), contribution))

    def tidy(self, expr: Expr) -> Expr:
        """Simplified, and without brackets round factors where the shapes allow it. Raises ShapeError."""
        simple = simplify(self.counted(expr))
        flat = flattened(simple)
        if flat is simple:
            return simple
        try:
            self.of(flat)
        except ShapeError:
            return simple
        return simplify(flat)

    def upright(self, expr: Expr) -> Expr:
        """Without the transpose of what is one number: `(c * v).T` is `v.T * c`. Raises ShapeError."""
        turned = any(isinstance(node, Apply) and node.function == "transpose" for node in walk(expr))
        return transform(expr, self._upright) if turned else expr

    def _upright(self, node: Expr) -> Expr:
        if not (isinstance(node, Apply) and node.function == "transpose"):
            return node
        (inner,) = node.args
        if self.of(inner) in ((), (1, 1)):
            return inner
        if isinstance(inner, Apply) and inner.function in ("mul", "div") and self.of(inner.args[1]) in ((), (1, 1)):
            return Apply(inner.function, (self._upright(call("transpose", inner.args[0])), inner.args[1]))
        if isinstance(inner, Apply) and inner.function == "mul" and self.of(inner.args[0]) in ((), (1, 1)):
            return Apply("mul", (inner.args[0], self._upright(call("transpose", inner.args[1]))))
        return node

    def filled(self, g: Expr, shape: Shape) -> Expr:
        """`g` in the full shape, where it came narrower through broadcasting. Raises ShapeError."""
        return g if self.of(g) == shape or not shape else simplify(mul(g, _ones(shape)))

    def counted(self, contribution: Expr) -> Expr:
        """`size(a)` and its like as numbers, since shapes are known. Raises ShapeError."""
        counts = any(map(_is_of_shapes, walk(contribution)))
        return transform(contribution, self._counted) if counts else contribution

    def _counted(self, node: Expr) -> Expr:
        if not isinstance(node, Apply) or not node.args or not _is_of_shapes(node) or self.of(node):
            return node
        return Num(float(of_shapes(node, [self.of(arg) for arg in node.args], self.axis)))


def _is_of_shapes(node: Expr) -> bool:
    return isinstance(node, Apply) and lookup(node.function).of_shapes


def _ones(shape: Shape) -> Expr:
    return call("ones", **dict(zip(SIZES, map(float, shape), strict=False)))
