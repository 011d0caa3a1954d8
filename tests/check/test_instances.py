"""Random instances of a problem keep its shapes and what its numbers are used as, and satisfy its equations."""

import numpy as np
import pytest
from bundled import WORKED, solved

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import load, loads
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.instances import Drawer, instances, uses
from gradcalc.program.solve import solve

LAYERS = """
inputs: [1, 2]
targets: TARGETS
layers: [{weights: [[1, 2, 3], [4, 5, 6]], biases: [0, 0, 0], activation: ACTIVATION}]
loss: LOSS
lr: 0.1
"""


def layered(targets, activation, loss):
    return loads(LAYERS.replace("TARGETS", targets).replace("ACTIVATION", activation).replace("LOSS", loss))


@pytest.mark.parametrize("name", WORKED)
def test_shapes_names_and_finiteness(name):
    solution = solved(name)
    seen = list(instances(solution.problem))
    assert len(seen) == 20
    for values in seen:
        assert values.keys() == solution.values.keys()
        assert {n: v.shape for n, v in values.items()} == {n: v.shape for n, v in solution.values.items()}
        assert all(np.isfinite(value).all() for value in values.values())


def test_the_numbers_are_others_each_time_and_the_same_for_the_same_seed():
    problem = load("hw3")
    first, again, other = (list(instances(problem, 3, seed)) for seed in (0, 0, 1))
    assert all(np.array_equal(a["W1"], b["W1"]) for a, b in zip(first, again, strict=True))
    every = [values["W1"].tobytes() for values in [*first, *other]]
    assert len(set(every)) == 6


def test_the_equations_hold_at_the_new_numbers():
    for values in instances(load("hw3"), 5):
        hidden = 1 / (1 + np.exp(-(values["W1"].T @ values["x"] + values["b1"])))
        scores = values["W2"].T @ hidden + values["b2"]
        yhat = np.exp(scores) / np.exp(scores).sum()
        assert np.allclose(values["yhat"], yhat)
        slope = np.diag(yhat[:, 0]) - yhat @ yhat.T
        assert np.allclose(values["dW2"], hidden @ (slope @ (yhat - values["y"])).T)
        assert np.allclose(values["W2_new"], values["W2"] - values["lr"] * values["dW2"])
        assert values["lr"] > 0


@pytest.mark.parametrize("loss", ["cross_entropy", "multiclass_hinge", "multiclass_hinge_sum"])
def test_one_hot_targets_stay_one_hot(loss):
    activation = "softmax" if loss == "cross_entropy" else "identity"
    places = set()
    for values in instances(layered("[0, 1, 0]", activation, loss)):
        assert sorted(values["y"].ravel()) == [0.0, 0.0, 1.0]
        places.add(int(values["y"].argmax()))
    assert len(places) > 1


def test_what_the_file_says_that_a_name_is_stays_so():
    text = "inputs: {s: sign, c: positive, S: symmetric(n), v: vector(n)}\nequations: {L: s * c * sum(S @ v)}\nof: L\n"
    seen = list(instances(at_sizes(loads(text), {"n": 3}, 0)))
    assert {float(values["s"]) for values in seen} == {-1.0, 1.0}
    assert all(values["c"] > 0 for values in seen)
    assert all((values["S"] == values["S"].T).all() for values in seen)


def test_soft_targets_stay_distributions():
    for values in instances(layered("[0.2, 0.5, 0.3]", "softmax", "cross_entropy")):
        assert values["y"].sum() == pytest.approx(1.0)
        assert (values["y"] > 0).all()
        assert not np.isin(values["y"], (0.0, 1.0)).any()


def test_rows_of_a_batch_are_distributions_under_the_row_notation():
    for values in instances(load("cross-entropy-batch"), 5):
        assert np.array_equal(values["y"].sum(axis=1), np.ones(3))
        assert np.isin(values["y"], (0.0, 1.0)).all()


def test_signs_and_probabilities():
    seen = {float(y) for values in instances(layered("[1, -1, 1]", "identity", "hinge")) for y in values["y"].ravel()}
    assert seen == {-1.0, 1.0}
    for values in instances(layered("[1, 0, 1]", "sigmoid", "binary_cross_entropy")):
        assert ((values["y"] > 0) & (values["y"] < 1)).all()


def test_the_strictest_of_several_uses_counts():
    """The entropy takes the logarithm of a distribution: drawn as a positive number alone, it would be none."""
    given = "inputs: {y: [0.3, 0.7]}\nparameters: {p: [0.2, 0.8]}"
    problem = loads(f"{given}\nequations: {{f: 'sum(y * log(y)) + cross_entropy(p, y)'}}\nof: f")
    assert uses(problem) == {"y": "distribution", "p": "probability"}
    assert all(values["y"].sum() == pytest.approx(1.0) for values in instances(problem))


def test_probabilities_near_the_problem_s_own_are_probabilities():
    problem = loads("inputs: {p: [0.97, 0.02], y: [1, 0]}\nequations: {f: 'binary_cross_entropy(p, y)'}\nof: f")
    draw, random = Drawer(problem), np.random.default_rng(0)
    drawn = np.array([draw.near(random, 1.0)["p"] for _ in range(50)])
    assert ((drawn > 0) & (drawn < 1)).all()


def test_any_numbers_where_nothing_is_asked_of_them():
    assert uses(load("hw3")) == {}
    seen = [values["y"] for values in instances(load("hw3"))]
    assert any((y < 0).any() for y in seen)


def test_logarithms_get_positive_numbers_and_even_powers_any():
    problem = loads("inputs: {x: 2, z: 3}\nequations: {f: log(x) + z ** 2}\nof: f\n")
    seen = list(instances(problem))
    assert all(values["x"] > 0 for values in seen)
    assert any(values["z"] < 0 for values in seen)


def test_where_random_numbers_lead_out_of_the_domain_those_near_the_problem_s_are_taken():
    problem = loads("inputs: {x: 900, z: 3}\nequations: {f: log(x - 400 * z ** 0)}\nof: f\n")
    for values in instances(problem):
        assert np.isfinite(values["f"])
        assert values["x"] != 900


HUBER = """
inputs: {x: 1, w: 2, t: 1}
parameters: {v: 1}
equations:
  yhat: v * w * x
  L: huber(yhat, t, delta=3)
loss: L
"""
FAR = "inputs: {x: 3}\nparameters: {v: 1}\nequations: {f: 'maximum(x - 100, 0) + x * x * v'}\nloss: f\n"


@pytest.mark.parametrize(
    ("problem", "answer", "verdict"),
    [
        (HUBER, {"gradients": {"yhat": "yhat - t"}}, "wrong"),
        (HUBER, {"gradients": {"yhat": "maximum(minimum(yhat - t, 3), -3)"}}, "correct"),
        (HUBER, {"forward": {"L": "(yhat - t) ** 2 / 2"}}, "wrong"),
        (FAR, {"forward": {"f": "x * x * v"}}, "wrong"),
        (FAR, {"forward": {"f": "relu(x - 100) + x ** 2 * v"}}, "correct"),
        (FAR, {"gradients": {"x": "2 * x * v"}}, "wrong"),
        (FAR, {"gradients": {"x": "2 * x * v + step(x - 100)"}}, "correct"),
        (FAR, {"gradients": {"v": "x * x + step(x - 50) * step(50.1 - x)"}}, "wrong"),
    ],
)
def test_formulas_that_differ_beyond_a_kink_alone_are_told_apart(problem, answer, verdict):
    solution = solve(loads(problem), check=False)
    (found,) = mark(solution, sheet_from_data(answer, solution)).verdicts
    assert found.verdict == verdict


def test_a_gradient_that_is_not_cut_off_is_named_though_the_numbers_lie_within():
    solution = solve(loads(HUBER), check=False)
    (found,) = mark(solution, sheet_from_data({"gradients": {"yhat": "yhat - t"}}, solution)).verdicts
    assert [mistake.id for mistake in found.mistakes] == ["huber-not-clipped"]


def test_a_side_that_cannot_be_tried_is_said():
    solution = solve(loads(HUBER.replace("v * w * x", "sigmoid(v * w * x)").replace("(yhat, t,", "(yhat, 0.5,")))
    (found,) = mark(solution, sheet_from_data({"gradients": {"yhat": "yhat - 0.5"}}, solution)).verdicts
    assert found.verdict == "correct"
    assert "it couldn't be tried" in found.message


def test_a_mistake_is_named_that_is_one_on_both_sides_of_its_own_kinks():
    solution = solve(loads(FAR), check=False)
    (found,) = mark(solution, sheet_from_data({"forward": {"f": "x * x * v"}}, solution)).verdicts
    assert [mistake.id for mistake in found.mistakes] == ["term-left-out"]
