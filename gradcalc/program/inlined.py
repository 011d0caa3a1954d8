"""Derivatives within a formula, written out: `grad(yhat, W2)` as what it comes to over the names of a solution."""

from __future__ import annotations

from math import prod

from gradcalc.formula.expr import Apply, Expr, Name, rebuild, substitute, transform
from gradcalc.formula.index import ALL, Along, params_of, region
from gradcalc.formula.parse import PART
from gradcalc.formula.shapes import shape_of, spell
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.formula.write import code
from gradcalc.program.derivatives import DERIVATIVES, GRAD, HESSIAN, DerivativeError, Derivatives
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

MOST = 1_000
"""So many different derivatives are written out."""
_NAME = "derivative·"
"""No quantity is called so."""


class Inlined:
    """Writes out derivatives by the equations of a solution's forward pass; each once, however often it is asked."""

    def __init__(self, solution: Solution) -> None:
        problem = solution.problem
        self.shapes: dict[str, Shape] = dict(solution.shapes)
        self.axis: Axis = problem.axis
        self.forward, self.assumed = problem.forward, problem.assumed
        self._found: dict[tuple[str, Expr, str], Expr] = {}

    def plain(self, expr: Expr) -> Expr:
        """The formula without derivatives.

        Raises DerivativeError for one that can't be had, ShapeError where shapes don't fit in what is differentiated.
        """
        if not isinstance(expr, Apply):
            return expr
        args = tuple(map(self.plain, expr.args))
        if expr.function not in DERIVATIVES:
            return rebuild(expr, args)
        by = args[1] if len(args) == 2 else None
        part = by if isinstance(by, Apply) and by.function == PART else None
        whole = part.args[0] if part is not None else by
        if not isinstance(whole, Name) or whole.id not in self.shapes:
            of = f"{expr.function}(loss, W) takes a formula, and a quantity or a part of one"
            raise DerivativeError(expr, of)
        found = self.by_name(expr.function, args[0], whole.id)
        if part is None:
            return found
        return Apply(PART, (found,), part.params) if expr.function == GRAD else self.columns(found, part)

    def by_name(self, function: str, of: Expr, by: str) -> Expr:
        """A derivative with respect to a whole quantity."""
        key = function, of, by
        if len(self._found) > MOST:
            raise DerivativeError(of, f"more than {MOST} derivatives are asked for")
        if key not in self._found:
            self._found[key] = self._derived(function, of, by)
        return self._found[key]

    def _derived(self, function: str, of: Expr, by: str) -> Expr:
        shape = shape_of(of, self.shapes, self.axis)
        if function == GRAD and prod(shape) != 1:
            raise DerivativeError(of, f"grad is of one number, and {code(of)} is {spell(shape)}")
        defined = {equation.name for equation in self.forward}
        given = {name: shape for name, shape in self.shapes.items() if name not in defined}
        made = Derivatives(given, self.axis, self.assumed)
        for equation in self.forward:
            made.take(equation)
        first, put = len(made.equations), dict[str, Expr]()
        made.take(Equation("forward", _NAME, Apply(function, (of, Name(by)))))
        for equation in made.equations[first:]:
            put[equation.name] = substitute(equation.expr, put)
        return put[_NAME]

    def columns(self, jacobian: Expr, part: Apply) -> Expr:
        """The columns of a Jacobian for a part of what it is taken by, which lie side by side."""
        shape, params = self.shapes[str(part.args[0].id)], lookup(PART).parameters(part.params)  # type: ignore[union-attr]
        rows, columns = region(shape, params)
        first = columns.start * shape[0] + rows.start
        count = (rows.stop - rows.start) * (columns.stop - columns.start)
        if columns.stop - columns.start > 1 and rows.stop - rows.start < shape[0]:
            raise DerivativeError(part, "a Jacobian is taken by a quantity, an entry or a column of one")
        return Apply(PART, (jacobian,), params_of((ALL, Along(first + 1, first + count))))

    def shape(self, expr: Expr) -> Shape:
        """The shape of a formula in which derivatives may stand, which aren't written out for that.

        Raises ShapeError, KeyError.
        """
        return asked_shape(expr, self.shapes, self.axis)


def asked_shape(expr: Expr, shapes: dict[str, Shape], axis: Axis) -> Shape:
    """The same by the shapes of names."""
    known = dict(shapes)

    def with_names(node: Expr) -> Expr:
        if not isinstance(node, Apply) or node.function not in DERIVATIVES or len(node.args) != 2:
            return node
        of, by = (shape_of(arg, known, axis) for arg in node.args)
        name = f"·{len(known)}"
        rows = prod(by) if node.function == HESSIAN else prod(of)
        known[name] = by if node.function == GRAD else (rows, prod(by))
        return Name(name)

    return shape_of(transform(expr, with_names), known, axis)
