"""The student's own values: what follows from the answers before, at what precision, and how rounding moves it."""

from dataclasses import replace

import numpy as np
import pytest
from by_hand import Stuck, run
from hw3_by_hand import W2, worked
from random_problems import random_problem

from gradcalc.check.ledger import Ledger
from gradcalc.check.rounding import MOST
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.problem.load import load, loads
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
    assert ledger.origin_of(EQUATION["dh1"]) == "gradients.a2"
    assert ledger.origin_of(EQUATION["dyhat"]) is None


def test_right_answers_are_followed_as_they_were_written():
    """Whoever goes on from rounded numbers comes to other digits, without any mistake."""
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    right = HW3.values["da2"]
    ledger.take("da2", np.round(right, 2), np.zeros((2, 1)), right, None)
    ledger.leave(EQUATION["dh1"])
    np.testing.assert_allclose(ledger.own["dh1"], W2 @ np.round(right, 2))
    np.testing.assert_allclose(ledger.exact["dh1"], W2 @ right)
    assert not ledger.origin


def test_an_origin_goes_through_what_was_not_answered():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    ledger.take("da2", column(0.1, 0.3), UNIT, column(0.1, 0.3), "gradients.a2")
    for name in ("dW2", "db2", "dh1", "da1"):
        ledger.leave(EQUATION[name])
    assert ledger.origin_of(EQUATION["dW1"]) == "gradients.a2"
    key = worked()
    h1 = key["forward.h1"].reshape(2, 1)
    np.testing.assert_allclose(ledger.own["da1"], h1 * (1 - h1) * (W2 @ column(0.1, 0.3)))


def test_a_right_answer_ends_an_error():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    ledger.take("da2", column(0.1, 0.3), UNIT, column(0.1, 0.3), "gradients.a2")
    ledger.take("dh1", HW3.values["dh1"], UNIT, HW3.values["dh1"], None)
    assert ledger.origin_of(EQUATION["da1"]) is None


def test_a_wrong_gradient_is_seen_in_the_step_that_it_leads_to():
    """Who goes back through updated weights takes the weights that come of the wrong gradient."""
    ledger = Ledger(HW3)
    up_to(ledger, "dW2")
    wrong = np.array([[0.1, 0.2], [0.3, 0.4]])
    ledger.take("dW2", wrong, np.full((2, 2), 1e-4), wrong, "gradients.W2")
    np.testing.assert_allclose(ledger.own["W2_new"], W2 - 0.5 * wrong)


def test_an_answer_changes_what_rounding_was_worked_out_before_it():
    ledger = Ledger(HW3)
    up_to(ledger, "da2")
    ledger.rounding.of(EQUATION["dh1"])
    written = column(0.7, -0.2)
    ledger.take("da2", written, np.zeros((2, 1)), written, "gradients.a2")
    np.testing.assert_allclose(ledger.rounding.of(EQUATION["dh1"]).points[0], W2 @ written)


def test_rounding_excuses_a_part_of_the_value_and_no_more():
    """b is 30000 · (⅓ - 0.3333): whoever rounds ⅓ comes to 0 in place of 1, and yet not everything is right."""
    solution = solve(loads("inputs: {x: 1}\nequations: {a: x / 3, b: 30000 * (a - 0.3333)}\nof: b"), check=False)
    ledger = Ledger(solution)
    for equation in solution.equations:
        ledger.leave(equation)
    room = ledger.rounding.of(solution.by_name["b"])
    assert room.most == pytest.approx(0.5)
    assert room.reach <= MOST * np.abs(room.middle) + 1e-4


def test_adopted_values_change_no_answer():
    ledger = Ledger(HW3)
    up_to(ledger, "dW2")
    written = np.array([[0.1, 0.2], [0.3, 0.4]])
    ledger.take("dW2", written, np.full((2, 2), 1e-4), written, "gradients.W2")
    ledger.leave(EQUATION["db2"])
    ledger.adopt({"da2": column(0.7, -0.7)}, "gradients.a2", {"dW2", "db2"})
    np.testing.assert_array_equal(ledger.own["dW2"], written)
    np.testing.assert_array_equal(ledger.own["db2"], column(0.7, -0.7))
    assert ledger.origin["dW2"] == "gradients.W2"


def test_adopted_values_change_what_was_met_without_an_answer():
    ledger = Ledger(HW3)
    up_to(ledger, "dh1")
    da2 = column(0.7, -0.7)
    ledger.adopt({"da2": da2}, "gradients.a2", {equation.name for equation in HW3.equations[:9]})
    np.testing.assert_allclose(ledger.own["dW2"], HW3.values["h1"] @ da2.T)
    np.testing.assert_allclose(ledger.exact["dW2"], HW3.values["h1"] @ da2.T)
    assert ledger.origin["dW2"] == "gradients.a2"


# Rounding.


def test_without_digits_to_lose_there_is_no_room():
    ledger = Ledger(HW3, digits=15)
    assert ledger.rounding.of(EQUATION["loss"]).most.max() < 1e-13


def test_exact_answers_leave_no_room():
    """However few digits they have: 3 and 0.5 are no roundings of anything."""
    solution = solve(loads("inputs: {x: -2, y: 5, z: -4}\nequations: {q: x + y, f: q * z}\nof: f\n"), check=False)
    ledger = Ledger(solution)
    three = np.array(3.0)
    ledger.take("q", three, np.zeros(()), three, None)
    room = ledger.rounding.of(solution.equations[1])
    assert [float(point) for point in room.points] == [-12.0] * len(room.points)
    assert room.most == 0


def test_the_room_is_what_the_rule_makes_of_the_digits_left_off():
    """W2 @ da2 with da2 to two decimals: at most what the weights make of the difference."""
    ledger = Ledger(HW3, digits=4)
    up_to(ledger, "dh1")
    right = HW3.values["da2"]
    written = np.round(right, 2)
    ledger.take("da2", written, np.zeros((2, 1)), right, None)
    room = ledger.rounding.of(EQUATION["dh1"])
    np.testing.assert_allclose(room.points[0], W2 @ written, atol=1e-12)
    for point in room.points:
        assert (np.abs(point - W2 @ right) <= np.abs(W2) @ np.abs(written - right) + 1e-12).all()
    assert (room.most > 0).all()


def test_where_it_is_not_known_what_was_rounded_the_room_is_half_a_unit():
    ledger = Ledger(HW3, digits=4)
    up_to(ledger, "dh1")
    ledger.take("da2", column(0.1, 0.3), np.full((2, 1), 0.01), column(0.1, 0.3), "gradients.a2")
    most = np.abs(W2) @ np.full((2, 1), 0.005)
    found = ledger.rounding.of(EQUATION["dh1"])
    moved = np.abs(np.array(found.points) - W2 @ column(0.1, 0.3)).max(axis=0)
    assert (0.4 * most < moved).all()
    assert (moved <= most).all()


def test_the_room_is_the_same_whenever_a_sheet_is_marked():
    first, second = Ledger(HW3), Ledger(HW3)
    for name in ("da2", "loss", "W1_new", "loss_new"):
        mine, theirs = (ledger.rounding.of(EQUATION[name]) for ledger in (first, second))
        np.testing.assert_array_equal(mine.points, theirs.points)


@pytest.mark.parametrize("seed", range(60))
def test_who_rounds_every_step_is_at_the_first_point(seed):
    solution, _ = random_problem(np.random.default_rng([9, seed]))
    ledger = Ledger(solution, digits=4)
    try:
        rounded = run(solution, decimals=4)
    except Stuck:
        pytest.skip("rounding leads out of a logarithm's domain")
    for equation in solution.equations:
        first = ledger.rounding.of(equation).points[0]
        assert (np.abs(rounded[equation.name] - first) <= 0.51e-4).all(), equation.name


@pytest.mark.parametrize("seed", range(30))
def test_each_point_comes_of_one_run(seed):
    """All runs are worked out at once where a formula goes entry by entry, and else one after the other."""
    random = np.random.default_rng([10, seed])
    solution, _ = random_problem(random)
    ledger = Ledger(solution, digits=3)
    for equation in solution.equations:
        if random.random() < 0.5:
            value = solution.values[equation.name]
            ledger.take(equation.name, np.round(value, 3), np.full(value.shape, 1e-3), value, None)
    for equation in solution.equations:
        points, runs = ledger.rounding.of(equation).points, {name: ledger.rounding.runs(name) for name in equation.uses}
        for run_, point in enumerate(points):
            alone = attempt(equation.expr, {name: values[run_] for name, values in runs.items()}, ledger.axis)
            if alone is not None:
                np.testing.assert_allclose(np.broadcast_to(alone, point.shape), point, rtol=1e-12, atol=1e-14)


def test_the_room_in_a_deep_network_takes_no_recursion():
    layer = "  - {weights: [[0.5]], biases: [0.1], activation: tanh}\n"
    text = f"inputs: [1]\ntargets: [0]\nlayers:\n{layer * 300}loss: half_squared_error\n"
    solution = solve(loads(text), check=False)
    last = solution.equations[-1]
    assert np.isfinite(Ledger(solution).rounding.of(last).most).all()


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


def test_what_was_followed_is_followed_anew_when_an_answer_comes():
    ledger = Ledger(HW3)
    a1, h1 = EQUATION["a1"], EQUATION["h1"]
    ledger.leave(a1)
    before = ledger.follow(h1), ledger.follow(h1, ledger.exact)
    ledger.take("a1", column(1, 2), 0.0, column(1.5, 2.5), "forward.a1")
    np.testing.assert_allclose(ledger.follow(h1), 1 / (1 + np.exp(-column(1, 2))))
    np.testing.assert_allclose(ledger.follow(h1, ledger.exact), 1 / (1 + np.exp(-column(1.5, 2.5))))
    np.testing.assert_allclose(before[0], 1 / (1 + np.exp(-column(4, 0))))
    np.testing.assert_allclose(before[1], 1 / (1 + np.exp(-column(4, 0))))


def test_another_formula_for_a_quantity_is_not_the_one_before():
    ledger = Ledger(HW3)
    plain = ledger.follow(EQUATION["h1"])
    doubled = replace(EQUATION["h1"], expr=parse("2 * sigmoid(a1)"))
    np.testing.assert_allclose(ledger.follow(doubled), 2 * plain)
    np.testing.assert_allclose(ledger.follow(EQUATION["h1"]), plain)
