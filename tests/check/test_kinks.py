"""Where there is no derivative every subgradient is right; numbers made in plain NumPy, with any derivative there."""

import numpy as np
import pytest
from answering import marked

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

PROBLEM = """
inputs: [1, 2]
targets: [1]
notation: W @ x + b
layers:
  - {weights: [[1, -0.5], [0.5, 1]], biases: [0, -1], activation: relu}
  - {weights: [[0.8, -0.6]], biases: [0.1]}
loss: half_squared_error
lr: 0.1
"""
RELU = solve(loads(PROBLEM), check=False)
X, W1, B1 = np.array([1.0, 2.0]), np.array([[1, -0.5], [0.5, 1]]), np.array([0.0, -1.0])
W2, B2 = np.array([[0.8, -0.6]]), np.array([0.1])
SAID = "a1[1] is 0, where ReLU has no derivative; here 0 is taken"


def by_hand(slope):
    """Everything with that derivative of ReLU at 0."""
    a1 = W1 @ X + B1
    h1 = np.maximum(a1, 0)
    delta = W2 @ h1 + B2 - 1
    dh1 = W2.T @ delta
    da1 = dh1 * np.where(a1 == 0, slope, a1 > 0)
    gradients = {"h1": dh1, "a1": da1, "W1": np.outer(da1, X), "b1": da1, "x": W1.T @ da1}
    found = {f"gradients.{name}": value for name, value in gradients.items()}
    return found | {"updated.W1": W1 - 0.1 * np.outer(da1, X), "updated.b1": B1 - 0.1 * da1}


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0, 0.25])
def test_every_subgradient_is_right_with_all_that_follows_from_it(slope):
    marks, verdicts = marked(RELU, by_hand(slope))
    assert {v.verdict for v in verdicts.values()} == {"correct"}
    assert (verdicts["gradients.a1"].message == SAID) == (slope != 0)
    assert marks.all_right


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("label", ["gradients.W1", "gradients.b1", "updated.W1", "gradients.x"])
def test_one_answer_behind_the_kink_is_enough(slope, label):
    _, verdicts = marked(RELU, {label: by_hand(slope)[label]})
    assert verdicts[label].verdict == "correct"
    assert (verdicts[label].message == SAID) == (slope != 0)


@pytest.mark.parametrize("slope", [-0.5, 1.5, 2.0])
def test_what_no_subgradient_gives_is_wrong(slope):
    for label in ("gradients.a1", "gradients.b1"):
        assert marked(RELU, {label: by_hand(slope)[label]})[1][label].verdict == "wrong"


def test_two_derivatives_at_one_kink_are_one_too_many():
    answers = by_hand(1.0) | {"gradients.W1": by_hand(0.0)["gradients.W1"]}
    marks, _ = marked(RELU, answers)
    assert not marks.all_right


@pytest.mark.parametrize("formula", ["dh1 * (1 - step(-a1))", "dh1 * step(a1)", "dh1 * (1 + sign(a1)) / 2"])
def test_formulas_may_take_any_derivative(formula):
    _, verdicts = marked(RELU, {"gradients.a1": formula})
    assert verdicts["gradients.a1"].verdict == "correct"
    assert (verdicts["gradients.a1"].message == SAID) == (formula != "dh1 * step(a1)")


TIE = solve(loads("inputs: {x: 2, y: 2, z: 3}\nequations: {m: 'maximum(x, y)', f: m * z}\nof: f\n"), check=False)


@pytest.mark.parametrize(
    ("dx", "dy", "fine"), [(0, 3, True), (3, 0, True), (1.5, 1.5, True), (3, 3, False), (0, 0, False)]
)
def test_at_a_tie_the_gradient_is_shared_as_one_likes(dx, dy, fine):
    marks, _ = marked(TIE, {"gradients.x": float(dx), "gradients.y": float(dy)})
    assert marks.all_right == fine


def test_the_derivative_of_an_absolute_value_at_zero_is_anything_from_minus_one_to_one():
    solution = solve(loads("inputs: {x: 0, y: 2}\nequations: {a: abs(x), f: a * y}\nof: f\n"), check=False)
    for slope, word in [(-1, "correct"), (0, "correct"), (1, "correct"), (0.5, "correct"), (-2, "wrong")]:
        assert marked(solution, {"gradients.x": 2.0 * slope})[1]["gradients.x"].verdict == word, slope


def test_mistakes_behind_a_kink_are_named_as_elsewhere():
    answers = by_hand(1.0)
    answers["gradients.W1"] = np.outer(answers["gradients.a1"], X).T
    answers["updated.b1"] = B1 + 0.1 * answers["gradients.a1"]
    _, verdicts = marked(RELU, {k: answers[k] for k in ("gradients.a1", "gradients.W1", "updated.b1")})
    assert verdicts["gradients.a1"].message == SAID
    assert [m.id for m in verdicts["gradients.W1"].mistakes] == ["answer-transposed"]
    assert verdicts["updated.b1"].mistakes[0].id == "ascent-not-descent"
