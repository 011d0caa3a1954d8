"""False claims about quantities of a problem in letters are answered with small sizes and values, worked out here."""

import re

import numpy as np
import pytest

from gradcalc.check.author.own import check_problem
from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

NETWORK = """
notation: x @ W + b
inputs: 1×Dx
targets: one_hot(Dy)
layers:
  - {weights: Dx×H, biases: 1×H, activation: sigmoid}
  - {weights: H×Dy, biases: 1×Dy, activation: softmax}
loss: cross_entropy
claims:
  - {claim: "dh1 == (yhat - y) @ W2.T"}
  - {claim: "db1 == (yhat - y) @ W2.T", holds: false}
  - {claim: "loss == 1 - sum(yhat ** 2)", holds: false}
  - {claim: "dW2 == (yhat - y).T @ h1", holds: false}
"""


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


@pytest.fixture(scope="module")
def results():
    return check_problem(loads(NETWORK)).claims


def test_a_true_claim_is_true(results):
    assert results[0].holds


def test_a_false_claim_is_false_at_the_values_that_are_told(results):
    """Both sides anew with plain NumPy."""
    values = {name: np.asarray(value) for name, value in results[1].counterexample.items()}
    assert {"Dx", "H", "Dy", "x", "W1", "b1", "W2", "b2", "y"} == {*values}
    h = 1 / (1 + np.exp(-(values["x"] @ values["W1"] + values["b1"])))
    back = (softmax(h @ values["W2"] + values["b2"]) - values["y"]) @ values["W2"].T
    assert results[1].left == pytest.approx(back * h * (1 - h))
    assert results[1].right == pytest.approx(back)
    assert values["W2"].shape == (values["H"], values["Dy"])


def test_the_counterexample_is_small(results):
    """One unit and two classes at most: with one class the loss is 0, and every gradient too."""
    for result in results[1:3]:
        assert all(result.counterexample[letter] <= 2 for letter in ("Dx", "H", "Dy"))
        assert max(np.max(np.abs(value)) for value in result.counterexample.values()) <= 3


def test_shapes_that_do_not_fit_are_told_in_letters(results):
    assert results[3].problem == "the left side is H×Dy, the right side Dy×H"


def test_on_a_sheet_a_false_claim_is_answered_in_the_same_way(tmp_path):
    sheet = tmp_path / "answers.yaml"
    sheet.write_text('claims: ["db1 == (yhat - y) @ W2.T", "dh1 == (yhat - y) @ W2.T", "sum(yhat) == 3"]\n')
    first, second, third = marked(loads(NETWORK), str(sheet), Marking())[0].verdicts
    assert (first.verdict, second.verdict, third.verdict) == ("wrong", "correct", "wrong")
    assert re.match(r"at Dx = 1, H = 1, Dy = 2, .* the left side is", first.said)
    assert third.said.endswith("the left side is 1, the right 3")
