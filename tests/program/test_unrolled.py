"""Several steps as one solution: its equations give its values, and a step starts from what the one before led to."""

import numpy as np
import pytest

from gradcalc.formula.evaluate import evaluate
from gradcalc.problem.load import load, loads
from gradcalc.program.instances import Drawer
from gradcalc.program.naming import at_step, new_name
from gradcalc.program.solve import solve
from gradcalc.program.trajectory import alone_at
from gradcalc.program.unrolled import MOST_BETWEEN, MOST_EQUATIONS, unrolled


@pytest.fixture(scope="module")
def first():
    return solve(load("hw3"))


@pytest.mark.parametrize("steps", [[2], [3], [2, 5], [4, 40], [1, 2]])
def test_every_equation_gives_its_value(first, steps):
    solution = unrolled(first, steps)
    for equation in solution.equations:
        found = evaluate(equation.expr, solution.values, solution.problem.axis)
        np.testing.assert_allclose(found, solution.values[equation.name], rtol=1e-12, atol=1e-15)
    assert len(solution.by_name) == len(solution.equations)


def test_a_step_starts_from_what_the_one_before_led_to(first):
    solution = unrolled(first, [3])
    assert [step.number for step in solution.later] == [2, 3]
    assert new_name("W1") in solution.by_name[solution.steps[2].names["a1"]].uses
    assert solution.steps[2].names[new_name("W1")] in solution.by_name[solution.steps[3].names["a1"]].uses


def test_the_first_step_is_as_it_was(first):
    solution = unrolled(first, [2])
    assert solution.forward.keys() == first.forward.keys()
    assert solution.gradients.keys() == first.gradients.keys()
    assert solution.equations[: len(first.equations)] == first.equations


def test_steps_far_apart_are_not_all_gone_through(first):
    far = 2 + MOST_BETWEEN + 5
    solution = unrolled(first, [2, far])
    assert [step.number for step in solution.later] == [2, far]
    alone = alone_at(first, {far})[far]
    np.testing.assert_array_equal(solution.values[solution.steps[far].names["W1"]], alone.values["W1"])


def test_steps_between_are_gone_through_up_to_so_many(first):
    last = 2 + MOST_BETWEEN + 1
    assert [step.number for step in unrolled(first, [2, last]).later] == [*range(2, last + 1)]


def test_all_that_lies_between_is_bounded_however_many_steps_are_asked_for(first):
    asked = [*range(1, 400, MOST_BETWEEN)]
    solution = unrolled(first, asked)
    between = len(solution.later) - len(asked[1:])
    assert 0 < between * len(first.equations) <= MOST_EQUATIONS


def test_single_steps_follow_each_other(first):
    alone = alone_at(first, {2, 3})
    np.testing.assert_array_equal(alone[3].values["W1"], alone[2].values[new_name("W1")])
    again = solve(alone[3].problem)
    np.testing.assert_allclose(again.values["loss"], alone[3].values["loss"], rtol=1e-13)


ONLINE = """
notation: x @ W + b
inputs: [[0.8, -0.4], [0.3, 1.1], [-0.7, 0.5]]
targets: [0, 1, 0]
layers: [{weights: [[0.4, -0.9], [0.7, 0.3]], biases: [0.1, -0.2], activation: softmax}]
loss: cross_entropy
reduction: sum
lr: 0.3
batch_size: 1
"""


def test_each_step_has_samples_of_its_own():
    solution = unrolled(solve(loads(ONLINE)), [4])
    test = [step.alone.values["x"].tolist() for step in solution.later]
    assert test == [[[0.3, 1.1]], [[-0.7, 0.5]], [[0.8, -0.4]]]
    for equation in solution.equations:
        found = evaluate(equation.expr, solution.values, solution.problem.axis)
        np.testing.assert_allclose(found, solution.values[equation.name], rtol=1e-12, atol=1e-15)


def test_targets_of_later_steps_stay_distributions_at_random():
    drawn = Drawer(unrolled(solve(loads(ONLINE)), [2]).problem).anew(np.random.default_rng(0))
    for name in ("y", at_step("y", 2)):
        assert sorted(drawn[name].ravel().tolist()) == [0.0, 1.0]
    assert 0 < drawn["lr"] < 1
