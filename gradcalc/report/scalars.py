"""What every report asks of a formula: which parts are single numbers (`·` for ⊙), and what numbers stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Expr, Name, Num, names
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
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
    """Whose value a name or an entry such as `h1[2]` is, and that value."""
    base, index = split_index(id)
    array = values[base]
    if index:
        array = array.reshape(-1)[index[0] - 1] if len(index) == 1 else array[index[0] - 1, index[1] - 1]
    return base, np.asarray(array)


def has_numbers(expr: Expr) -> bool:
    """Whether the formula with its numbers in it says more than the formula and its value do."""
    return not isinstance(expr, Name) and bool(names(expr))


class _WithEntries(dict[str, Shape]):
    def __missing__(self, id: str) -> Shape:
        if "[" in id:
            return ()
        raise KeyError(id)
