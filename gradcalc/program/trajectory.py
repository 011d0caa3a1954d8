"""Single steps of many, each as a solution by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from gradcalc.formula.arrays import Array
from gradcalc.program.naming import old_name, state_name
from gradcalc.program.problem import Problem
from gradcalc.program.solve import Solution, descend, not_finite


def alone_at(solution: Solution, steps: Collection[int]) -> dict[int, Solution]:
    """The solutions of the steps with these numbers, in order, each with what it starts from as given.

    `solution` is of the first step; all steps up to the last one are worked out.
    """
    found: dict[int, Solution] = {}
    problem = solution.problem
    for number, values in enumerate(descend(problem, max(steps, default=0)), 1):
        if number in steps:
            here = started_from(problem, number, values)
            found[number] = Solution(here, solution.equations, solution.shapes, values, None, not_finite(values))
    return found


def started_from(problem: Problem, number: int, values: Mapping[str, Array]) -> Problem:
    """The problem of a step by itself: with the parameters, and what the rule remembers, as they are before it."""
    start = {
        line: {name: values[old] for name, old in _remembered(problem, line)}
        for line in (problem.optimizer.remembered if problem.optimizer else ())
    }
    return replace(
        problem,
        parameters={name: values[name] for name in problem.parameters},
        start=start,
        first_step=problem.first_step + number - 1,
    )


def _remembered(problem: Problem, line: str) -> Iterator[tuple[str, str]]:
    """The parameters that have a state, and the name of its value before the step."""
    moved = (name for name in problem.parameters if name not in problem.frozen)
    return ((name, old_name(state_name(line, name))) for name in moved)
