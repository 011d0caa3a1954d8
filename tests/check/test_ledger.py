"""The student's own values: what follows from the answers before, at what precision, and how rounding moves it."""

import numpy as np
import pytest
from by_hand import Stuck, run
from hw3_by_hand import W2, worked
from random_problems import random_problem

from gradcalc.check.ledger import Ledger
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.problem.load import load
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
EQUATION = {equation.name: equation for equation in HW3.equations}
UNIT = np.full((2, 1), 1e-4)


def column(*entries):
    return np.array([[float(entry)] for entry in entries])


def up_to(ledger, name):
    """Go through the equations before one, with no answers."""
    for equation in HW3.equations:
        if equation.name == name:
            return
        if equation.name not in ledger.answered:
            ledger.leave(equation)


def test_without_answers_the_ledger_has_the_right_values():
    ledger = Ledger(HW3)
    up_to(ledger, None)
    for name, value in HW3.values.items():
        np.testing.assert_allclose(ledger.own[name], value, rtol=1e-13, atol=1e-15)
    assert not ledger.origin


def test_answers_stand_in_the_place_of_right_values():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    written, exact = column(0.1, 0.3), column(0.10004, 0.29996)
    ledger.take("da2", written, UNIT, exact, "gradients.a2")
    np.testing.assert_allclose(ledger.follow(EQUATION["dh1"]), W2 @ written)
    np.testing.assert_allclose(ledger.followed_exactly(EQUATION["dh1"]), W2 @ exact)
    assert ledger.origin_of(EQUATION["dh1"].expr) == "gradients.a2"
    assert ledger.origin_of(EQUATION["dyhat"].expr) is None


def test_an_origin_goes_through_what_was_not_answered():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    ledger.take("da2", column(0.1, 0.3), UNIT, column(0.1, 0.3), "gradients.a2")
    for name in ("dW2", "db2", "dh1", "da1"):
        ledger.leave(EQUATION[name])
    assert ledger.origin_of(EQUATION["dW1"].expr) == "gradients.a2"
    key = worked()
    h1 = key["forward.h1"].reshape(2, 1)
    np.testing.assert_allclose(ledger.own["da1"], h1 * (1 - h1) * (W2 @ column(0.1, 0.3)))


def test_a_right_answer_ends_an_error():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    ledger.take("da2", column(0.1, 0.3), UNIT, column(0.1, 0.3), "gradients.a2")
    ledger.take("dh1", HW3.values["dh1"], UNIT, HW3.values["dh1"], None)
    assert ledger.origin_of(EQUATION["da1"].expr) is None


def test_a_wrong_gradient_is_seen_in_the_step_that_it_leads_to():
    """Who goes back through updated weights takes the weights that come of the wrong gradient."""
    ledger = Ledger(HW3)
    up_to(ledger, "dW2")
    wrong = np.array([[0.1, 0.2], [0.3, 0.4]])
    ledger.take("dW2", wrong, np.full((2, 2), 1e-4), wrong, "gradients.W2")
    np.testing.assert_allclose(ledger.own["W2_new"], W2 - 0.5 * wrong)


def test_adopted_values_change_what_was_met_without_an_answer():
    ledger = Ledger(HW3)
    up_to(ledger, "dh1")
    da2 = column(0.7, -0.7)
    ledger.adopt({"da2": da2}, "gradients.a2", {equation.name for equation in HW3.equations[:9]})
    np.testing.assert_allclose(ledger.own["dW2"], HW3.values["h1"] @ da2.T)
    np.testing.assert_allclose(ledger.exact["dW2"], HW3.values["h1"] @ da2.T)
    assert ledger.origin["dW2"] == "gradients.a2"


# Rounding.


def test_without_digits_to_lose_there_is_no_noise():
    ledger = Ledger(HW3, digits=15)
    assert ledger.noise.of(EQUATION["loss"].expr).max() < 1e-13


def test_noise_is_about_what_the_rule_makes_of_half_a_unit():
    """W2 @ da2 with da2 to two decimals: a row moves by up to the sum of its weights times 0.005."""
    ledger = Ledger(HW3, digits=4)
    up_to(ledger, "dh1")
    ledger.take("da2", HW3.values["da2"], np.full((2, 1), 0.01), HW3.values["da2"], None)
    # An answer with few digits counts as rounded by no more than a part of itself.
    unit = np.minimum(0.01, 0.1 * np.abs(HW3.values["da2"]))
    most = 0.5 * np.abs(W2) @ unit
    noise = ledger.noise.of(EQUATION["dh1"].expr)
    assert (noise > 0.4 * most).all()
    assert (noise < 2.0 * most).all()


def test_noise_is_the_same_whenever_a_sheet_is_marked():
    first, second = Ledger(HW3), Ledger(HW3)
    for name in ("da2", "loss", "W1_new", "loss_new"):
        np.testing.assert_array_equal(first.noise.of(EQUATION[name].expr), second.noise.of(EQUATION[name].expr))


@pytest.mark.parametrize("seed", range(60))
def test_rounding_every_step_stays_within_the_noise(seed):
    solution, _ = random_problem(np.random.default_rng([9, seed]))
    ledger = Ledger(solution, digits=4)
    try:
        rounded = run(solution, decimals=4)
    except Stuck:
        pytest.skip("rounding leads out of a logarithm's domain")
    for equation in solution.equations:
        moved = np.abs(rounded[equation.name] - solution.values[equation.name])
        assert (moved <= ledger.noise.of(equation.expr) + 0.51e-4).all(), equation.name


def test_noise_of_a_deep_network_takes_no_recursion():
    from gradcalc.problem.load import loads

    layer = "  - {weights: [[0.5]], biases: [0.1], activation: tanh}\n"
    text = f"inputs: [1]\ntargets: [0]\nlayers:\n{layer * 300}loss: half_squared_error\n"
    solution = solve(loads(text), check=False)
    last = solution.equations[-1]
    assert np.isfinite(Ledger(solution).noise.of(last.expr)).all()


# The value of one formula.


def test_formulas_come_to_what_the_compiled_program_comes_to():
    for seed in range(40):
        solution, _ = random_problem(np.random.default_rng([8, seed]))
        for equation in solution.equations:
            value = evaluate(equation.expr, solution.values, solution.problem.axis)
            np.testing.assert_allclose(
                np.broadcast_to(value, solution.shapes[equation.name]), solution.values[equation.name], atol=1e-12
            )


def test_known_pairs_are_stable():
    values = {"a": column(800, 0), "y": column(0, 1)}
    assert evaluate(parse("cross_entropy(softmax(a), y)"), values, Axis.COLUMNS) == 800
    values = {"a": column(-800), "y": column(1)}
    assert evaluate(parse("binary_cross_entropy(sigmoid(a), y)"), values, Axis.COLUMNS) == 800


@pytest.mark.parametrize("formula", ["x @ x", "x + nowhere", "log(x - 1)", "x / (x - x)", "exp(exp(100 * x))"])
def test_what_has_no_finite_value_is_none(formula):
    assert attempt(parse(formula), {"x": column(1, 2)}, Axis.COLUMNS) is None
