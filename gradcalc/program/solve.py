"""Solve a problem: its equations built and worked out, what isn't finite named, its gradients verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.batches import of_step
from gradcalc.program.build import build
from gradcalc.program.differences import verified
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution


def solve(problem: Problem, *, check: bool = True) -> Solution:
    """Work a problem out; with `check`, verify every gradient against central differences.

    Of a problem that is gone through in batches, this is the first step, with its samples alone.

    Raises ShapeError where shapes don't fit or values would be too large, NoGradientError where a function on the way
    has no gradient, and GradcalcError, the base of both, where upstream gradients contradict each other.
    """
    whole, problem = problem, of_step(problem, problem.first_step)
    program = build(problem)
    values = program.run(problem.given)
    solution = Solution(problem, program.equations, program.shapes, values, None, problem.warnings + not_finite(values))
    if problem is not whole:
        solution = replace(solution, undivided=whole)
    if check and problem.has_gradients:
        solution = replace(solution, verification=verified(solution))
    return solution


def not_finite(values: Mapping[str, Array]) -> tuple[str, ...]:
    """A warning for each quantity that overflows or isn't defined."""
    return tuple(f"{name}{why}" for name, why in lost_in(values).items())


def lost_in(values: Mapping[str, Array]) -> dict[str, str]:
    """What is to be said of each quantity that isn't finite, to follow its name."""
    return {
        name: f" is not finite: {'it is not defined here' if np.isnan(value).any() else 'it overflows float64'}"
        for name, value in values.items()
        if not np.isfinite(value).all()
    }
