"""What is rectified in a problem: the `a` of relu(a) and of max(0, a), the 1 - y ŷ of a hinge loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradcalc.formula.expr import Apply, Expr, Name, Num, is_negative, walk
from gradcalc.formula.kinks import distances
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape
from gradcalc.formula.write import code
from gradcalc.program.problem import Equation, Problem

_PASSED: frozenset[str] = frozenset(("add", "neg", "mul", "div", "sum", "mean"))
"""Through these a loss is what it is made of, but for a factor and for what is added."""


def rectified(equations: Sequence[Equation]) -> tuple[Expr, ...]:
    """All that is rectified in these equations."""
    every = (node for eq in equations for node in walk(eq.expr) if isinstance(node, Apply))
    return tuple(dict.fromkeys(each for node in every if (each := _argument(node)) is not None))


def hinge(problem: Problem, shapes: Mapping[str, Shape]) -> str:
    """Where all margins in a loss are met with a cost, as a formula; empty where there are none.

    A margin is a difference that is a number and is rectified last, as in a triplet loss: people take its gradient
    without a word where that is positive. The bare sum of a unit, relu(wᵀx + b), is none.
    """
    equations = {eq.name: eq for eq in problem.forward}
    whole = equations.get(problem.objective or "")
    found = [] if whole is None or problem.over else [*_last(whole.expr, equations, problem)]
    margins = (each for each in dict.fromkeys(found) if _is_difference(each, equations))
    numbers = [each for each in margins if shape_of(each, shapes, problem.axis) in ((), (1, 1))]
    return " * ".join(f"(step({code(each)}))" for each in numbers)


def _last(expr: Expr, equations: Mapping[str, Equation], problem: Problem) -> Iterator[Expr]:
    if isinstance(expr, Name) and expr.id in equations:
        yield from _last(equations[expr.id].expr, equations, problem)
    if isinstance(expr, Apply):
        mine = _argument(expr)
        yield from () if mine is None else (mine,)
        passed = [each for each in expr.args if expr.function in _PASSED and not _is_factor(each, problem)]
        for each in passed if len(passed) == 1 or expr.function not in ("mul", "div") else ():
            yield from _last(each, equations, problem)


def _is_factor(expr: Expr, problem: Problem) -> bool:
    """Whether it is a number, or one that the problem gives and that isn't learned."""
    return isinstance(expr, Num) or (
        isinstance(expr, Name) and expr.id in problem.given and expr.id not in problem.parameters
    )


def _is_difference(expr: Expr, equations: Mapping[str, Equation]) -> bool:
    expr = equations[expr.id].expr if isinstance(expr, Name) and expr.id in equations else expr
    return isinstance(expr, Apply) and expr.function == "add" and any(map(is_negative, expr.args))


def _argument(node: Apply) -> Expr | None:
    """What a node is 0 for where that is negative; None of any other node."""
    if node.function == "maximum" and Num(0) in node.args:
        return next((each for each in node.args if each != Num(0)), None)
    return distances(node)[0] if node.function in ("relu", "hinge") else None
