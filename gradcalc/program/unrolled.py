"""Several steps as one solution: what a step starts from is what the one before it led to.

So an error is carried from step to step as it is within one, and the same mistake made in each step is one mistake.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.naming import at_step
from gradcalc.program.problem import Equation
from gradcalc.program.solution import LaterStep, Solution
from gradcalc.program.trajectory import alone_at

MOST_BETWEEN = 20
"""How many steps that nobody asks for are gone through between two that are asked for."""
MOST_EQUATIONS = 3_000


def unrolled(solution: Solution, steps: Collection[int]) -> Solution:
    """The solution with these later steps, and those between; `solution` is of the first step.

    Where many steps lie between two, the later one starts from the right values: nothing is carried over so far.
    """
    wanted = [*_with_those_between(sorted({1, *steps}), len(solution.equations))]
    later: list[LaterStep] = []
    for number, alone in alone_at(solution, wanted[1:]).items():
        before = later[-1] if later else None
        linked = (before.number if before else 1) == number - 1
        names = {name: at_step(name, number) for name in alone.by_name}
        names |= dict(_carried(solution, number, before, linked))
        names |= {name: at_step(name, number) for name in _other(alone, solution) if name not in names}
        later.append(LaterStep(number, alone, names))
    return _joined(solution, later)


def _with_those_between(steps: Iterable[int], equations: int) -> Iterator[int]:
    left = MOST_EQUATIONS // max(1, equations)
    before = 0
    for step in steps:
        gap = step - before - 1
        if before and gap <= min(MOST_BETWEEN, left):
            yield from range(before + 1, step)
            left -= gap
        yield step
        before = step


def _carried(solution: Solution, number: int, before: LaterStep | None, linked: bool) -> Iterator[tuple[str, str]]:
    """What a step starts from, and its name at the end of the step before."""
    for name, source in solution.carry.items():
        if linked:
            yield name, source if before is None else before.names[source]
        else:
            yield name, at_step(name, number)


def _other(alone: Solution, solution: Solution) -> Iterator[str]:
    """What is given anew at a step: its samples, its number, its learning rate."""
    for name, value in alone.problem.given.items():
        if not np.array_equal(value, solution.values[name]):
            yield name


def _joined(solution: Solution, later: Iterable[LaterStep]) -> Solution:
    equations, values, shapes = [*solution.equations], dict(solution.values), dict(solution.shapes)
    given: dict[str, Array] = {}
    known = {*values}
    for step in later:
        equations += (_lifted(equation, step) for equation in step.alone.equations)
        for name, value in step.alone.values.items():
            here = step.names.get(name, name)
            values.setdefault(here, value)
            shapes.setdefault(here, np.shape(value))
        known |= {step.names[name] for name in step.alone.by_name}
        given |= {here: step.alone.values[name] for name, here in step.names.items() if here not in known}
    problem = replace(solution.problem, inputs={**solution.problem.inputs, **given})
    return replace(
        solution, problem=problem, equations=tuple(equations), values=values, shapes=shapes, later=tuple(later)
    )


def _lifted(equation: Equation, step: LaterStep) -> Equation:
    return replace(equation, name=step.names[equation.name], expr=step.lifted(equation.expr), step=step.number)
