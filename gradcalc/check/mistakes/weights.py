"""Mistakes with the weights on the way back: left out along the edges, or a kernel not turned round."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice

from gradcalc.check.mistakes.anew import consumers
from gradcalc.check.mistakes.model import Mutation, applications
from gradcalc.check.mistakes.parts import parts
from gradcalc.check.wording import named, spoken
from gradcalc.formula.expr import ONE, Apply, Expr, Name, names, rebuild, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.program.alike import pattern
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution
from gradcalc.words import listed

MOST_EXCHANGED = 20
"""How many pairs of edges are tried."""


def edge_weights(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A gradient handed back along edges, from number to number, without their weights."""
    if solution.shapes[equation.name]:
        return
    weights = {*solution.problem.parameters}
    bare = simplify(_without_factors(equation.expr, weights))
    if bare != equation.expr and equation.quantity not in weights:
        lost = listed(named(name) for name in equation.uses if name in weights and name not in names(bare))
        said = f"the weights of the edges are left out on the way back: each path goes by its weight, {lost}"
        yield Mutation("weights-left-out", bare, said)


def _without_factors(expr: Expr, lost: set[str]) -> Expr:
    """The formula with 1 in the place of these names, where they are factors."""
    if isinstance(expr, Name):
        return ONE if expr.id in lost else expr
    if not isinstance(expr, Apply) or expr.function not in ("add", "mul", "neg", "div"):
        return expr
    divisors = expr.args[1:] if expr.function == "div" else ()
    factors = expr.args[: len(expr.args) - len(divisors)]
    return rebuild(expr, (*(_without_factors(arg, lost) for arg in factors), *divisors))


def exchanged_edges(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Of a weighted sum over edges, from number to number, two weights exchanged."""
    terms = parts(equation.expr) if not solution.shapes[equation.name] else ()
    products = [term for term in terms if isinstance(term, Apply) and term.function == "mul"]
    for one, other in islice(combinations(products, 2), MOST_EXCHANGED):
        weights = [next((a for a in each.args if _is_weight(a, solution)), None) for each in (one, other)]
        if None not in weights and weights[0] != weights[1]:
            first, second = (weight.id for weight in weights if isinstance(weight, Name))
            wrong = substitute(equation.expr, {first: Name(second), second: Name(first)})
            said = f"{spoken(first, solution)} and {spoken(second, solution)} are exchanged"
            yield Mutation("edges-exchanged", wrong, said)


def _is_weight(factor: Expr, solution: Solution) -> bool:
    return isinstance(factor, Name) and solution.quantity(factor.id) in solution.problem.parameters


def kernels(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A kernel that slides over its inputs, not turned round on the way back."""
    weights = {*solution.problem.parameters}
    if equation.kind != "gradient" or equation.quantity in weights or solution.shapes[equation.name]:
        return
    for user in consumers(equation.quantity, solution):
        factors = {arg for node in applications(user.expr, "mul") for arg in node.args}
        # A bias slides along as well, and isn't a weight of the kernel.
        kernel = [n for n in user.uses if n in weights and Name(n) in factors and _slides(n, solution)]
        put: dict[str, Expr] = {one: Name(other) for one, other in zip(kernel, reversed(kernel), strict=True)}
        wrong = substitute(equation.expr, put)
        if len(kernel) > 1 and wrong != equation.expr:
            said = f"the kernel isn't turned round: on the way back {listed(map(named, kernel))} go in the other order"
            yield Mutation("kernel-not-flipped", wrong, said)
            return


def _slides(weight: str, solution: Solution) -> bool:
    """Whether one formula uses a weight at several places, on other inputs each time."""
    users = consumers(weight, solution)
    return len(users) > 1 and len({pattern(user.expr, user.uses) for user in users if weight in user.uses}) == 1
