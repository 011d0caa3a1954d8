"""Deltas on another scale are right where the parameters' gradients are; numbers made in plain NumPy."""

import numpy as np
import pytest
from answering import ids, marked

from gradcalc.check.marking import grader
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

X = np.array([[1.0, -0.5, 0.3], [0.2, 0.8, -1.0]])
Y = np.array([[1.0, 0.0, 1.0]])
W1, B1 = np.array([[0.5, -0.3], [0.7, 0.4]]), np.array([[0.1], [-0.2]])
W2, B2 = np.array([[0.6, -0.4]]), np.array([[0.05]])
BATCH = solve(
    loads("""
notation: W @ x + b
inputs: [[1.0, -0.5, 0.3], [0.2, 0.8, -1.0]]
targets: [[1, 0, 1]]
layers:
  - {weights: [[0.5, -0.3], [0.7, 0.4]], biases: [0.1, -0.2], activation: tanh}
  - {weights: [[0.6, -0.4]], biases: [0.05], activation: sigmoid}
loss: binary_cross_entropy
reduction: mean
lr: 1
"""),
    check=False,
)
DELTAS = ("gradients.a2", "gradients.h1", "gradients.a1")


def on_scale(factor, in_parameters=None):
    """The way back with deltas that are so many times what they are, and as much less in the parameters' gradients."""
    made_good = 1 / factor if in_parameters is None else in_parameters
    h1 = np.tanh(W1 @ X + B1)
    yhat = 1 / (1 + np.exp(-(W2 @ h1 + B2)))
    da2 = factor * (yhat - Y) / 3
    dh1 = W2.T @ da2
    da1 = dh1 * (1 - h1**2)
    gradients = {"a2": da2, "W2": made_good * da2 @ h1.T, "b2": made_good * da2.sum(axis=1, keepdims=True)}
    gradients |= {"h1": dh1, "a1": da1, "W1": made_good * da1 @ X.T, "b1": made_good * da1.sum(axis=1, keepdims=True)}
    found = {f"gradients.{name}": value for name, value in gradients.items()}
    return found | {"updated.W1": W1 - gradients["W1"], "updated.b2": B2 - gradients["b2"]}


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (3, "right without the 1/3 of the mean, which comes in ∇W2"),
        (-1, "right with the other sign, which is turned in ∇W2"),
        (6, "right but for a factor that is the same in all deltas, and made good in ∇W2"),
        (0.5, "right but for a factor that is the same in all deltas, and made good in ∇W2"),
    ],
)
def test_deltas_are_right_where_the_parameters_gradients_are(factor, said):
    marks, verdicts = marked(BATCH, on_scale(factor))
    assert {v.verdict for v in verdicts.values()} == {"correct"}
    assert {verdicts[label].message for label in DELTAS} == {said}
    assert verdicts["gradients.W1"].message == "right"
    assert marks.all_right
    np.testing.assert_allclose(
        verdicts["gradients.a2"].answer.numbers.values, on_scale(factor)["gradients.a2"], atol=6e-5
    )


@pytest.mark.parametrize("factor", [3, -1, 2])
def test_where_the_parameters_gradients_are_wrong_so_are_the_deltas(factor):
    marks, _ = marked(BATCH, on_scale(factor, in_parameters=1.0))
    assert marks.first_error.quantity == "gradients.a2"
    assert {3: "sum-not-mean", -1: "sign-flipped", 2: "factor-of-two"}[factor] in ids(marks.first_error)


def test_deltas_alone_have_no_scale_of_their_own():
    answers = on_scale(3)
    marks, _ = marked(BATCH, {label: answers[label] for label in DELTAS})
    assert (marks.first_error.quantity, ids(marks.first_error)[0]) == ("gradients.a2", "sum-not-mean")


def test_a_parameter_that_the_deltas_do_not_lead_to_does_not_make_them_right():
    """∇h1 and ∇a1 are twice what they are, and only ∇W2 (which comes before them) is right."""
    answers = on_scale(1)
    answers |= {label: 2 * answers[label] for label in ("gradients.h1", "gradients.a1")}
    kept = ("gradients.a2", "gradients.W2", "gradients.b2", "gradients.h1", "gradients.a1")
    _, verdicts = marked(BATCH, {label: answers[label] for label in kept})
    assert verdicts["gradients.h1"].verdict == "wrong"


def test_deltas_on_two_scales_are_wrong():
    answers = on_scale(3)
    answers["gradients.a1"] = answers["gradients.a1"] / 2
    _, verdicts = marked(BATCH, answers)
    assert verdicts["gradients.a2"].verdict == "wrong"


def test_a_parameter_with_a_mistake_of_its_own_is_named_all_the_same():
    answers = on_scale(3)
    answers["updated.W1"] = W1 + answers["gradients.W1"]
    _, verdicts = marked(BATCH, answers)
    assert [label for label, v in verdicts.items() if v.verdict != "correct"] == ["updated.W1"]
    assert ids(verdicts["updated.W1"])[0] == "ascent-not-descent"


def test_one_number_has_no_scale():
    """Any number is some multiple of another."""
    text = "inputs: [1]\ntargets: [0.2]\nlayers:\n  - {weights: [[0.3]], biases: [0.6]}\nloss: half_squared_error\n"
    solution = solve(loads(text), check=False)
    _, verdicts = marked(solution, {"gradients.a1": [1.4], "gradients.W1": [[0.7]], "gradients.b1": [0.7]})
    assert verdicts["gradients.a1"].verdict == "wrong"


FORMULAS = {
    "gradients.a2": "yhat - y",
    "gradients.W2": "da2 @ h1.T / 3",
    "gradients.a1": "W2.T @ da2 * (1 - h1 ** 2)",
    "gradients.W1": "da1 @ x.T / 3",
}


def test_formulas_may_keep_to_another_scale():
    _, verdicts = marked(BATCH, FORMULAS)
    assert {v.verdict for v in verdicts.values()} == {"correct"}
    _, verdicts = marked(BATCH, FORMULAS | {"gradients.W2": "da2 @ h1.T", "gradients.W1": "da1 @ x.T"})
    assert verdicts["gradients.a2"].verdict == "wrong"


@pytest.mark.parametrize("factor", [3, -1, 0.5])
@pytest.mark.parametrize("made_good", [None, 1.0])
def test_a_scale_that_leaves_the_gradients_wrong_needn_t_be_tried(monkeypatch, factor, made_good):
    def told():
        return [(v.quantity, v.verdict, v.message) for v in marked(BATCH, on_scale(factor, made_good))[0].verdicts]

    quickly = told()
    monkeypatch.setattr(grader, "may_be_meant", lambda *_: True)
    assert told() == quickly
