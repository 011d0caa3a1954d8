"""A class's number means a class wherever it is understood, else it is refused: it is never a weight of all classes."""

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

LAYERS = """
inputs: [1, 2]
targets: {y}
notation: W @ x + b
layers:
  - {{weights: [[1, 0], [0, 1], [1, -1]], biases: [0, 0, 0], activation: softmax}}
loss: cross_entropy
"""
EQUATIONS = """
inputs: {{x: [1, 2], y: {y}}}
parameters: {{W: [[1, 0], [0, 1], [1, -1]]}}
equations:
  a: W @ x
  L: {loss}
of: L
"""


def equations(y, loss):
    return solve(loads(EQUATIONS.format(y=y, loss=loss))).values["L"]


def test_layers_and_equations_agree():
    logits = np.array([1.0, 2.0, -1.0])
    loss = np.log(np.exp(logits).sum()) - logits[2]
    assert solve(loads(LAYERS.format(y=2))).values["loss"] == pytest.approx(loss, rel=1e-12)
    assert equations("[0, 0, 1]", "cross_entropy(softmax(a), y)") == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize(
    "loss", ["cross_entropy(softmax(a), y)", "multiclass_hinge(a, y)", "multiclass_hinge_sum(a, y)"]
)
@pytest.mark.parametrize("y", ["2", "[2]", "[0, 2]"])
def test_a_class_s_number_is_refused_with_what_to_write(loss, y):
    with pytest.raises(InputError, match=r"write class 0 of 3 as \[1, 0, 0\]"):
        equations(y, loss)


@pytest.mark.parametrize("loss", ["hinge(sum(a), y)", "perceptron_loss(sum(a), y)"])
@pytest.mark.parametrize("y", ["2", "0"])
def test_a_label_of_two_classes_is_minus_one_or_one(loss, y):
    with pytest.raises(InputError, match="-1 or 1"):
        equations(y, loss)
    assert np.isfinite(equations("-1", loss))


def test_one_output_alone_may_have_a_number():
    assert equations("1", "cross_entropy(sigmoid(sum(a)), y)") == pytest.approx(np.log1p(np.exp(-2.0)), rel=1e-12)
