"""One thing for another: p for 1 − p, σ(s) for σ(−s), the gradient of the weights summed for that of the biases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from gradcalc.check.mistakes.anew import consumers
from gradcalc.check.mistakes.model import Mutation, applications, replaced
from gradcalc.check.wording import formula, named, spoken
from gradcalc.formula.expr import (
    ONE,
    Apply,
    Expr,
    Name,
    Num,
    add,
    call,
    is_negative,
    mul,
    negated,
    rebuild,
    sub,
    substitute,
    walk,
)
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import known, lookup
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


def exchanged_parts(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """p and 1 − p exchanged, as where another book's gate keeps what this one lets go."""
    for name in equation.uses:
        rest = sub(ONE, Name(name))
        if rest in walk(equation.expr):
            shown, wrong = formula(Name(name), solution), simplify(substitute(equation.expr, {name: rest}))
            said = f"{shown} stands where 1 − {shown} belongs, and 1 − {shown} where {shown} does"
            yield Mutation("parts-exchanged", wrong, said)


def minus_within(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A minus before a function's argument left out, once or in all its uses."""
    found = [node for node in walk(equation.expr) if _is_of_one_number(node) and is_negative(node.args[0])]
    for node in found:
        said = f"the minus within {formula(node, solution)} is left out"
        yield Mutation("sign-flipped", replaced(equation.expr, node, _without_minus(node)), said)
    if len(found) > 1:
        wrong = equation.expr
        for node in found:
            wrong = replaced(wrong, node, _without_minus(node))
        said = f"the minus within {formula(found[0], solution)} is left out, and so in all others"
        yield Mutation("sign-flipped", wrong, said)


def _is_of_one_number(node: Expr) -> TypeGuard[Apply]:
    """Whether a node is a function such as σ or exp, applied to each entry; no sign or other operator."""
    entry = lookup(node.function) if isinstance(node, Apply) and known(node.function) else None
    return entry is not None and entry.elementwise and len(entry.args) == 1 and entry.infix is None


def _without_minus(node: Apply) -> Expr:
    return rebuild(node, (negated(node.args[0]),))


def inner_terms(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A term left out of a difference that stands within a gradient, as the y of ŷ − y."""
    gates = {id(inner) for node in applications(equation.expr, "step") for inner in walk(node)}
    for node in applications(equation.expr, "add"):
        if node is equation.expr or id(node) in gates or any(isinstance(term, Num) for term in node.args):
            continue
        for place, term in enumerate(node.args):
            wrong = replaced(equation.expr, node, add(*node.args[:place], *node.args[place + 1 :]))
            left = formula(negated(term) if is_negative(term) else term, solution)
            said = f"the term {left} of {formula(node, solution)} is left out"
            yield Mutation("term-left-out", wrong, said, generic=True)


def sum_as_product(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A term of a sum of two quantities, differentiated as if they were multiplied."""
    own = Name(equation.quantity)
    for user in consumers(equation.quantity, solution) if equation.kind == "gradient" else ():
        match user.expr:
            case Apply("add", (Name() as one, Name() as other)) if own in (one, other) and one != other:
                above, by = Name(gradient_name(user.name)), other if own == one else one
                said = f"{formula(user.expr, solution)} is a sum: its derivative by {named(own.id)} is 1"
                for factor in (by, own):
                    yield Mutation("sum-rule", substitute(equation.expr, {above.id: mul(above, factor)}), said)


def bias_of_weights(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The gradient of a layer's biases as the gradient of its weights, summed over the inputs."""
    layer = next((each for each in solution.problem.layers if each.bias == equation.quantity), None)
    weights = None if layer is None else gradient_name(layer.weights)
    if weights is None or weights not in solution.by_name or equation.kind != "gradient":
        return
    shape, wanted = solution.shapes[weights], solution.shapes[equation.name]
    if shape and wanted:
        along = 0 if shape[1] == max(wanted) else 1
        total = Apply("sum", (Name(weights),), (("axis", float(along)),))
        wrong = total if (1 - along) == wanted.index(max(wanted)) else call("transpose", total)
        sums = f"{spoken(weights, solution)}, summed over the inputs"
        said = f"this is {sums}; a bias gets the sum of the deltas, without them"
        yield Mutation("other-quantity-used", wrong, said)
