"""In which order the gradients of a graph of vertices are told and asked: those of one vertex together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcalc.program.problem import Equation, Problem


def as_told(equations: Sequence[Equation], problem: Problem) -> list[Equation]:
    """The equations, a gradient on what is computed just before what goes on from it.

    They are calculated as soon as they can be. So of two vertices that lead to a third one, both outputs have their
    gradients before either has that of its sum, which is no order in which anybody reads. Other problems have no such.
    """
    return list(_late(equations)) if problem.units else list(equations)


def _late(equations: Sequence[Equation]) -> Iterator[Equation]:
    held: dict[str, Equation] = {}
    computed = {equation.name for equation in equations if equation.section == "forward"}
    used = {name for equation in equations for name in equation.uses}
    for equation in equations:
        if equation.kind == "gradient" and equation.quantity in computed and equation.name in used:
            held[equation.name] = equation
        else:
            yield from _with_what_it_uses(equation, held)
    yield from held.values()  # those that only lead to others of them


def _with_what_it_uses(equation: Equation, held: dict[str, Equation]) -> Iterator[Equation]:
    todo = [equation]
    ready: list[Equation] = []
    while todo:
        ready.append(todo.pop())
        todo += [held.pop(name) for name in reversed(ready[-1].uses) if name in held]
    yield from reversed(ready)
