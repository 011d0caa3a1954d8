"""Jacobians on sheets: whole, in blocks by letters, as a diagonal, in either layout; against NumPy."""

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = """
notation: W.T @ x + b
inputs: [1, 2]
targets: [0, 1]
layers:
  - {weights: [[1, 0.5, -1], [0.25, -0.5, 1]], biases: [0.1, 0, -0.2], activation: sigmoid}
  - {weights: [[1, -1], [0.5, 2], [-0.5, 1]], biases: [0.5, 0], activation: softmax}
loss: half_squared_error
"""


@pytest.fixture(scope="module")
def network():
    return solve(loads(NETWORK))


def verdict(solution, key, value):
    (found,) = mark(solution, sheet_from_data({"jacobians": {key: value}}, solution)).verdicts
    return found


def of_softmax(network):
    p = network.values["yhat"].ravel()
    return np.diag(p) - np.outer(p, p)


def test_numbers_are_held_against_the_jacobian_of_the_problem(network):
    h = network.values["h1"].ravel()
    assert verdict(network, "yhat/a2", of_softmax(network).tolist()).verdict == "correct"
    assert verdict(network, "yhat/a2", np.diag(np.diag(of_softmax(network))).tolist()).verdict == "wrong"
    assert verdict(network, "h1/a1", np.diag(h * (1 - h)).tolist()).verdict == "correct"
    assert verdict(network, "h1/a1", (h * (1 - h)).tolist()).verdict == "correct"  # a flat list is the diagonal
    assert verdict(network, "h1/a1", h.tolist()).verdict == "wrong"
    assert verdict(network, "∂a2/∂h1", network.values["W2"].T.tolist()).verdict == "correct"


def test_the_transpose_is_right_in_the_other_layout(network):
    found = verdict(network, "a2/h1", network.values["W2"].tolist())
    assert (found.verdict, found.said) == ("correct", "right, in the other layout: rows and columns are exchanged")
    assert verdict(network, "a2/h1", "W2").said == found.said
    assert verdict(network, "a2/h1", "W2.T").said == "right"
    assert verdict(network, "a2/h1", (2 * network.values["W2"]).tolist()).verdict == "wrong"


def test_of_one_number_it_has_the_shape_of_what_it_is_taken_by(network):
    assert verdict(network, "loss/W2", network.values["dW2"].tolist()).verdict == "correct"
    assert verdict(network, "yhat[1]/W2", "grad(yhat[1], W2)").verdict == "correct"
    h, p = network.values["h1"].ravel(), network.values["yhat"].ravel()
    block = np.outer(h, [p[0] * (1 - p[0]), -p[0] * p[1]])
    assert verdict(network, "yhat[1]/W2", block.tolist()).verdict == "correct"
    assert verdict(network, "yhat[2]/W2", block.tolist()).verdict == "wrong"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("yhat[k]/W2[:,j]", "where(j == k, yhat[k] * (1 - yhat[k]) * h1, -yhat[k] * yhat[j] * h1)"),
        ("yhat[k]/W2[:,j]", "yhat[k] * ((j == k) - yhat[j]) * h1.T"),
        ("yhat[k]/b2[i]", "where(i == k, yhat[k] * (1 - yhat[k]), -yhat[k] * yhat[i])"),
        ("yhat[k]/a2[i] where i != k", "-yhat[k] * yhat[i]"),
        ("yhat[k]/a2[k]", "yhat[k] * (1 - yhat[k])"),
        ("h1[k]/W1[:,j]", "where(j == k, h1[k] * (1 - h1[k]) * x, 0 * x)"),
        ("a2[i]/W2[a,b]", "where(i == b, h1[a], 0)"),
        ("h1/a1", "diag(h1 * (1 - h1))"),
        ("yhat/a2", "= diag(yhat) - yhat @ yhat.T\n= diag(softmax(a2)) - yhat @ softmax(a2).T"),
    ],
)
def test_right_formulas(network, key, text):
    found = verdict(network, key, text)
    assert found.verdict == "correct", found.said


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("yhat[k]/W2[:,j]", "where(j == k, yhat[k] * (1 - yhat[k]) * h1, yhat[k] * yhat[j] * h1)", ""),
        ("yhat[k]/a2[i] where i != k", "yhat[k] * yhat[i]", ""),
        ("h1[k]/W1[:,j]", "where(j == k, h1[k] * (1 - h1[k]) * x[k] * ones_like(x), 0 * x)", ""),
        ("a2[i]/W2[a,b]", "where(i == b, h1[i], 0)", ""),
        ("h1/a1", "h1 * (1 - h1)", "this is the diagonal of the Jacobian"),
        ("yhat/a2", "diag(yhat) - yhat * yhat", ""),
    ],
)
def test_wrong_formulas(network, key, text, said):
    found = verdict(network, key, text)
    assert found.verdict == "wrong"
    assert said in found.said


@pytest.mark.parametrize("key", ["yhat", "yhat/nothing", "yhat/a2/b2", "dW1/x", "yhat[k,l,m]/a2", "yhat/a2 where"])
def test_what_names_no_jacobian(network, key):
    assert verdict(network, key, 1).verdict == "unreadable"


def test_a_problem_may_expect_jacobians_and_give_points():
    wanted = (
        "expected: {jacobians: {a2/h1: [[1, 0.5, -0.5], [-1, 2, 1]]}}\npoints: {jacobians.a2/h1: 2, gradients.b2: 1}"
    )
    problem = loads(NETWORK + wanted)
    assert check_problem(problem).passes
    assert not check_problem(loads(NETWORK + wanted.replace("0.5, -0.5", "0.5, 0.5"))).passes
    solution = solve(problem)
    marks = mark(solution, sheet_from_data({"jacobians": {"a2/h1": "W2.T"}}, solution))
    assert (marks.score, marks.points) == (2, 3)
