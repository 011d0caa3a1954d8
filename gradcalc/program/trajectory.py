"""Single steps of many, each as a solution by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from gradcalc.formula.arrays import Array
from gradcalc.program.problem import Problem
from gradcalc.program.solve import Solution, descend, not_finite


def alone_at(solution: Solution, steps: Collection[int]) -> dict[int, Solution]:
    """The solutions of the steps with these numbers, in order, each with what it starts from as given.

    `solution` is of the first step; all steps up to the last one are worked out.
    """
    found: dict[int, Solution] = {}
    for number, values in enumerate(descend(solution.problem, max(steps, default=0)), 1):
        if number in steps:
            found[number] = Solution(
                _started_from(solution.problem, values),
                solution.equations,
                solution.shapes,
                values,
                None,
                not_finite(values),
            )
    return found


def _started_from(problem: Problem, values: Mapping[str, Array]) -> Problem:
    """The problem with the parameters as they are at a step."""
    return replace(problem, parameters={name: values[name] for name in problem.parameters})
