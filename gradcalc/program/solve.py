"""Solve a problem: its equations built and worked out, what isn't finite named, its gradients verified."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, walk
from gradcalc.formula.table import known, lookup
from gradcalc.program.batches import of_step
from gradcalc.program.build import build
from gradcalc.program.differences import verified
from gradcalc.program.problem import Equation, Problem
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
    solution = Solution(
        problem,
        program.equations,
        program.shapes,
        values,
        None,
        problem.warnings + not_finite(values, program.equations),
    )
    if problem is not whole:
        solution = replace(solution, undivided=whole)
    if check and problem.has_gradients:
        solution = replace(solution, verification=verified(solution))
    return solution


def not_finite(values: Mapping[str, Array], equations: Iterable[Equation]) -> tuple[str, ...]:
    """A warning for each quantity that overflows or isn't defined."""
    return tuple(f"{name}{why}" for name, why in lost_in(values, equations).items())


def lost_in(values: Mapping[str, Array], equations: Iterable[Equation]) -> dict[str, str]:
    """What is to be said of each quantity that isn't finite, to follow its name."""
    lost = {name: value for name, value in values.items() if not np.isfinite(value).all()}
    of = {equation.name: equation for equation in equations} if lost else {}
    why = {name: _undefined(of[name], lost) if name in of else "" for name in lost}
    return {name: f" is not finite: {why[name] or _usual(value)}" for name, value in lost.items()}


def _usual(value: Array) -> str:
    return "it is not defined here" if np.isnan(value).any() else "it overflows float64"


def _undefined(equation: Equation, lost: Container[str]) -> str:
    """Why a function isn't defined here, where it is this equation in which something is lost."""
    if any(name in lost for name in equation.uses):
        return ""
    nodes = (node for node in walk(equation.expr) if isinstance(node, Apply) and known(node.function))
    return next((why for node in nodes if (why := lookup(node.function).undefined)), "")
