"""Further quantities of all bundled problems, by their definitions; what a solution has stays as it is."""

import numpy as np
import pytest
from bundled import WORKED, solved
from slow import sampled

from gradcalc.formula.evaluate import evaluate
from gradcalc.program.beside import with_further
from gradcalc.program.further import CHANGES, DELTAS, MINUS, is_minus, of_problem
from gradcalc.program.naming import gradient_name, new_name


@pytest.mark.parametrize("name", sampled(WORKED, 3))
def test_what_is_added_is_what_it_is_said_to_be(name):
    solution = solved(name)
    every = of_problem(solution.problem)
    wider = with_further(solution, {each.equation for each in every})
    assert {**wider.values, **solution.values}.keys() == wider.values.keys()
    assert all(np.array_equal(wider.values[each], value, equal_nan=True) for each, value in solution.values.items())
    for equation in wider.equations:
        value = evaluate(equation.expr, wider.values, solution.problem.axis)
        np.testing.assert_allclose(value, wider.values[equation.name], rtol=1e-9, atol=1e-12)
    for each in every:
        sign = -1 if is_minus(each.section, solution.problem.signs) and each.section in MINUS else 1
        if each.section == CHANGES and new_name(each.of) in solution.values:
            by_definition = sign * (solution.values[new_name(each.of)] - solution.values[each.of])
            np.testing.assert_allclose(wider.values[each.equation], by_definition, rtol=1e-6, atol=1e-9)
        if each.section == DELTAS and gradient_name(each.of) in solution.values:
            by_definition = sign * solution.values[gradient_name(each.of)]
            np.testing.assert_allclose(wider.values[each.equation], by_definition, rtol=1e-9, atol=1e-12)


def test_a_solution_without_further_quantities_is_itself():
    solution = solved("hw3")
    assert with_further(solution, set()) is solution
    assert with_further(solution, {"change_nothing"}) is solution
