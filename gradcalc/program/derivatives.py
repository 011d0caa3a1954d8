"""Derivatives that formulas ask for, as equations of their own: `grad(L, w)`, `jacobian(a, w)`, `hessian(L, w)`.

Each is derived by the chain rule of the backward pass (`derive`), from the equations before it; what comes out are
further equations, from which the next derivative can be taken. So second derivatives need no rules of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import ClassVar, Final

from gradcalc.formula.entries import entry_name, positions
from gradcalc.formula.expr import ONE, Apply, Expr, Name, call, rebuild, substitute, walk
from gradcalc.formula.faults import EquationError
from gradcalc.formula.index import Along, params_of
from gradcalc.formula.shapes import MATRIX, spell
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
TOGETHER: Final = ", "
"""Between quantities by which second derivatives are taken together."""
MAX_ROWS: Final = 100
"""A Jacobian has equations for each of its rows, and no more rows than this."""
_MARK: Final = "·"
"""Stands before every name while gradients are derived, so that none of theirs can be that of a quantity (`da`)."""
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
        self.assumed = frozenset(map(_marked, assumed))
        self.equations: list[Equation] = []
        self.of: dict[str, Derivative] = {}
        """Which of the names are derivatives, and what of."""
        self._taken: set[str] = set()
        self._made: set[str] = set()
        """What gradients and new values of the names are called."""
        self._found: dict[Derivative, Name] = {}
        self._formulas: dict[str, Expr] = {}
        self._marked: list[Equation] = []
        self._marks: dict[str, Expr] = {}
        self._marked_shapes: dict[str, Shape] = {}
        for name in taken:
            self._take_name(name)
        for name in shapes:
            self._enter(name)

    def take(self, equation: Equation) -> None:
        """Add an equation, and before it what it asks for.

        Raises DerivativeError for a derivative that can't be had, ShapeError where shapes don't fit, KeyError for a
        name that isn't known.
        """
        expr = self._plain(equation.expr, equation) if asks(equation.expr) else equation.expr
        if expr != Name(equation.name):  # else the derivative is called so already
            self._define(replace(equation, expr=expr))

    def know(self, equation: Equation, shape: Shape, parts: Derivative | None = None) -> None:
        """Add an equation of the backward pass, which may be a derivative already: `dw` that of L by w."""
        self._define(equation, shape)
        if parts is not None:
            self.of[equation.name] = parts
            self._found[parts] = Name(equation.name)

    def _define(self, equation: Equation, shape: Shape | None = None) -> None:
        self.shapes.known[equation.name] = self.shapes.of(equation.expr) if shape is None else shape
        self.equations.append(equation)
        self._formulas[equation.name] = equation.expr
        self._enter(equation.name)
        self._marked.append(replace(equation, name=_marked(equation.name), expr=substitute(equation.expr, self._marks)))

    def _enter(self, name: str) -> None:
        """Take a name, and remember what it is called while gradients are derived."""
        self._take_name(name)
        self._marks[name] = Name(_marked(name))
        self._marked_shapes[_marked(name)] = self.shapes.known[name]

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
        shape = self.shapes.known[of]
        for name in (of, by):
            if len(self.shapes.known[name]) > 2:
                lies = f"{name} is {spell(self.shapes.known[name])}: take grad of an entry, or reshape it before"
                raise DerivativeError(Name(name), f"a Jacobian is of numbers and matrices, and {lies}")
        wide = (self.shapes.known[by] or (1, 1))[0] == 1
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

    def second(self, parts: Derivative, called: str) -> None:
        """A second derivative, under the name `called`: a row for each entry of what it is taken by first.

        Raises DerivativeError, NoGradientError.
        """
        of, by, then = parts
        found = self.jacobian(self.gradient(of, by).id, then, Equation("backward", called, ONE))
        if found != Name(called):
            self._define(Equation("backward", called, found))
        self.of[called] = parts

    def block(self, of: str, by: Sequence[str], called: str) -> None:
        """The Hessian by several quantities together, in their order, under the name `called`. Raises as `second`."""
        rows = [[self.jacobian(self.gradient(of, each).id, then) for then in by] for each in by]
        side = [Apply("concat", tuple(row), ((AXIS, 1.0),)) for row in rows]
        self._define(Equation("backward", called, Apply("concat", tuple(side), ((AXIS, 0.0),))))
        self.of[called] = (of, TOGETHER.join(by), TOGETHER.join(by))

    _asked: ClassVar[Mapping[str, Callable[..., Expr]]] = {GRAD: gradient, JACOBIAN: jacobian, HESSIAN: hessian}

    def _starts(self, of: str, by: str) -> Iterator[tuple[Expr, Derivative]]:
        """For each entry of a quantity, column by column, what its row starts from, and what derivative that is."""
        shape = self.shapes.known[of]
        vector = len(shape) == MATRIX and 1 in shape
        for place in (turned[::-1] for turned in positions(shape[::-1])):
            index = (Along(max(place) + 1),) if vector else tuple(Along(each + 1) for each in place)
            unit = Apply("place", (ONE, Name(of)), params_of(index))
            yield unit, self._by(entry_name(of, shape, *place), by)

    def _row(self, gradient: Name) -> Expr:
        shape = self.shapes.known[gradient.id] or (1, 1)
        if len(shape) == MATRIX and shape[0] == 1:
            return gradient
        return call("transpose", gradient if len(shape) == MATRIX and shape[1] == 1 else call("vec", gradient))

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
        put: dict[str, Expr] = {_marked(name): Name(name) for name in self.shapes.known}
        first = {_marked(of): substitute(start, self._marks)}
        shapes, axis = self._marked_shapes, self.shapes.axis
        for each in backward(self._marked, first, (_marked(by),), shapes, axis, self.assumed):
            quantity, expr = each.quantity.removeprefix(_MARK), simplify(substitute(each.expr, put))
            shape = self.shapes.known.get(quantity, ())
            if each.kind == "gradient" and (quantity == by or prod(shape) > 1):
                expr = self.shapes.filled(expr, shape)
            here = (*before, quantity)
            same = self._found.get(here)
            if same is not None and self._formulas[same.id] == expr:
                put[each.name] = same
            else:
                put[each.name] = self._named(here, expr, owner if quantity == by else None)
        found = put[gradient_name(_marked(by))]
        assert isinstance(found, Name)
        return found

    def _named(self, parts: Derivative, expr: Expr, owner: Equation | None) -> Name:
        if len(self.equations) > MAX_EQUATIONS:
            raise DerivativeError(expr, "its derivatives take too many equations: ask for fewer, or smaller sizes")
        name = owner.name if owner is not None else self._free(derivative_name(parts))
        self._define(replace(owner, expr=expr) if owner is not None else Equation("forward", name, expr))
        self.of[name] = parts
        self._found.setdefault(parts, Name(name))
        return Name(name)

    def _free(self, name: str) -> str:
        """A name that no quantity has, nor the gradient or the new value of one."""
        while name in self._taken | self._made or {gradient_name(name), new_name(name)} & self._taken:
            name += "_"
        return name


def _marked(name: str) -> str:
    return _MARK + name
