"""A shortcut (ŷ − y) doesn't keep an earlier error from being carried by the long rule; numbers made in plain NumPy."""

import numpy as np
import pytest
from answering import marked

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

FILE = """
inputs: [1, 0.5]
targets: {targets}
layers:
  - {{weights: [[0.5, -0.3], [0.7, 0.4]], biases: [0.1, -0.2], activation: {activation}}}
loss: {loss}
lr: 0.5
"""
X, W, B = np.array([1.0, 0.5]), np.array([[0.5, -0.3], [0.7, 0.4]]), np.array([0.1, -0.2])


def setting(activation, loss, y):
    """The problem, its output, the right gradient on it, and what a gradient on it makes of that on the sums."""
    solution = solve(loads(FILE.format(targets=y, activation=activation, loss=loss)), check=False)
    a, y = W.T @ X + B, np.array(y)
    if activation == "sigmoid":
        p = 1 / (1 + np.exp(-a))
        return solution, (p - y) / (p * (1 - p)), lambda g: g * p * (1 - p)
    p = np.exp(a) / np.exp(a).sum()
    return solution, -y / p, lambda g: p * g - p * (p @ g)


SETTINGS = [("sigmoid", "binary_cross_entropy", [1.0, 0.0]), ("softmax", "cross_entropy", [0.0, 1.0])]


@pytest.mark.parametrize("which", SETTINGS)
@pytest.mark.parametrize("asked", [["a1", "W1", "b1"], ["W1", "b1"], ["b1"]])
def test_what_follows_by_the_long_rule_is_carried(which, asked):
    solution, right, back = setting(*which)
    wrong = right * [1.7, 0.6] + [0.3, -0.4]
    da1 = back(wrong)
    every = {"a1": da1, "b1": da1, "W1": np.outer(X, da1)}
    answers = {"gradients.yhat": wrong} | {f"gradients.{name}": every[name] for name in asked}
    _, verdicts = marked(solution, answers)
    assert verdicts["gradients.yhat"].verdict == "wrong"
    assert {verdicts[f"gradients.{name}"].verdict for name in asked} == {"carried"}
    assert verdicts["gradients.b1"].message == "right, given your ∇yhat"


@pytest.mark.parametrize("which", SETTINGS)
def test_who_takes_the_shortcut_after_a_wrong_gradient_is_right(which):
    solution, right, back = setting(*which)
    _, verdicts = marked(solution, {"gradients.yhat": right + 1.0, "gradients.a1": back(right)})
    assert [v.verdict for v in verdicts.values()] == ["wrong", "correct"]


@pytest.mark.parametrize("which", SETTINGS)
def test_neither_way_is_wrong(which):
    solution, right, back = setting(*which)
    answers = {"gradients.yhat": right * [1.7, 0.6] + [0.3, -0.4], "gradients.a1": back(right) + np.array([0.21, 0.37])}
    _, verdicts = marked(solution, answers)
    assert [v.verdict for v in verdicts.values()] == ["wrong", "wrong"]
