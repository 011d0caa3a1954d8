"""What every report asks of a formula: which parts are single numbers (`·` for ⊙), and what numbers stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, Expr, Name, Num, names, transform, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.index import params_of, parsed, part_shape, region, written
from gradcalc.formula.names import ELLIPSIS
from gradcalc.formula.shapes import MATRIX, shape_of
from gradcalc.formula.table import Axis, Shape, UnknownFunction

ONE: Final[Sequence[Shape]] = ((), (1, 1))


def scalar_over(shapes: Mapping[str, Shape], axis: Axis, one: Sequence[Shape] = ONE) -> Callable[[Expr], bool]:
    """Whether an expression over these names, or over entries such as `h1[2]`, has one of the shapes of a number."""
    known = _WithEntries(shapes)

    def scalar(expr: Expr) -> bool:
        try:
            return isinstance(expr, Num) or shape_of(expr, known, axis) in one
        except (KeyError, ShapeError, UnknownFunction):
            return False

    return scalar


def value_of(id: str, values: Mapping[str, Array]) -> tuple[str, Array]:
    """Whose value a name, an entry `h1[2]` or a part `W1[:,1]` is, and that value."""
    if id in values:
        return id, values[id]
    base, _, index = id.rpartition("[")
    params = dict(params_of(parsed(index.removesuffix("]"))))
    part = values[base][region(values[base].shape, params)]
    return base, part if part_shape(values[base].shape, params) else part.reshape(())


def has_numbers(expr: Expr, values: Mapping[str, Array]) -> bool:
    """Whether the formula with its numbers in it says more than the formula and its value do.

    Images in the place of their names would make it unreadable. In `place(g, x[2])` numbers would not say where g is
    put; and a sum of which terms are left out has not all of them.
    """
    puts = any(isinstance(node, Apply) and node.function == "place" for node in walk(expr))
    used = names(expr)
    if any(name in values and values[name].ndim > MATRIX for name in used):
        return False
    return not isinstance(expr, Name) and bool(used) and not puts and ELLIPSIS not in used


def with_entries(expr: Expr) -> Expr:
    """The formula with entries and parts of names as names of their own, whose numbers `value_of` has."""
    return transform(expr, _entry)


def _entry(node: Expr) -> Expr:
    of = node.args[0] if isinstance(node, Apply) and node.function == "part" else None
    bracket = written(dict(node.params)) if isinstance(node, Apply) and isinstance(of, Name) else None
    return node if bracket is None or not isinstance(of, Name) else Name(of.id + bracket)


class _WithEntries(dict[str, Shape]):
    def __missing__(self, id: str) -> Shape:
        base, bracket, index = id.rpartition("[")
        if not bracket:
            raise KeyError(id)
        if ":" not in index:  # one entry, by its number or by a letter
            return ()
        return part_shape(self[base], dict(params_of(parsed(index.removesuffix("]")))))
