"""Derivatives that formulas ask for, as equations of their own: `grad(L, w)`, `jacobian(a, w)`, `hessian(L, w)`.

Each is derived by the chain rule of the backward pass (`derive`), from the equations before it; what comes out are
further equations, from which the next derivative can be taken. So second derivatives need no rules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from math import prod
from typing import ClassVar, Final

from gradcalc.formula.entries import entry_name
from gradcalc.formula.expr import ONE, Apply, Expr, Name, call, rebuild, substitute, walk
from gradcalc.formula.faults import EquationError
from gradcalc.formula.index import Along, params_of
from gradcalc.formula.shapes import spell
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import AXIS, Axis, Shape
from gradcalc.formula.write import code
from gradcalc.program.broadcasting import Shapes
from gradcalc.program.derive import backward
from gradcalc.program.naming import derivative_name, gradient_name, inner_name, new_name
from gradcalc.program.problem import Equation

GRAD, JACOBIAN, HESSIAN = "grad", "jacobian", "hessian"
DERIVATIVES: Final = (GRAD, JACOBIAN, HESSIAN)
"""What can be asked of a formula and a name."""
MAX_ROWS: Final = 100
"""A Jacobian has equations for each of its rows, and no more rows than this."""
MAX_EQUATIONS: Final = 3_000
Derivative = tuple[str, ...]
"""What is differentiated, then by what: `("L", "w")`, and of an entry of that by b `("L", "w[1]", "b")`."""


class DerivativeError(EquationError):
    """A derivative that can't be had; the node is the call that asks for it."""


def asks(expr: Expr) -> bool:
    """Whether a formula asks for a derivative."""
    return any(isinstance(node, Apply) and node.function in DERIVATIVES for node in walk(expr))


class Derivatives:
    """Takes equations in order, and puts before each those of the derivatives that its formula asks for."""

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        axis: Axis = Axis.COLUMNS,
        assumed: frozenset[str] = frozenset(),
        taken: Collection[str] = (),
    ) -> None:
        """`shapes` are those of what is given, `assumed` names whose samples sum to 1, `taken` names not to be used."""
        self.shapes = Shapes(shapes, axis)
        self.assumed = assumed
        self.equations: list[Equation] = []
        self.of: dict[str, Derivative] = {}
        """Which of the names are derivatives, and what of."""
        self.named: dict[str, Derivative] = {}
        """Those among them that have their names from here, and not from the file."""
        self._taken: set[str] = set()
        self._made: set[str] = set()
        """What gradients and new values of the names are called."""
        self._found: dict[Derivative, Name] = {}
        self._formulas: dict[str, Expr] = {}
        for name in (*taken, *shapes):
            self._take_name(name)

    def take(self, equation: Equation) -> None:
        """Add an equation, and before it what it asks for.

        Raises DerivativeError for a derivative that can't be had, ShapeError where shapes don't fit, KeyError for a
        name that isn't known.
        """
        expr = self._plain(equation.expr, equation) if asks(equation.expr) else equation.expr
        if expr != Name(equation.name):  # else the derivative is called so already
            self._define(replace(equation, expr=expr))

    def _define(self, equation: Equation) -> None:
        self.shapes.known[equation.name] = self.shapes.of(equation.expr)
        self.equations.append(equation)
        self._formulas[equation.name] = equation.expr
        self._take_name(equation.name)

    def _take_name(self, name: str) -> None:
        self._taken.add(name)
        self._made |= {gradient_name(name), new_name(name)}

    def _plain(self, expr: Expr, owner: Equation, whole: bool = True) -> Expr:
        """The formula with names in the place of derivatives; one that is all of it is called as the owner is."""
        if not isinstance(expr, Apply):
            return expr
        if expr.function not in DERIVATIVES:
            return rebuild(expr, tuple(self._plain(arg, owner, whole=False) for arg in expr.args))
        if len(expr.args) != 2 or not isinstance(expr.args[1], Name):
            raise DerivativeError(
                expr, f"{expr.function} takes a formula and the name of a quantity: {expr.function}(L, w)"
            )
        f, by = self._plain(expr.args[0], owner, whole=False), expr.args[1].id
        of = f.id if isinstance(f, Name) else self._inner(f, owner)
        try:
            return self._asked[expr.function](self, of, by, owner if whole else None)
        except DerivativeError as error:
            raise DerivativeError(expr, error.message) from None
        except EquationError as error:
            raise DerivativeError(expr, f"there is no {expr.function}({code(expr.args[0])}, {by}): {error}") from None

    def _inner(self, f: Expr, owner: Equation) -> str:
        """A name for what is differentiated."""
        name = self._free(inner_name(owner.name))
        self._define(Equation("forward", name, f))
        return name

    def gradient(self, of: str, by: str, owner: Equation | None = None) -> Name:
        """The gradient of a number, in the shape of what it is taken by; `owner` is the equation that it is all of.

        Raises DerivativeError, NoGradientError.
        """
        shape = self.shapes.known[of]
        if prod(shape) != 1:
            message = f"grad is of one number, and {of} is {spell(shape)}: use jacobian, or sum over it"
            raise DerivativeError(Name(of), message)
        return self._pulled_back(of, ONE, self._by(of, by), owner)

    def jacobian(self, of: str, by: str, owner: Equation | None = None) -> Expr:
        """A row for each entry of `of`, a column for each of `by`; matrices are taken column by column.

        Raises DerivativeError, NoGradientError.
        """
        shape, wide = self.shapes.known[of], (self.shapes.known[by] or (1, 1))[0] == 1
        if prod(shape) == 1:
            return self._row(self.gradient(of, by, owner if wide else None))
        if prod(shape) > MAX_ROWS:
            raise DerivativeError(Name(of), f"a Jacobian has at most {MAX_ROWS} rows here, and {of} is {spell(shape)}")
        parts = self._by(of, by)
        if parts not in self._found:
            rows = [self._row(self._pulled_back(of, *start)) for start in self._starts(of, by)]
            self._named(parts, Apply("concat", tuple(rows), ((AXIS, 0.0),)), owner)
        return self._found[parts]

    def hessian(self, of: str, by: str, owner: Equation | None = None) -> Expr:
        """The Jacobian of the gradient. Raises DerivativeError, NoGradientError."""
        return self.jacobian(self.gradient(of, by).id, by, owner)

    _asked: ClassVar[Mapping[str, Callable[..., Expr]]] = {GRAD: gradient, JACOBIAN: jacobian, HESSIAN: hessian}

    def _starts(self, of: str, by: str) -> Iterator[tuple[Expr, Derivative]]:
        """For each entry of a quantity, column by column, what its row starts from, and what derivative that is."""
        shape = self.shapes.known[of]
        rows, columns = shape
        for i, j in ((i, j) for j in range(columns) for i in range(rows)):
            index = (Along(max(i, j) + 1),) if 1 in shape else (Along(i + 1), Along(j + 1))
            unit = Apply("place", (ONE, Name(of)), params_of(index))
            yield unit, self._by(entry_name(of, shape, i, j), by)

    def _row(self, gradient: Name) -> Expr:
        rows, columns = self.shapes.known[gradient.id] or (1, 1)
        if rows == 1:
            return gradient
        return call("transpose", gradient if columns == 1 else call("vec", gradient))

    def _by(self, of: str, by: str) -> Derivative:
        """What a derivative of this is: of a gradient, or of an entry of one, a derivative of the next order."""
        whole = of if of in self.of else of.rpartition("[")[0]
        *first, last = self.of.get(whole, (of,))
        return (*first, last + of[len(whole) :] if whole in self.of else last, by)

    def _pulled_back(self, of: str, start: Expr, parts: Derivative, owner: Equation | None = None) -> Name:
        """The name of what reaches a quantity from a gradient on `of`; the equations on the way are added."""
        *before, by = parts
        if parts in self._found:
            return self._found[parts]
        if of == by:
            return self._named(parts, start, owner)
        known = self.shapes.known
        put: dict[str, Expr] = {}
        for each in backward(self.equations, {of: start}, (by,), known, self.shapes.axis, self.assumed):
            here, expr = (*before, each.quantity), simplify(substitute(each.expr, put))
            if each.kind == "gradient" and (each.quantity == by or prod(known[each.quantity]) > 1):
                expr = self.shapes.filled(expr, known[each.quantity])
            same = self._found.get(here)
            if same is not None and self._formulas[same.id] == expr:
                put[each.name] = same
            else:
                put[each.name] = self._named(here, expr, owner if each.quantity == by else None)
        found = put[gradient_name(by)]
        assert isinstance(found, Name)
        return found

    def _named(self, parts: Derivative, expr: Expr, owner: Equation | None) -> Name:
        if len(self.equations) > MAX_EQUATIONS:
            raise DerivativeError(expr, "its derivatives take too many equations: ask for fewer, or smaller sizes")
        name = owner.name if owner is not None else self._free(derivative_name(parts))
        self._define(replace(owner, expr=expr) if owner is not None else Equation("forward", name, expr))
        self.of[name] = parts
        if owner is None:
            self.named[name] = parts
        self._found.setdefault(parts, Name(name))
        return Name(name)

    def _free(self, name: str) -> str:
        """A name that no quantity has, nor the gradient or the new value of one."""
        while name in self._taken | self._made or {gradient_name(name), new_name(name)} & self._taken:
            name += "_"
        return name
