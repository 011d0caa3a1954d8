"""Mistakes in changes and deltas: those of the step and of the gradient, seen from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.wording import named
from gradcalc.formula.expr import Expr, Name, neg, sub
from gradcalc.formula.simplify import simplify
from gradcalc.program.further import CHANGES, DELTAS, is_minus
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

Make = Callable[[Equation, Solution], tuple[Mutation, ...]]
"""Makes the wrong forms of an equation of a solution."""


def of_delta(equation: Equation, solution: Solution, make: Make) -> Iterator[Mutation]:
    """The wrong forms of the gradient, with the sign that deltas have."""
    without = solution.without
    gradient = without.by_name.get(gradient_name(equation.quantity)) if without else None
    if without is None or gradient is None:
        return
    if not is_minus(DELTAS, solution.problem.signs):
        yield from make(gradient, without)
        return
    turned = "the sign is turned: by the signs of this problem a delta is minus the gradient"
    yield Mutation("sign-flipped", gradient.expr, turned)
    for mutation in make(gradient, without):
        yield replace(mutation, expr=simplify(neg(mutation.expr)))


def of_change(equation: Equation, solution: Solution, make: Make) -> Iterator[Mutation]:
    """The wrong forms of the step, less the value before it; and the new value itself."""
    without = solution.without
    update = without.by_name.get(new_name(equation.quantity)) if without else None
    if without is None or update is None:
        return
    old, new = Name(equation.quantity), Name(update.name)
    minus = is_minus(CHANGES, solution.problem.signs)

    def change(value: Expr) -> Expr:
        return simplify(sub(old, value) if minus else sub(value, old))

    order = "old minus new" if minus else "new minus old"
    turned = f"the sign is turned: a change is {order} here"
    yield Mutation("sign-flipped", simplify(sub(new, old) if minus else sub(old, new)), turned)
    said = f"this is the new {named(equation.quantity)} itself; its change is {order}"
    yield Mutation("value-not-increment", new, said)
    for mutation in make(update, without):
        if mutation.id not in ("increment-not-value", "ascent-not-descent"):
            yield replace(mutation, expr=change(mutation.expr))
