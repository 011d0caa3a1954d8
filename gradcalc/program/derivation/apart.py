"""Take forward equations apart, so that each needs one rule of differentiation: `tanh(x @ W + b)` as `tanh(u1)`.

What is linear and says nothing (a sum, a minus, a number before it) stays where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from gradcalc.formula.expr import Apply, Expr, Name, Num, names, rebuild
from gradcalc.formula.receiving import receiving
from gradcalc.formula.smooth import smooth
from gradcalc.formula.table import lookup
from gradcalc.program.dependence import differentiable_in
from gradcalc.program.problem import Equation

LETTERS: Final = "uqrs"
"""Names for parts are one of these letters with a number: the first that is no name itself."""
_LIGHT: Final = frozenset(("add", "neg", "identity", "transpose", "sum", "mean", "part"))


@dataclass(frozen=True, slots=True)
class Apart:
    """Equations with one rule each, and what the names stand for that were made for that, over the names before."""

    equations: tuple[Equation, ...]
    named: dict[str, Expr]


def taken_apart(forward: Sequence[Equation], wanted: Collection[str], ends: Collection[str]) -> Apart:
    """The forward equations taken apart where a gradient passes through, from `ends` to what is `wanted`."""
    work = _Work(differentiable_in(forward, wanted), {*wanted, *(eq.name for eq in forward)})
    often = {name for name in work.taken if sum(name in eq.passes_to for eq in forward) > 1}
    made: list[Equation] = []
    for equation in forward:
        if equation.name not in work.active:
            made.append(equation)
            continue
        expr = work.one_rule(smooth(equation.expr))
        if equation.name in ends and not often.isdisjoint(equation.passes_to):
            expr = work.terms_named(expr)
        made += work.new()
        made.append(equation if expr == equation.expr else replace(equation, expr=expr))
    return Apart(tuple(made), work.named)


class _Work:
    def __init__(self, active: set[str], known: set[str]) -> None:
        self.active, self.taken = active, known
        self.letter = next((letter for letter in LETTERS if letter not in known), LETTERS[0])
        self.named: dict[str, Expr] = {}
        self.by_formula: dict[Expr, str] = {}
        self.told = 0
        self.numbers = (f"{self.letter}{number}" for number in count(1))

    def new(self) -> Iterator[Equation]:
        """The equations of the names that were made since the last call."""
        fresh = [*self.named.items()][self.told :]
        self.told = len(self.named)
        return (Equation("forward", name, expr) for name, expr in fresh)

    def one_rule(self, expr: Expr) -> Expr:
        """The formula with names in the place of what needs a rule under another rule."""
        if not self.is_active(expr) or not isinstance(expr, Apply):
            return expr
        if is_light(expr):
            return rebuild(expr, tuple(map(self.one_rule, expr.args)))
        return rebuild(expr, tuple(map(self.bare, expr.args)))

    def bare(self, expr: Expr) -> Expr:
        """An argument of a function that has a rule: as it is where nothing in it has one, else a name for it."""
        return self.name(self.one_rule(expr)) if self.has_rule(expr) else expr

    def has_rule(self, expr: Expr) -> bool:
        """Whether a rule stands on the way to something active."""
        if not self.is_active(expr) or not isinstance(expr, Apply):
            return False
        return not is_light(expr) or any(map(self.has_rule, expr.args))

    def terms_named(self, expr: Expr) -> Expr:
        """A sum with a name for each of its terms: what comes by one of them can be told from the rest."""
        if not (isinstance(expr, Apply) and expr.function == "add"):
            return expr
        return rebuild(expr, tuple(self.name(term) if self.has_rule(term) else term for term in expr.args))

    def name(self, expr: Expr) -> Name:
        """The name of a part; of two that are alike, one name."""
        if expr not in self.by_formula:
            made = next(name for name in self.numbers if name not in self.taken)
            self.active.add(made)
            self.named[made] = expr
            self.by_formula[expr] = made
        return Name(self.by_formula[expr])

    def is_active(self, expr: Expr) -> bool:
        """Whether a gradient can pass through to a name that has one."""
        return not self.active.isdisjoint(receiving(expr))


def is_light(node: Apply) -> bool:
    """Whether it is linear and its rule needn't be told: a sum, or a number as a factor."""
    if node.function in _LIGHT:
        return True
    if node.function not in ("mul", "div"):
        return False
    left, right = node.args
    return _is_number(right) or (node.function == "mul" and _is_number(left))


def _is_number(expr: Expr) -> bool:
    return isinstance(expr, Num) or (isinstance(expr, Apply) and not names(expr) and lookup(expr.function).elementwise)
