"""The way to a gradient by differentials: `dL = ⟨∇a, da⟩ = ⟨∇a, x @ dW⟩ = tr(…) = ⟨x.T @ ∇a, dW⟩`.

Only the quantity that is asked for changes. From what is differentiated down, the differential of each equation is put
in, and the factors are moved over until the next change stands alone. (Magnus & Neudecker, Matrix Differential
Calculus, 1999, part three.)
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from typing import Final

from gradcalc.formula.expr import ONE, PAIRED, ZERO, Apply, Expr, Name, add, call, mul, names, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Shape
from gradcalc.program.derivation.chain import rules_to
from gradcalc.program.derivation.differential import Differential, NoDifferentialError, factors, product
from gradcalc.program.derivation.lines import Derivation, Line, count, told
from gradcalc.program.derivation.ways import MOST, Ways
from gradcalc.program.naming import differential_name, gradient_name
from gradcalc.program.problem import Equation, Problem

LONG: Final = 5
"""A gradient of more uses of names is named before the next differential is put in."""
EXAMPLE: Final = Apply(PAIRED, (Name("A"), Name("B")))
TRACE: Final = ((EXAMPLE, call("trace", call("matmul", call("transpose", Name("A")), Name("B")))),)
_NUMBERS: Final[Sequence[Shape]] = ((), (1, 1))


class ByDifferentials:
    """The ways to the gradients of a problem by differentials. Raises what `backward` raises."""

    introduction = (
        "d stands for a small change: of what is asked for, and of what follows from it. ",
        EXAMPLE,
        " is the sum of all entries of ",
        mul(*EXAMPLE.args),
        ". What stands beside the change in the last line is the gradient.",
    )

    def __init__(self, problem: Problem, shapes: Mapping[str, Shape]) -> None:
        self.ways = Ways(problem, shapes)
        self.rule = self.ways.rule
        known = self.rule.shapes.known
        changing = dict.fromkeys((*self.rule.totals, *self.rule.start))
        self.changes = {name: differential_name(name) for name in changing}
        known |= {change: known[name] for name, change in self.changes.items()}

    def to(self, name: str, depth: float = inf) -> tuple[Derivation, ...]:
        """The way to one gradient, down from what is differentiated or from the nearest sum over several paths."""
        return tuple(self._derivation(way, depth, {}) for way in self.ways.to(name, depth))

    def to_all(self, wanted: Iterable[str], depth: float = inf) -> Iterator[Derivation]:
        """The ways to several, each from the gradients that are known already."""
        known: dict[str, Expr] = {}
        for way in self.ways.to_all(wanted, depth):
            yield self._derivation(way, depth, known)
            known[way.of] = way.result

    def sides(self, name: str, expr: Expr) -> tuple[Expr, Expr]:
        """The two sides of an equation."""
        return self.ways.sides(name, expr)

    def _derivation(self, way: Derivation, depth: float, known: Mapping[str, Expr]) -> Derivation:
        lines = _Lines(self, way, known)
        found = tuple(told(lines.all(depth), same=lambda one, other: one == other))
        return replace(way, left=self._left(), lines=found, partials=(), changes=self.changes)

    def _left(self) -> Expr:
        of = self.rule.problem.objective
        if of is not None:
            return Name(self.changes[of])
        return add(*(self.paired(gradient, Name(self.changes[name])) for name, gradient in self.rule.start.items()))

    def paired(self, gradient: Expr, change: Expr) -> Expr:
        """⟨gradient, change⟩; of numbers, their product."""
        if gradient == ONE:
            return change
        if self.rule.shapes.of(change) in _NUMBERS and self.rule.shapes.of(gradient) in _NUMBERS:
            return simplify(mul(gradient, change))
        return Apply(PAIRED, (gradient, change))


@dataclass
class _Lines:
    """The lines of one derivation."""

    by: ByDifferentials
    way: Derivation
    known: Mapping[str, Expr]

    def all(self, depth: float) -> Iterator[Line]:
        """From the top down to the change that is asked for; then what is known is put in."""
        of, rule = self.way.of, self.by.rule
        if not rule.users(of):
            yield Line(mul(ZERO, self.change(of)), "nothing")
            return
        path = self._path(of, depth)
        gradient = yield from self._top(path[0])
        for user, name in pairwise(path):
            gradient = yield from self._edge(user, name, gradient)
        yield from self._put_in(gradient)

    def _path(self, of: str, depth: float) -> list[str]:
        """The quantities that lead to the one that is asked for, one by one, from the first that is known or a sum."""
        path, rule = [of], self.by.rule
        while len(path) <= depth + 1 and path[0] not in self.known and path[0] not in rule.start:
            users = rule.users(path[0])
            if len(users) != 1 or rule.start.get(users[0].name) == ONE:
                break
            path.insert(0, users[0].name)
            if path[0] in self.known:
                break
        return path

    def change(self, name: str) -> Name:
        return Name(self.by.changes[name])

    def _line(self, gradient: Expr, name: str) -> Expr:
        return self.by.paired(gradient, self.change(name))

    def _top(self, name: str) -> Generator[Line, None, Expr]:
        """The first lines; the gradient on the quantity with which they end."""
        rule, of = self.by.rule, self.way.of
        if name in rule.start:
            return rule.start[name]
        users = rule.users(name)
        direct = all(rule.start.get(eq.name) == ONE for eq in users)
        if name != of and not direct:
            yield Line(self._line(Name(gradient_name(name)), name), "chain", (name,))
            return Name(gradient_name(name))
        total = rule.totals[name]
        rules = tuple(dict.fromkeys(each for eq in users for each in rules_to(name, eq)))
        parts = [self._differential(eq, name) for eq in users]
        if direct or None in parts:
            because = tuple((Name(eq.name), eq.expr) for eq in users)
            yield Line(self._line(total, name), "function", rules, because)
            return total
        sides = [(eq, part) for eq, part in zip(users, parts, strict=True) if part is not None]
        terms = [self.by.paired(rule.upstream(eq), part) for eq, part in sides]
        yield Line(
            add(*terms), "paths", tuple(eq.name for eq in users), tuple((self.change(e.name), d) for e, d in sides)
        )
        yield Line(self._line(total, name), "alone", (self.by.changes[name],))
        return total

    def _differential(self, equation: Equation, name: str) -> Expr | None:
        """What an equation's value changes by; None where a function in it has no rule for that."""
        if not isinstance(equation.expr, Apply):
            return self.change(name)
        made = Differential(name, self.change(name), Name(equation.name), self.by.rule.shapes)
        try:
            return made.of(equation.expr)
        except NoDifferentialError:
            return None

    def _edge(self, user: str, name: str, gradient: Expr) -> Generator[Line, None, Expr]:
        """From ⟨G, da⟩ to ⟨G′, dh⟩, where a is computed from h."""
        rule = self.by.rule
        equation = rule.by_name[user]
        part, rules = rule.part(name, equation), rules_to(name, equation)
        if count(gradient) > LONG:
            name_of = Name(gradient_name(user))
            yield Line(self._line(name_of, user), "named", (name_of.id,), ((name_of, gradient),))
            self.known, gradient = {**self.known, user: gradient}, name_of
        carried = rule.shapes.tidy(rule.shapes.upright(substitute(part, {gradient_name(user): gradient})))
        moved = self._differential(equation, name)
        if moved is not None:
            yield Line(self.by.paired(gradient, moved), "function", rules, ((self.change(user), moved),))
        if moved is None:
            yield Line(self._line(carried, name), "function", rules, ((Name(user), equation.expr),))
        else:
            traced = [*self._traces(gradient, moved, name)]
            yield from traced
            yield Line(self._line(carried, name), "trace" if traced else "alone", (self.by.changes[name],), TRACE)
        total = rule.totals[name]
        if gradient_name(user) in names(total) or gradient_name(user) not in names(part):
            return carried
        shortcut = rule.lines(name)[-1]
        yield Line(self._line(total, name), "shortcut", shortcut.names)
        return total

    def _traces(self, gradient: Expr, moved: Expr, name: str) -> Iterator[Line]:
        """⟨G, A @ dh @ B⟩ as tr(Gᵀ A dh B), and its factors gone round until the change is the last."""
        change, parts = self.change(name), factors(moved)
        turned = call("transpose", change)
        place = next((i for i, each in enumerate(parts) if each in (change, turned)), None)
        shapes = [self.by.rule.shapes.of(each) for each in (*parts, gradient)]
        if place is None or len(parts) < 2 or () in shapes or all(shape in _NUMBERS for shape in shapes):
            return
        above = factors(simplify(call("transpose", gradient)))
        yield Line(call("trace", product([*above, *parts])), "trace", because=TRACE)
        yield Line(call("trace", product([*parts[place + 1 :], *above, *parts[: place + 1]])), "rotated")

    def _put_in(self, gradient: Expr) -> Iterator[Line]:
        """Gradients that are known, as far as the line stays short; and what was named for derivations alone."""
        of, rule = self.way.of, self.by.rule
        put = {each: self.known[rule.of_gradient[each]] for each in rule.gradients(gradient) if self._is_known(each)}
        filled = substitute(gradient, put)
        if put and count(filled) <= MOST:
            yield Line(self._line(filled, of), "put", tuple(put), tuple((Name(each), put[each]) for each in put))
            gradient = rule.shapes.tidy(rule.shapes.upright(filled))
            yield Line(self._line(gradient, of), "simplified")
        if of not in rule.named:
            for line in self.by.ways.restored(gradient):
                yield replace(line, expr=self._line(line.expr, of))

    def _is_known(self, gradient: str) -> bool:
        return self.by.rule.of_gradient[gradient] in self.known
