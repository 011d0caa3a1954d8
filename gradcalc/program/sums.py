"""What reaches a name on the way back, from all its uses, is summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from gradcalc.formula.expr import ZERO, Expr, Name, add, call, mul
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Shape
from gradcalc.program.broadcasting import Shapes
from gradcalc.program.problem import Equation


class Sums:
    """The parts of each gradient, by the name whose gradient it is.

    `active` are the names that a gradient is wanted of; of several that are complete at once, those in `first` come
    first, in its order.
    """

    def __init__(self, path: Sequence[Equation], active: Collection[str], first: Iterable[str], shapes: Shapes) -> None:
        self.waiting = Counter(name for equation in path for name in equation.passes_to if name in active)
        self.parts: dict[str, list[Expr]] = {name: [] for name in self.waiting}
        self.in_shape = dict.fromkeys(self.waiting, True)
        self.rank = {name: position for position, name in enumerate(first)}
        self.shapes = shapes

    def add(self, name: str, part: Expr, shape: Shape) -> None:
        """Note what a name receives from one of its uses, and the shape of that."""
        self.parts[name].append(part)
        self.in_shape[name] &= shape == self.shapes.known[name]

    def completed(self, equation: Equation) -> list[str]:
        """The names that have received everything once an equation has passed its gradient on."""
        used = [name for name in equation.passes_to if name in self.waiting]
        self.waiting.subtract(used)
        return sorted((name for name in used if not self.waiting[name]), key=self.order)

    def order(self, name: str) -> int:
        """Parameters before inputs, and the quantities on the way back last."""
        return self.rank.get(name, len(self.rank))

    def total(self, name: str) -> Expr:
        """The sum of what has reached a name, in its shape."""
        parts = self.parts[name]
        if not parts:
            return call("mul", ZERO, Name(name))
        total = parts[0] if len(parts) == 1 else simplify(add(*map(self.shapes.upright, parts)))
        if self.in_shape[name]:
            return total
        try:
            shape = self.shapes.of(total)
        except ShapeError:
            # A column and a row, each the same along the other's axis.
            return simplify(add(*(mul(part, call("ones_like", Name(name))) for part in parts)))
        return total if shape == self.shapes.known[name] else simplify(mul(total, call("ones_like", Name(name))))
