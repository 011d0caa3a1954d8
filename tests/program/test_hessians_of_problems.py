"""Second derivatives of every problem that comes with gradcalc, against differences of its gradients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from gradcalc.formula.arrays import Array
from gradcalc.formula.faults import EquationError
from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load
from gradcalc.program.beside import with_further
from gradcalc.program.build import Program, build
from gradcalc.program.further import HESSIANS, Further, of_problem
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

MOST = 6
LEFT_OUT = ("jax-td", "nielsen-exploding")
"""Where something is held still the gradient isn't the slope; by weights of 100 no difference is small enough."""


def by_differences(program: Program, given: Mapping[str, Array], by: str, then: str, step: float) -> Array:
    """How each entry of a gradient changes with each entry of a quantity, matrices column by column."""
    columns = []
    for place in range(given[then].size):
        sides = []
        for sign in (1, -1):
            flat = given[then].ravel(order="F").copy()
            flat[place] += sign * step
            moved = flat.reshape(given[then].shape, order="F")
            sides.append(program.run({**given, then: moved})[gradient_name(by)].ravel(order="F"))
        columns.append((sides[0] - sides[1]) / 2 / step)
    return np.array(columns).T


def asked(problem: Problem, solution: Solution) -> list[Further]:
    """The second derivatives by one quantity or two of few entries."""
    every = (each for each in of_problem(problem) if each.section == HESSIANS and each.derivative)
    return [each for each in every if all(_is_small(solution, name) for name in each.ways)]


def _is_small(solution: Solution, name: str) -> bool:
    return solution.values[name].size <= MOST and gradient_name(name) in solution.values


@pytest.mark.slow
@pytest.mark.parametrize("name", bundled_names())
def test_second_derivatives_are_what_differences_of_gradients_are(name: str):
    problem = load(name)
    whole = problem.form != "claims" and problem.letters is None and problem.order == "simultaneous"
    if problem.objective is None or not whole or problem.batch_size is not None or name in LEFT_OUT:
        pytest.skip("there is no one gradient of it")
    solution, program = solve(problem, check=False), build(problem)
    for each in asked(problem, solution):
        more = with_further(solution, {each.equation})
        if each.equation not in more.values:
            with pytest.raises(EquationError, match="it is flat"):  # the slope of a ReLU, or of a largest entry
                with_further(solution, {each.equation}, strict=True)
            continue
        found = np.atleast_2d(more.values[each.equation])
        right = by_differences(program, problem.given, *each.ways, 1e-5)
        assert found.shape == right.shape, each.name
        scale = max(1.0, float(np.abs(right).max()))
        np.testing.assert_allclose(found, right, rtol=2e-4, atol=1e-5 * scale, err_msg=each.name)
