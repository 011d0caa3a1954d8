"""Parts of a formula that is being read, with their shapes: the kind of a product may follow from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import Apply, Expr, Name, Num, rebuild
from gradcalc.formula.shapes import applied_shape
from gradcalc.formula.syntax import MAX_DEPTH
from gradcalc.formula.table import Axis, Shape


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula, and its shape: None where shapes don't fit within it."""

    expr: Expr
    shape: Shape | None
    depth: int = 0


class Builder:
    """Builds formulas over the names and shapes of a problem."""

    def __init__(
        self,
        resolve: Callable[[str], str | None],
        shapes: Mapping[str, Shape],
        axis: Axis,
        functions: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.resolve, self.shapes, self.axis = resolve, shapes, axis
        self.functions = functions
        """The problem's unknown functions, with the table's function for each."""

    def product(self, left: Part, right: Part, matrices_first: bool) -> Part:
        """Factors side by side: what fits by shape."""
        numbers = () in (left.shape, right.shape)
        functions = ("mul",) if numbers else ("matmul", "mul") if matrices_first else ("mul", "matmul")
        parts = [self.applied(function, left, right) for function in functions]
        return next((part for part in parts if part.shape is not None), parts[0])

    def applied(self, function: str, *args: Part) -> Part:
        """A function of the table, applied."""
        return _refuse_deep(self.joined(Apply(function, tuple(arg.expr for arg in args)), args))

    def joined(self, node: Apply, args: Sequence[Part]) -> Part:
        """An application of these parts."""
        return Part(node, self._shape(node, [arg.shape for arg in args]), _above(args))

    def whole(self, expr: Expr, *parts: Part) -> Part:
        """An expression made of parts, with its shape."""
        return _refuse_deep(Part(expr, self._of(expr), _above(parts)))

    def _of(self, expr: Expr) -> Shape | None:
        if isinstance(expr, Num):
            return ()
        if isinstance(expr, Name):
            return self.shapes.get(expr.id)
        return self._shape(expr, [self._of(arg) for arg in expr.args])

    def _shape(self, node: Apply, args: Sequence[Shape | None]) -> Shape | None:
        known = [shape for shape in args if shape is not None]
        if len(known) < len(args):
            return None
        try:
            return applied_shape(node, known, self.axis)
        except (GradcalcError, ArithmeticError, ValueError, IndexError, TypeError):
            return None


def _above(parts: Sequence[Part]) -> int:
    return 1 + max((part.depth for part in parts), default=0)


def _refuse_deep(part: Part) -> Part:
    if part.depth > MAX_DEPTH:
        raise NotReadable(f"nested more than {MAX_DEPTH} levels deep")
    return part


def with_outer_products(expr: Expr, builder: Builder) -> Expr:
    """A column times a row, entry by entry, is a table to NumPy: their matrix product."""
    return _with_outer_products(expr, builder).expr


def _with_outer_products(expr: Expr, builder: Builder) -> Part:
    if not isinstance(expr, Apply):
        return builder.whole(expr)
    args = [_with_outer_products(arg, builder) for arg in expr.args]
    if expr.function == "mul":
        column, row = sorted(args, key=lambda arg: arg.shape is not None and arg.shape[:1] == (1,))
        if _is_table(column.shape, row.shape):
            return builder.applied("matmul", column, row)
    return builder.joined(rebuild(expr, tuple(arg.expr for arg in args)), args)


def _is_table(column: Shape | None, row: Shape | None) -> bool:
    return bool(column and row and column[1] == row[0] == 1 and column[0] > 1 and row[1] > 1)
