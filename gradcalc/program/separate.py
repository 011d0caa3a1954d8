"""Take a loss apart: into one number for each sample where there are several, else for each output."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

from gradcalc.formula.bound import applied
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, mul, names, neg
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Shape, lookup
from gradcalc.program.solution import Solution

Reduction: TypeAlias = Literal["sum", "mean"]
_ShapeOf: TypeAlias = Callable[[Expr], Shape]


@dataclass(frozen=True, slots=True)
class Separate:
    """The equation of a loss, the formulas of those that it is made of, by name, and it over these names."""

    loss: str
    each: Mapping[str, Expr]
    together: Expr


def by_vertex(solution: Solution, outputs: Mapping[str, str]) -> Separate | None:
    """The loss of each vertex, by names for them; `outputs` has by these names what goes out of the vertices.

    None where the loss is no sum with a term for each.
    """
    name = _data_loss(solution)
    expr = None if name is None else solution.by_name[name].expr
    if name is None or not isinstance(expr, Apply) or expr.function != "add":
        return None
    terms = {each: [t for t in expr.args if output in names(t)] for each, output in outputs.items()}
    if any(len(mine) != 1 for mine in terms.values()):
        return None
    put = {id(mine[0]): Name(each) for each, mine in terms.items()}
    together = add(*(put.get(id(term), term) for term in expr.args))
    return Separate(name, {each: mine[0] for each, mine in terms.items()}, together)


def in_one(solution: Solution, vector: str) -> Separate | None:
    """The losses as one vector of that name; None where the loss is no sum or mean of several."""
    name = _data_loss(solution)

    def shape(expr: Expr) -> Shape:
        return shape_of(expr, solution.shapes, solution.problem.axis)

    found = None if name is None else _reduced(solution.by_name[name].expr, shape)
    if name is None or found is None:
        return None
    reduction, each = found
    each = simplify(_of_samples(reduction, each, solution))
    if prod(shape(each)) < 2:
        return None
    return Separate(name, {vector: each}, call(reduction, Name(vector)))


def _data_loss(solution: Solution) -> str | None:
    """What compares outputs with targets: the loss without its penalty."""
    objective = solution.problem.objective
    parts = ("data_loss", objective) if objective == "loss" else (objective,)
    return next((name for name in parts if name in solution.by_name), None)


def _of_samples(reduction: Reduction, each: Expr, solution: Solution) -> Expr:
    """One number a sample, where there are several and each has several entries."""
    axis = solution.problem.axis
    shape = shape_of(each, solution.shapes, axis)
    if not shape or shape[1 - axis] < 2 or shape[axis] < 2:
        return each
    total = call("sum", each, axis=float(axis))
    return total if reduction == "sum" else call("div", total, Num(float(shape[axis])))


def _reduced(expr: Expr, shape: _ShapeOf) -> tuple[Reduction, Expr] | None:
    """A formula as the sum or the mean of the entries of another; None where it is neither."""
    match expr:
        case Apply("sum", (inner,), ()):
            return "sum", inner
        case Apply("mean", (inner,)):
            return "mean", inner
        case Apply("inner", (left, right)):
            return "sum", mul(left, right)
        case Apply("div", (inner, Apply("features"))):
            found = _reduced(inner, shape)
            return None if found is None else ("mean", found[1])
        case Apply("neg", (inner,)):
            return _scaled(_reduced(inner, shape), lambda each: neg(each))
        case Apply("div", (inner, Num() as number)):
            return _scaled(_reduced(inner, shape), lambda each: call("div", each, number))
        case Apply("mul", (Num() as number, inner)):
            return _scaled(_reduced(inner, shape), lambda each: mul(number, each))
        case Apply("add", terms):
            return _added([_reduced(term, shape) for term in terms], shape)
        case Apply(function):
            loss = lookup(function)
            return _reduced(applied(loss.definition, expr), shape) if loss.role == "loss" and loss.definition else None
    return None


def _scaled(found: tuple[Reduction, Expr] | None, scale: Callable[[Expr], Expr]) -> tuple[Reduction, Expr] | None:
    return None if found is None else (found[0], scale(found[1]))


def _added(found: Sequence[tuple[Reduction, Expr] | None], shape: _ShapeOf) -> tuple[Reduction, Expr] | None:
    """The sum of sums, or of means, over the same entries."""
    known = [each for each in found if each is not None]
    kinds = {(reduction, shape(each)) for reduction, each in known}
    if len(known) < len(found) or len(kinds) > 1:
        return None
    return known[0][0], add(*(each for _, each in known))
