"""Formulas whose shapes don't fit: which transpose, order or product makes them fit, and right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from gradcalc.check.mistakes.model import Mutation, parameters, replaced
from gradcalc.check.wording import spoken, typed
from gradcalc.errors import GradcalcError
from gradcalc.formula.evaluate import CANNOT
from gradcalc.formula.expr import Apply, Expr, Name, call, walk
from gradcalc.formula.shapes import shape_of
from gradcalc.program.solution import Solution

MOST_TRIED = 400
MOST_FITTING = 60
"""How many changes are tried: of long formulas not all, and of those whose shapes fit fewer, as they are worked out."""


def misfit(formula: Expr, solution: Solution) -> GradcalcError | None:
    """What doesn't fit within a formula; None where all shapes fit, or a name isn't known."""
    try:
        shape_of(formula, solution.shapes, solution.problem.axis)
    except GradcalcError as error:
        return error
    except KeyError:
        return None
    return None


def mended(formula: Expr, solution: Solution, is_right: Callable[[Expr], bool]) -> Mutation | None:
    """The mistake in a formula that would be right after one change of a transpose, an order or a product."""
    fitting = 0
    for mutation in islice(_changes(formula, solution), MOST_TRIED):
        if misfit(mutation.expr, solution) is not None:
            continue
        fitting += 1
        if fitting > MOST_FITTING:
            return None
        try:
            if is_right(mutation.expr):
                return mutation
        except CANNOT:
            continue
    return None


def _changes(formula: Expr, solution: Solution) -> Iterator[Mutation]:
    """Formulas that differ in one place; the message says what was wrong in the one that was given."""
    yield from _turned(formula, solution)
    for node in walk(formula):
        if isinstance(node, Apply) and node.function in ("matmul", "mul", "dot"):
            yield from _products(formula, node)


def _turned(formula: Expr, solution: Solution) -> Iterator[Mutation]:
    """A transpose put where there is none, or taken away."""
    known = parameters(solution)
    inside = {id(node.args[0]) for node in walk(formula) if isinstance(node, Apply) and node.function == "transpose"}
    for node in walk(formula):
        if isinstance(node, Name | Apply) and id(node) not in inside:
            is_turned = isinstance(node, Apply) and node.function == "transpose"
            bare = node.args[0] if isinstance(node, Apply) and is_turned else node
            if isinstance(bare, Apply) and not is_turned and bare.function not in ("matmul", "mul", "add"):
                continue
            id_ = "weights-transposed" if isinstance(bare, Name) and bare.id in known else "factor-transposed"
            name = spoken(bare.id, solution) if isinstance(bare, Name) else typed(bare)
            said = (
                f"{name} is transposed here, and doesn't belong so"
                if is_turned
                else f"a transpose is left out: {typed(call('transpose', bare))} belongs here"
            )
            yield Mutation(id_, replaced(formula, node, bare if is_turned else call("transpose", node)), said)


def _flipped(expr: Expr) -> Expr:
    return expr.args[0] if isinstance(expr, Apply) and expr.function == "transpose" else call("transpose", expr)


def _products(formula: Expr, node: Apply) -> Iterator[Mutation]:
    """The factors the other way round, and the other kind of product."""
    left, right = node.args[0], node.args[1]
    turned = (left, _flipped(left)), (right, _flipped(right))
    ways = [(a, b) for first, second in (turned, turned[::-1]) for a in first for b in second]
    for first, second in ways:
        product = call("matmul", first, second)
        if node.function == "matmul":
            is_same_order = first in turned[0]
            said = (
                "the factors stand in the wrong order" if not is_same_order else "both factors are turned the wrong way"
            )
            id_ = "factors-in-wrong-order" if not is_same_order else "factor-transposed"
        elif node.function == "dot":
            said, id_ = "this is the inner product, one number: a transpose is left out", "factor-transposed"
        else:
            said, id_ = "the matrix product belongs here, not the product entry by entry", "not-matrix-product"
        yield Mutation(id_, replaced(formula, node, product), f"{said}: {typed(product)}")
    if node.function == "matmul":
        product = call("mul", left, right)
        said = f"the product entry by entry belongs here, not the matrix product: {typed(product)}"
        yield Mutation("not-elementwise-product", replaced(formula, node, product), said)
