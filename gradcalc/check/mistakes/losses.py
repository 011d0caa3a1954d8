"""Another loss, its root, a logarithm to another base or another class, in the value of the loss and in its gradients.

Whoever takes another formula for the right one differentiates that: the gradients are derived from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from gradcalc.check.mistakes.anew import Anew, beginning, consumers
from gradcalc.check.mistakes.model import Mutation, applications, replaced
from gradcalc.check.wording import named
from gradcalc.formula.arrays import Array
from gradcalc.formula.bound import unbound
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, call, mul, substitute, transform, walk
from gradcalc.formula.table import functions, lookup, until_changed
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

BASES = ((2.302585092994046, "10"), (0.6931471805599453, "2"))
"""The natural logarithms of the bases that are taken for e."""


def other_values(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A value by another loss of the table, the root of a squared error, or a logarithm to another base."""
    for node in _losses(equation):
        for other in _others(node, solution):
            said = f"this is {other.function}, and the loss here is {node.function}"
            yield Mutation("other-loss", replaced(equation.expr, node, other), said)
    if _is_squared(equation, solution):
        said = "the root was taken: the loss is the squared error itself"
        yield Mutation("root-taken", call("sqrt", equation.expr), said)
    if any(map(_is_logarithm, walk(equation.expr))):
        for size, base in BASES:
            said = f"the logarithm is the natural one, not that to base {base}"
            yield Mutation("wrong-logarithm", mul(Num(1.0 / size), equation.expr), said)


def other_gradients(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """A gradient of such a value: on what it is computed from, or through a shortcut that goes round that."""
    name = equation.quantity
    if equation.kind != "gradient":
        return
    for user, output in _ends(equation, solution):
        for node in _losses(user):
            for other in _others(node, solution):
                said = f"this is the gradient of {other.function}, and the loss here is {node.function}"
                wrong = _gradient(name, output, user, replaced(user.expr, node, other), solution)
                yield from [] if wrong is None else [Mutation("other-loss", wrong, said)]
        for size, base in BASES if any(map(_is_logarithm, walk(user.expr))) else ():
            said = f"the derivative of a logarithm to base {base} was taken: here it is the natural one"
            wrong = _gradient(name, output, user, _to_base(user.expr, size), solution)
            yield from [] if wrong is None else [Mutation("wrong-logarithm", wrong, said)]
        if _is_squared(user, solution):
            root = mul(Num(2.0), call("sqrt", Name(user.name)))
            said = f"this is the gradient of the root of {named(user.name)}; the loss is the squared error itself"
            yield Mutation("root-taken", call("div", equation.expr, root), said)


def shifted_classes(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """The class after or before the right one, as where classes are counted from 1 in place of 0."""
    problem = solution.problem
    for name, value in problem.targets.items():
        several = value.ndim and value.shape[problem.axis] > 1
        if name not in equation.uses or not several or not _is_kind(value, "one_hot", problem.axis):
            continue
        for by, where in ((1.0, "after"), (-1.0, "before")):
            wrong = substitute(equation.expr, {name: call("next_class", Name(name), by=by)})
            said = f"the 1 of {named(name)} stands at the class {where} the right one: classes count from 0"
            yield Mutation("class-off-by-one", wrong, said)


def without_targets(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """One-hot targets left out, so that every class counts as the right one does."""
    problem = solution.problem
    for name, value in problem.targets.items():
        if name in equation.uses and _is_kind(value, "one_hot", problem.axis):
            said = f"{named(name)} is left out: every class is treated as the right one is"
            yield Mutation("targets-left-out", substitute(equation.expr, {name: ONE}), said)


def _ends(equation: Equation, solution: Solution) -> Iterator[tuple[Equation, str]]:
    """The equations of the loss that use a quantity, or what is made of it where its gradient goes round that."""
    for user in consumers(equation.quantity, solution):
        if gradient_name(user.name) in equation.uses:
            continue
        yield user, equation.quantity
        if user.name in {output for _, output in solution.compared}:
            yield from ((end, user.name) for end in consumers(user.name, solution))


def _gradient(name: str, output: str, user: Equation, expr: Expr, solution: Solution) -> Expr | None:
    """The gradient on a name where another formula stands for that of the loss, by way of an output."""
    found = Anew(output, solution, changed={user.name: expr}).by({})
    if found is None or name == output:
        return found
    return Anew(name, solution, start={**beginning(consumers(name, solution), solution), output: found}).by({})


def _losses(equation: Equation) -> Iterator[Apply]:
    return (n for n in walk(equation.expr) if isinstance(n, Apply) and lookup(n.function).role == "loss")


def _others(node: Apply, solution: Solution) -> Iterator[Apply]:
    """The other losses of the table that could be taken of the same arguments."""
    mine = lookup(node.function)
    for other in functions():
        if other.role == "loss" and other.name != mine.name and other.args == mine.args:
            values = (solution.values.get(arg.id) if isinstance(arg, Name) else None for arg in node.args)
            kinds = (other.domain.get(arg) for arg in other.args)
            if all(_is_kind(value, kind, solution.problem.axis) for value, kind in zip(values, kinds, strict=True)):
                yield call(other.name, *node.args)


def _is_kind(value: Array | None, kind: str | None, axis: int) -> bool:
    """Whether a value is what a loss takes there, as the table says it."""
    if value is None or kind is None:
        return True
    if kind == "sign":
        return bool(np.isin(value, (-1.0, 1.0)).all())
    sums_fit = kind == "probability" or bool(value.ndim and np.allclose(value.sum(axis=axis), 1.0))
    within = (value >= 0.0) & (value <= 1.0) if kind != "one_hot" else np.isin(value, (0.0, 1.0))
    return sums_fit and bool(within.all())


def _is_squared(equation: Equation, solution: Solution) -> bool:
    """Whether it is the loss, and a squared error: by the table's definition, or written out."""
    if equation.quantity not in (solution.problem.objective, *dict(solution.compared)):
        return False
    known = (unbound(lookup(node.function).definition or "0") for node in _losses(equation))
    inner = (n for expr in (equation.expr, *known) for n in applications(expr, "inner", "pow"))
    return any(n.args[1] in (Num(2.0), n.args[0]) for n in inner)


def _is_logarithm(node: Expr) -> bool:
    return isinstance(node, Apply) and _has_logarithm(node.function)


@until_changed
@lru_cache(maxsize=256)
def _has_logarithm(function: str) -> bool:
    """Whether a function of the table is the logarithm, or defined by it."""
    definition = unbound(lookup(function).definition or "0")
    return function == "log" or any(True for _ in applications(definition, "log"))


def _to_base(expr: Expr, size: float) -> Expr:
    """A formula with all logarithms to the base whose natural logarithm is `size`."""
    return transform(expr, lambda node: mul(Num(1.0 / size), node) if _is_logarithm(node) else node)
