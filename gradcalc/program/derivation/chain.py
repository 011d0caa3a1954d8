"""The gradient on one quantity over the gradients on what uses it: the chain rule, then the rules of the table.

Nothing is differentiated here: these are the equations of `derive.py`, over the forward equations taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from gradcalc.formula.expr import ONE, Apply, Expr, Name, add, mul, names, substitute, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.primes import derivative
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Shape, pair
from gradcalc.program.broadcasting import Shapes
from gradcalc.program.build import start_of
from gradcalc.program.dependence import differentiable_in, passing_to
from gradcalc.program.derivation.apart import is_light, taken_apart
from gradcalc.program.derivation.lines import Line, Sides, alike, primed
from gradcalc.program.derive import backward
from gradcalc.program.naming import gradient_name, partial_name
from gradcalc.program.problem import Equation, Problem


class ChainRule:
    """The forward equations of a problem taken apart, and the gradient on each of their quantities.

    `named` has what was named to take them apart, `totals` the gradients by their quantities, as short as they are
    when they are calculated, and `of_gradient` whose gradient a name is. Raises what `backward` raises.
    """

    def __init__(self, problem: Problem, shapes: Mapping[str, Shape]) -> None:
        self.problem, self.start = problem, start_of(problem)
        ends = tuple(problem.leaves)
        apart = taken_apart(problem.forward, ends, self.start)
        self.named, self.forward = apart.named, apart.equations
        self.shapes = Shapes(shapes, problem.axis)
        for name, expr in self.named.items():
            self.shapes.known[name] = self.shapes.of(expr)
        active = differentiable_in(self.forward, ends)
        self.path = [eq for eq in passing_to(self.forward, self.start) if eq.name in active]
        self.by_name = {eq.name: eq for eq in self.forward}
        self._users: dict[str, list[Equation]] = {}
        for equation in reversed(self.path):
            for name in equation.passes_to:
                self._users.setdefault(name, []).append(equation)
        self.totals = self._derived(self.forward, self.start, ends, self.shapes.known)
        self.of_gradient = {gradient_name(name): name for name in self.totals}
        self.shapes.known |= {gradient: self.shapes.known[name] for gradient, name in self.of_gradient.items()}
        self.lines = cache(self._lines)

    def _derived(
        self,
        forward: Sequence[Equation],
        start: Mapping[str, Expr],
        ends: Iterable[str],
        shapes: Mapping[str, Shape],
    ) -> dict[str, Expr]:
        """The gradients by their quantities, without names for parts of them."""
        found: dict[str, Expr] = {}
        parts: dict[str, Expr] = {}
        for equation in backward(forward, start, ends, shapes, self.shapes.axis, self.problem.assumed):
            into = found if equation.kind == "gradient" else parts
            into[equation.quantity] = substitute(equation.expr, parts)
        return found

    def left(self, name: str) -> Name:
        """What all lines of a quantity are equal to: ∂L/∂W, or its gradient where nothing is differentiated."""
        of = self.problem.objective
        return Name(gradient_name(name) if of is None else partial_name(of, name))

    def gradients(self, expr: Expr) -> list[str]:
        """The gradients in a formula that aren't given."""
        return [each for each in names(expr) if each in self.of_gradient]

    def users(self, name: str) -> list[Equation]:
        """The equations by which a quantity leads on, the last first, as gradients come back."""
        return self._users.get(name, [])

    def _lines(self, name: str) -> tuple[Line, ...]:
        users = self.users(name)
        if not users:
            return (Line(self.totals[name], "nothing"),)
        return (*self._chain(name, users), *self._by_rules(name, users))

    def _chain(self, name: str, users: Sequence[Equation]) -> Iterator[Line]:
        """`∂L/∂h = ∂L/∂a · ∂a/∂h + …`; nothing where what is differentiated uses the quantity itself."""
        if all(self.start.get(eq.name) == ONE for eq in users):
            return
        yield Line(add(*(self._term(name, eq) for eq in users)), "chain", tuple(eq.name for eq in users))

    def _term(self, name: str, user: Equation) -> Expr:
        if self.start.get(user.name) == ONE:
            return self.part(name, user)
        return mul(self.left(user.name), Name(partial_name(user.name, name)))

    def _by_rules(self, name: str, users: Sequence[Equation]) -> Iterator[Line]:
        rules = tuple(dict.fromkeys(rule for eq in users for rule in rules_to(name, eq)))
        because: Sides = tuple((Name(eq.name), eq.expr) for eq in users)
        signs = [self._primed(name, eq) for eq in users]
        if any(signs):
            terms = [sign or self.part(name, eq) for sign, eq in zip(signs, users, strict=True)]
            yield Line(simplify(add(*terms)), "function", rules, because)
            because = tuple(_written_out(eq) for sign, eq in zip(signs, users, strict=True) if sign)
        total, raw = self.totals[name], add(*(self.part(name, eq) for eq in users))
        if not self._fits(raw, name) or alike(raw, total):
            raw = total
        yield Line(raw, "derivative" if any(signs) else "function", rules, because)
        if raw != total:
            yield from self._to_total(raw, total, users)

    def _to_total(self, raw: Expr, total: Expr, users: Sequence[Equation]) -> Iterator[Line]:
        """What is left to do: a pair's shortcut, where a gradient is no longer needed; or to simplify."""
        upstream = [gradient for gradient in self.gradients(raw) if gradient not in names(total)]
        if not upstream:
            yield Line(total, "simplified")
            return
        put = {gradient: self.totals[self.of_gradient[gradient]] for gradient in upstream}
        yield Line(substitute(raw, put), "put", tuple(upstream), tuple((Name(each), put[each]) for each in put))
        (inner,) = users
        (outer,) = self.users(inner.name)
        functions = [(one.function, two.function) for one in _nodes(outer.expr) for two in _nodes(inner.expr)]
        because = tuple((Name(eq.name), eq.expr) for eq in (outer, inner))
        yield Line(total, "shortcut", next((both for both in functions if pair(*both)), ()), because)

    def part(self, name: str, user: Equation) -> Expr:
        """What comes by one equation that uses it."""
        near = (*user.uses, user.name, gradient_name(user.name))
        shapes = {each: self.shapes.known[each] for each in near if each in self.shapes.known}
        derived = self._derived([user], {user.name: self.upstream(user)}, (name,), shapes)
        return self.shapes.upright(derived[name])

    def upstream(self, user: Equation) -> Expr:
        """The gradient on an equation's value: its name, or what the gradients start from."""
        return self.start.get(user.name, Name(gradient_name(user.name)))

    def _primed(self, name: str, user: Equation) -> Expr | None:
        """The same with a derivative by its sign, σ′(a); None where the equation isn't a function of an entry alone."""
        node, upstream = user.expr, self.upstream(user)
        if not isinstance(node, Apply) or node.args != (Name(name),) or is_light(node):
            return None
        if derivative(node) is None:
            return None
        return primed(node) if upstream == ONE else mul(upstream, primed(node))

    def _fits(self, expr: Expr, name: str) -> bool:
        try:
            return self.shapes.of(expr) == self.shapes.known[name]
        except ShapeError:
            return False


def rules_to(name: str, user: Equation) -> tuple[str, ...]:
    """The functions whose rules lead from an equation to a name that it uses; a sum's, if there is no other."""
    found = [node.function for node in _nodes(user.expr) if name in names(node) and not is_light(node)]
    return tuple(dict.fromkeys(found)) or ("add",)


def _written_out(user: Equation) -> tuple[Expr, Expr]:
    """`σ′(a)` and `h ⊙ (1 - h)`, of the equation h = σ(a)."""
    assert isinstance(user.expr, Apply)
    return primed(user.expr), derivative(user.expr, Name(user.name)) or user.expr


def _nodes(expr: Expr) -> Iterator[Apply]:
    return (node for node in walk(expr) if isinstance(node, Apply))
