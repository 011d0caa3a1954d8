"""Mistakes of structure, made from the equation itself: a factor lost, a transpose added, a sign turned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from gradcalc.check.mistakes.model import Mutation, applications, parameters, replaced
from gradcalc.check.wording import formula, named, spoken
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, is_negative, mul, neg, negated, rebuild, walk
from gradcalc.formula.simplify import simplify
from gradcalc.program.dependence import depending_on
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

AS_IT_IS = "is transposed here, but the rule has it as it is"


def terms(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A bias, a penalty or another term left out of a sum, or a bias added twice."""
    known, penalties = parameters(solution), _penalties(equation, solution)
    for node in applications(equation.expr, "add"):
        for position, term in enumerate(node.args):
            wrong = replaced(equation.expr, node, add(*_without(node, position)))
            if isinstance(term, Name) and term.id in known:
                bias, again = named(solution.quantity(term.id)), replaced(equation.expr, node, add(node, term))
                yield Mutation("bias-left-out", wrong, f"the bias {bias} is left out")
                yield Mutation("bias-added-twice", again, f"the bias {bias} is added twice")
            elif isinstance(term, Name) and solution.quantity(term.id) in penalties:
                yield Mutation("penalty-left-out", wrong, "the penalty is left out")
            else:
                said = f"the term {formula(term, solution)} of the sum is left out"
                yield Mutation("term-left-out", wrong, said, generic=True)


def _penalties(equation: Equation, solution: Solution) -> set[str]:
    """What of the objective, which depends on data, is computed from parameters alone."""
    problem = solution.problem
    if equation.quantity != problem.objective:
        return set()
    on_data = depending_on(problem.forward, {*problem.inputs, *problem.targets})
    if equation.quantity not in on_data:
        return set()
    return depending_on(problem.forward, problem.parameters) - {*problem.parameters} - on_data


def _without(node: Apply, position: int) -> tuple[Expr, ...]:
    return (*node.args[:position], *node.args[position + 1 :])


def factors(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A factor left out of a product, or the sum over samples or entries left out."""
    for node in applications(equation.expr, "mul", "matmul"):
        for factor, lost in zip(node.args, reversed(node.args), strict=True):
            said = f"the factor {formula(lost, solution)} of the product that the chain rule gives is left out"
            yield Mutation("factor-left-out", replaced(equation.expr, node, factor), said, generic=True)
    for node in applications(equation.expr, "sum"):
        said = "what several share receives the sum of what each of them receives: that sum is left out"
        yield Mutation("sum-left-out", replaced(equation.expr, node, node.args[0]), said)


def transposes(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A transpose lost or added in a matrix product, or on the whole."""
    known = parameters(solution)
    for node in applications(equation.expr, "matmul"):
        for position, arg in enumerate(node.args):
            bare = arg.args[0] if _is_transpose(arg) else arg
            turned = bare if bare is not arg else call("transpose", arg)
            args = (*node.args[:position], turned, *node.args[position + 1 :])
            weights = isinstance(bare, Name) and bare.id in known
            said = spoken(bare.id, solution) if isinstance(bare, Name) else "a factor"
            how = "is not transposed here, but the rule has its transpose" if bare is not arg else AS_IT_IS
            id = "weights-transposed" if weights else "factor-transposed"
            yield Mutation(id, replaced(equation.expr, node, rebuild(node, args)), f"{said} {how}")
        bare_args = tuple(arg.args[0] if _is_transpose(arg) else arg for arg in node.args)
        for args in (node.args, bare_args):
            message = "the matrix product belongs here, not the product entry by entry"
            yield Mutation("not-matrix-product", replaced(equation.expr, node, Apply("mul", args)), message)
    shape = solution.shapes[equation.name]
    if equation.section == "backward" and shape and shape[0] == shape[1] > 1:
        message = "rows and columns are exchanged: a gradient is laid out as what it belongs to"
        yield Mutation("answer-transposed", simplify(call("transpose", equation.expr)), message)


def _is_transpose(expr: Expr) -> TypeGuard[Apply]:
    return isinstance(expr, Apply) and expr.function == "transpose"


def signs(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The sign of the whole turned, or that of one term."""
    part = "the sign is turned"
    whole = "the whole has the wrong sign"
    yield Mutation("sign-flipped", simplify(neg(equation.expr)), whole, generic=True, in_part=part)
    gates = {id(inner) for node in applications(equation.expr, "step") for inner in walk(node)}
    for node in applications(equation.expr, "add"):
        if id(node) in gates:
            continue  # the gate of a ReLU or a maximum, which nobody writes out
        for position, term in enumerate(node.args):
            other = negated(term) if is_negative(term) else neg(term)
            turned = (*node.args[:position], other, *node.args[position + 1 :])
            said = "plus stands where minus belongs" if is_negative(term) else "minus stands where plus belongs"
            yield Mutation("sign-flipped", replaced(equation.expr, node, rebuild(node, turned)), said)


def twos(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Twice the value, or half of it."""
    twice = "this is twice what it should be: a ½ is left out, or a 2 too many is there"
    halved = "this is half of what it should be: a 2 is left out, or a ½ too many is there"
    part = "this is {} what it should be"
    yield Mutation("factor-of-two", mul(Num(2.0), equation.expr), twice, generic=True, in_part=part.format("twice"))
    yield Mutation("factor-of-two", mul(Num(0.5), equation.expr), halved, generic=True, in_part=part.format("half of"))


def squares(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """An exponent left out."""
    for node in walk(equation.expr):
        if isinstance(node, Apply) and node.function == "pow":
            said = f"the exponent {formula(node.args[1], solution)} is left out"
            yield Mutation("exponent-left-out", replaced(equation.expr, node, node.args[0]), said)
