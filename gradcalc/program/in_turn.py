"""Updates one after the other: layer by layer on the way back, or a step of its own for each parameter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from gradcalc.formula.expr import Expr, Name, substitute, walk
from gradcalc.program.dependence import depending_on
from gradcalc.program.naming import gradient_name, new_name, turn_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.update import of_problem, shared

Derive: TypeAlias = Callable[[tuple[str, ...]], Sequence[Equation]]


def layer_by_layer(problem: Problem, backward: Sequence[Equation]) -> Iterator[Equation]:
    """The backward pass with each parameter updated before the gradient goes on through it.

    So what lies before a layer receives its gradient through weights that are new already; the values of the forward
    pass stay as they are. Each parameter is used once.
    """
    yield from shared(problem)
    way = _Way(problem, backward)
    for equation in backward:
        yield from way.to(equation)


class _Way:
    """Goes to each equation once."""

    def __init__(self, problem: Problem, backward: Sequence[Equation]) -> None:
        self.problem = problem
        self.by_name = {equation.name: equation for equation in backward}
        self.done: set[str] = set()

    def to(self, equation: Equation) -> Iterator[Equation]:
        """An equation, after what it uses; and after the gradient of a parameter its update."""
        if equation.name in self.done:
            return
        self.done.add(equation.name)
        parameters = self.problem.parameters
        passed = [name for name in equation.uses if name in parameters and name != equation.quantity]
        for name in (*equation.uses, *map(gradient_name, passed)):
            if name in self.by_name:
                yield from self.to(self.by_name[name])
        put: dict[str, Expr] = {name: Name(new_name(name)) for name in passed}
        yield replace(equation, expr=substitute(equation.expr, put))
        if equation.kind == "gradient" and equation.quantity in parameters:
            yield from of_problem(self.problem, equation.quantity)


def one_by_one(problem: Problem, derive: Derive) -> Iterator[Equation]:
    """A step for each parameter in turn: forward and backward pass on the values as they are then, and its update.

    `derive` gives the backward equations for some names. Those of the first turn have the usual names; what is worked
    out anew in another has one of its own.
    """
    yield from shared(problem)
    frozen = [name for name in problem.parameters if name in problem.frozen]
    renewed: dict[str, Expr] = {}
    for number, name in enumerate(problem.turns):
        wanted = (name, *frozen, *problem.inputs) if number == 0 else (name,)
        if number:
            renamed = _renamed(problem, name, renewed)
            yield from _forward(problem, renamed)
            yield from _backward(derive(wanted), name, renamed)
        else:
            renamed = {}
            yield from derive(wanted)
        for equation in of_problem(problem, name):
            yield replace(equation, expr=substitute(equation.expr, {**renamed, name: Name(name)}))
        renewed[name] = Name(new_name(name))
    yield from (equation for name in frozen for equation in of_problem(problem, name))


def _renamed(problem: Problem, turn: str, renewed: Mapping[str, Expr]) -> dict[str, Expr]:
    """New values for parameters that had their turn, and names for all that depends on them."""
    moved = depending_on(problem.forward, renewed) - {*renewed}
    return {**renewed, **{name: Name(turn_name(name, turn)) for name in moved}}


def _forward(problem: Problem, renamed: Mapping[str, Expr]) -> Iterator[Equation]:
    for equation in problem.forward:
        here = renamed.get(equation.name)
        if isinstance(here, Name):
            yield Equation("update", here.id, substitute(equation.expr, renamed), layer=equation.layer)


def _backward(derived: Sequence[Equation], turn: str, renamed: Mapping[str, Expr]) -> Iterator[Equation]:
    """The gradient of the one whose turn it is keeps its name; those on the way to it get names of the turn."""
    own = gradient_name(turn)
    names = {eq.name: turn_name(eq.name, turn) for eq in derived if eq.name != own}
    put = {**renamed, **{name: Name(here) for name, here in names.items()}}
    for equation in derived:
        expr = substitute(equation.expr, put)
        if equation.name == own:
            yield replace(equation, expr=expr)
        else:
            yield Equation("backward", names[equation.name], expr, layer=equation.layer)


def used_twice(parameters: Collection[str], forward: Sequence[Equation]) -> Iterator[str]:
    """The parameters that are used more than once, so that no one place is where the way back passes them."""
    count = dict.fromkeys(parameters, 0)
    for equation in forward:
        for node in walk(equation.expr):
            if isinstance(node, Name) and node.id in count:
                count[node.id] += 1
    yield from (name for name, times in count.items() if times > 1)
