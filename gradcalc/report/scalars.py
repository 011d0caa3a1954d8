"""Tell which parts of a formula are single numbers, so that `·` may stand where else ⊙ would."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape


def scalar_over(shapes: Mapping[str, Shape], axis: Axis) -> Callable[[Expr], bool]:
    """Whether an expression over these names, or over entries such as `h1[2]`, is a single number."""
    known = _WithEntries(shapes)

    def scalar(expr: Expr) -> bool:
        try:
            return isinstance(expr, Num) or shape_of(expr, known, axis) in ((), (1, 1))
        except (KeyError, ShapeError):
            return False

    return scalar


class _WithEntries(dict[str, Shape]):
    def __missing__(self, id: str) -> Shape:
        if "[" in id:
            return ()
        raise KeyError(id)
