"""An Otter test (`tests/q1.py`): the gradients that a notebook computes for hw3, each worth its points."""

from otter.test_files import test_case

import gradcalc

OK_FORMAT = False
name = "q1"
points = 5


def marked(answers, quantity):
    """Whether one answer is right, also where it only carries on an error in another: then that one loses points."""
    marks = gradcalc.check("hw3", answers)
    found = next(each for each in marks.verdicts if each.quantity == quantity)
    assert found.verdict in ("correct", "carried"), found.message


@test_case(points=1)
def test_shapes(dW1, dW2):
    assert dW1.shape == dW2.shape == (2, 2)


@test_case(points=2, hidden=True)
def test_hidden_layer(dh1):
    marked({"dh1": dh1}, "gradients.h1")


@test_case(points=2, hidden=True)
def test_first_weights(dh1, dW1):
    marked({"dh1": dh1, "dW1": dW1}, "gradients.W1")
