"""Mistakes in a formula's operations: a divisor lost, a square for a root, a sum over too much, a function twice."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from gradcalc.check.mistakes.model import Mutation, applications, replaced
from gradcalc.check.wording import formula, named
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, substitute, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

TWICE = {"softmax": "softmax-twice", "sigmoid": "sigmoid-twice"}
CLIPPED_AT = (1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)
"""By what frameworks and courses keep a logarithm from infinity."""


def divisions(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A divisor left out, or multiplied by."""
    for node in applications(equation.expr, "div"):
        above, below = node.args
        lost = f"the division by {formula(below, solution)} is left out"
        yield Mutation("divisor-left-out", replaced(equation.expr, node, above), lost)
        said = f"this multiplies by {formula(below, solution)}, where it is divided by it"
        yield Mutation("multiplied-not-divided", replaced(equation.expr, node, call("mul", above, below)), said)


def roots(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A square in the place of a root, or no root at all."""
    for node in applications(equation.expr, "sqrt"):
        (inner,) = node.args
        shown, square = formula(inner, solution), call("pow", inner, Num(2.0))
        yield Mutation("root-left-out", replaced(equation.expr, node, inner), f"the root of {shown} is left out")
        said = f"the square of {shown} stands where its root belongs"
        yield Mutation("square-for-root", replaced(equation.expr, node, square), said)
    for node in applications(equation.expr, "norm"):
        square = call("sum", call("pow", node.args[0], Num(2.0)))
        said = f"the square of the norm of {formula(node.args[0], solution)} stands here: the root is left out"
        yield Mutation("square-for-root", replaced(equation.expr, node, square), said)


def variances(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A variance divided by n − 1."""
    for node in applications(equation.expr, "mean"):
        size = prod(_shape(node.args[0], solution) or (1,)) // prod(_shape(node, solution) or (1,))
        if size > 1 and any(True for _ in applications(node.args[0], "pow")):
            wrong = call("div", Apply("sum", node.args, node.params), Num(float(size - 1)))
            said = "divided by n − 1; this variance is the mean, divided by n"
            yield Mutation("n-minus-one", replaced(equation.expr, node, wrong), said)


def axes(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A sum or mean over everything in the place of one axis, or along the other one."""
    for node in applications(equation.expr, "sum", "mean"):
        along = dict(node.params).get("axis")
        if along is None or along < 0:
            yield from _averaged(node, equation, solution)
            continue
        taken = node.function
        each = f"{_each(equation, solution)} gets the {taken} over the samples alone (axis={along:g})"
        said = f"this is the {taken} over everything: {each}"
        yield Mutation("summed-over-everything", replaced(equation.expr, node, call(taken, *node.args)), said)
        other = call(taken, *node.args, axis=1.0 - along)
        yield from _averaged(node, equation, solution)
        said = f"this is the {taken} along the other axis (axis={1 - along:g}): {each}"
        yield Mutation("wrong-axis", replaced(equation.expr, node, other), said)


def _averaged(node: Apply, equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The mean of what is summed there."""
    shape, along = _shape(node.args[0], solution), int(dict(node.params).get("axis", -1))
    count = prod(shape[along : along + 1] if along >= 0 else shape) if shape else 1
    if node.function == "sum" and count > 1:
        said = f"this is the mean; {_each(equation, solution)} gets the sum"
        yield Mutation("mean-not-sum", replaced(equation.expr, node, call("div", node, Num(float(count)))), said)


def _each(equation: Equation, solution: Solution) -> str:
    if equation.kind == "gradient" and equation.quantity in solution.problem.parameters:
        is_bias = equation.quantity in solution.problem.biases
        return "each unit's bias" if is_bias else f"each entry of {named(equation.quantity)}"
    return "each entry"


def twice(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A softmax or sigmoid of what has been through it already."""
    outputs = {output for _, output in solution.compared}
    for name in equation.uses:
        definition = solution.by_name.get(name)
        if definition is None or definition.quantity not in outputs or not isinstance(definition.expr, Apply):
            continue
        expr = definition.expr
        if expr.function in TWICE and definition.section in ("forward", "after"):
            again = substitute(equation.expr, {name: call(expr.function, Name(name))})
            said = f"the {expr.function} was applied twice: {named(definition.quantity)} has been through it already"
            yield Mutation(TWICE[expr.function], again, said)


def clipped(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A logarithm kept from infinity by a small number."""
    for node in walk(equation.expr):
        if isinstance(node, Apply) and node.function in ("log", "cross_entropy", "binary_cross_entropy"):
            for least in CLIPPED_AT:
                for bounded in (call("maximum", node.args[0], Num(least)), add(node.args[0], Num(least))):
                    wrong = Apply(node.function, (bounded, *node.args[1:]), node.params)
                    said = f"the logarithm was clipped at {least:g}; here it is that of the probability itself"
                    yield Mutation("logarithm-clipped", replaced(equation.expr, node, wrong), said)


def _shape(expr: Expr, solution: Solution) -> Shape | None:
    try:
        return shape_of(expr, solution.shapes, solution.problem.axis)
    except ShapeError:
        return None


def unmasked(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A given mask of zeros and ones left out of a product, as that of dropout."""
    for node in applications(equation.expr, "mul"):
        for mask, kept in zip(node.args, reversed(node.args), strict=True):
            if isinstance(mask, Name) and _is_mask(mask.id, solution):
                said = f"the mask {named(mask.id)} is left out: what it drops is kept"
                yield Mutation("mask-left-out", replaced(equation.expr, node, kept), said)


def _is_mask(name: str, solution: Solution) -> bool:
    problem = solution.problem
    value = {**problem.inputs, **problem.targets}.get(name)
    return value is not None and value.ndim > 0 and {*value.ravel().tolist()} == {0.0, 1.0}
