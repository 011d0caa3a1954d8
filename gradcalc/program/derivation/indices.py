"""The way to a gradient entry by entry: `∂L/∂W[i,j]` as sums over letters.

The lines are those of `ways.py`, each with its entry in the place of the matrix; the chain rule is a sum over all
entries of what lies between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from math import inf

from gradcalc.formula.expr import Apply, Expr, Name, add, mul, names
from gradcalc.formula.factors import flattened
from gradcalc.formula.table import Shape, lookup
from gradcalc.program.derivation.indexed import Indexed, Place, total
from gradcalc.program.derivation.lines import Derivation, Line, Sides, told
from gradcalc.program.derivation.ways import Ways
from gradcalc.program.naming import gradient_name, partial_name
from gradcalc.program.problem import Problem


class ByEntries:
    """The ways to the gradients of a problem, entry by entry. Raises what `backward` raises."""

    introduction = ("A letter that is summed over counts every place; the others are any place. ",)

    def __init__(self, problem: Problem, shapes: Mapping[str, Shape]) -> None:
        self.ways = Ways(problem, shapes)
        self.rule = self.ways.rule
        parameters = {*problem.parameters, *map(gradient_name, problem.parameters)}
        self.indexed = Indexed(self.rule.shapes, parameters, {*self.rule.shapes.known})

    def to(self, name: str, depth: float = inf) -> tuple[Derivation, ...]:
        """The way to one gradient, as `Ways` has it."""
        return tuple(map(self._by_entries, self.ways.to(name, depth)))

    def to_all(self, wanted: Iterable[str], depth: float = inf) -> Iterator[Derivation]:
        """The ways to several."""
        return map(self._by_entries, self.ways.to_all(wanted, depth))

    def sides(self, name: str, expr: Expr) -> tuple[Expr, Expr]:
        """An equation, entry by entry."""
        return self._sides(Name(name), expr)

    def _by_entries(self, way: Derivation) -> Derivation:
        at = self.indexed.place(Name(way.of))
        written = _Entries(self, way.of, at)
        lines = tuple(told(written.line(line) for line in way.lines))
        stands_for = None if way.stands_for is None else self.indexed.entry(way.stands_for, at)
        return replace(
            way, left=written.left(way.of, at), lines=lines, stands_for=stands_for, partials=tuple(written.partials)
        )

    def _sides(self, left: Expr, right: Expr) -> tuple[Expr, Expr]:
        at = self.indexed.place(left)
        return self.indexed.entry(left, at), self.indexed.entry(right, at)

    def because(self, sides: Sides) -> Sides:
        """Equations, entry by entry."""
        return tuple(self._sides(*each) for each in sides)


class _Entries:
    """The lines of one quantity at one place."""

    def __init__(self, by: ByEntries, of: str, at: Place) -> None:
        self.by, self.of, self.at = by, of, at
        self.partials: dict[tuple[str, str], None] = {}

    def line(self, line: Line) -> Line:
        if line.by == "chain":
            return replace(line, expr=add(*map(self.path, line.names)))
        expr = flattened(self.by.indexed.entry(line.expr, self.at))
        return replace(line, expr=expr, because=self.by.because(line.because))

    def left(self, name: str, at: Place) -> Name:
        """∂L/∂W[i,j], or the gradient's entry where nothing is differentiated."""
        of, entry = self.by.rule.problem.objective, self.by.indexed.named
        return entry(gradient_name(name), at) if of is None else self.partial(of, entry(name, at).id)

    def partial(self, of: str, by: str) -> Name:
        """A derivative of one entry by another, written as such."""
        pair = of, by
        self.partials[pair] = None
        return Name(partial_name(*pair))

    def path(self, user: str) -> Expr:
        """The sum over all entries of a quantity through which this one leads on, but for those that it can't reach."""
        rule, indexed, entry = self.by.rule, self.by.indexed, self.by.indexed.named
        equation, shape = rule.by_name[user], rule.shapes.known[user] or (1, 1)
        if user == rule.problem.objective:
            return indexed.entry(rule.part(self.of, equation), self.at)
        own = indexed.place(Name(user), self.at)
        mine = (*self.at, *[""] * len(own))
        shared = [mine[axis] if mine[axis] and self.keeps(equation.expr, axis) else "" for axis in range(len(own))]
        place = tuple(one or other for one, other in zip(shared, own, strict=True))
        found: Expr = mul(self.left(user, place), self.partial(entry(user, place).id, entry(self.of, self.at).id))
        for axis in reversed(range(len(own))):
            if not shared[axis] and place[axis]:
                found = total(place[axis], found, shape[axis])
        return found

    def keeps(self, expr: Expr, axis: int) -> bool:
        """Whether an entry of the value depends on those entries alone that have the same place along an axis."""
        if self.of not in names(expr):
            return True
        if not isinstance(expr, Apply):
            return True
        function, shapes = lookup(expr.function), self.by.rule.shapes
        inside = [arg for arg in expr.args if self.of in names(arg)]
        size = _sizes(shapes.of(expr))[axis]
        if size == 1 or any(_sizes(shapes.of(arg))[axis : axis + 1] != (size,) for arg in inside):
            return False
        if function.name == "matmul":
            return self.of not in names(expr.args[1 - axis]) and self.keeps(expr.args[axis], axis)
        along_samples = function.per_sample and axis == 1 - function.along(expr.params, shapes.axis)
        return (function.elementwise or along_samples) and all(self.keeps(arg, axis) for arg in inside)


def _sizes(shape: Shape) -> Shape:
    return shape or (1, 1)
